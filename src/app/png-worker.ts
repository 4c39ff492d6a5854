/** Encodes a PNG off the page's main thread, which carries the mesh: a 4K picture takes a second or two. */
import { expose, transfer } from 'comlink';
import { encodePng } from '../render/output/index.ts';

const work = {
  encode(
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    texts: Readonly<Record<string, string>>,
  ): Uint8Array {
    const png = encodePng(rgba, width, height, { texts });
    return transfer(png, [png.buffer as ArrayBuffer]);
  },
};

export type PngWork = typeof work;

expose(work);
