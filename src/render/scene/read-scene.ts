/** The light half of reading scenes: a door to the rest that opens when the first scene comes. */
import type { ReadSceneOptions, SceneFile } from './read-options.ts';

/**
 * Reads a `.glb`, a `.gltf` with its files, an `.obj`, `.ply`, `.stl`, `.fbx` or USD file, or a `.zip` of them. The same files give
 * the same bits in every browser and in Node (but for FBX and USD: convert/three-loaders.ts). Runs for seconds on large scenes without a pause: on a page use `readSceneInWorker`.
 * @param files path (as given: a name, or a path within a dropped folder) to contents
 * @throws SceneError says which part and why; CancelledError
 */
export async function readScene(
  files: ReadonlyMap<string, Uint8Array>,
  options: ReadSceneOptions = {},
): Promise<SceneFile> {
  const { readSceneFiles } = await import('./read-scene-files.ts');
  return readSceneFiles(files, options);
}
