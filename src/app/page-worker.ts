/**
 * Heavy work of the page off its main thread, which carries the mesh: reading scenes (glTF, images, archives) and encoding
 * PNGs. A worker lives for one call: a scene that exhausts memory takes nothing else with it.
 */
import { expose, transfer } from 'comlink';
import { encodePng } from '../render/output/index.ts';
import { type FlatScene, readScene } from '../render/scene/index.ts';
import type { PickedFile } from './scene-library.ts';

const work = {
  async readScene(files: readonly PickedFile[]): Promise<FlatScene> {
    const bytes = new Map<string, Uint8Array>();
    for (const { path, file } of files) bytes.set(path, new Uint8Array(await file.arrayBuffer()));
    const scene = await readScene(bytes);
    return transfer(scene, buffersOf(scene));
  },

  encodePng(
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    texts: Record<string, string>,
  ): Uint8Array {
    const png = encodePng(rgba, width, height, { texts });
    return transfer(png, [png.buffer as ArrayBuffer]);
  },
};

export type PageWork = typeof work;

/** Arrays may share a buffer: each is handed over once. */
function buffersOf(scene: FlatScene): Transferable[] {
  const arrays = [
    scene.positions,
    scene.normals,
    scene.tangents,
    scene.colors,
    scene.uv0,
    scene.uv1,
    scene.indices,
    scene.triangleMaterials,
    ...scene.images.map((image) => image.rgba),
  ];
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

expose(work);
