/** What is moved, not copied, when a scene goes from the thread that read it to the one that wanted it. */
import type { SceneFile } from './read-options.ts';

/** Every buffer behind the scene, once. */
export function sceneBuffers({ scene }: SceneFile): Set<ArrayBuffer> {
  const { positions, normals, tangents, colors, uv0, uv1, indices, triangleMaterials, images } = scene;
  const vertices = [positions, normals, tangents, colors, uv0, uv1];
  const arrays = [...vertices, indices, triangleMaterials, scene.instanceMeshes, scene.instanceTransforms];
  const pictures = images.flatMap(({ bytes, preview }) => (preview ? [bytes, preview.rgba] : [bytes]));
  const buffers = [...arrays, ...pictures].map(({ buffer }) => buffer);
  return new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer));
}
