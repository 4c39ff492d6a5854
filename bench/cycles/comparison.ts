// Two pictures of one scene side by side, with what a person sees of their difference: docs/comparison.md is made of these.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng, toneMap } from '../../src/render/output/index.ts';
import { flip } from '../../src/render/output/metrics/index.ts';
import type { Frame } from './picture.ts';

export interface Comparison {
  readonly width: number;
  readonly height: number;
  /** Tone-mapped RGBA, of ours, of Cycles' and of the difference. */
  readonly panels: readonly Uint8ClampedArray[];
  /** Mean FLIP. */
  readonly flip: number;
}

export function compare(
  ours: Float32Array,
  cycles: Float32Array,
  { width, height }: Pick<Frame, 'width' | 'height'>,
): Comparison {
  const [a, b] = [toneMap(ours, { exposure: 0 }), toneMap(cycles, { exposure: 0 })];
  const difference = flip(b, a, width, height);
  const heat = new Uint8ClampedArray(width * height * 4);
  difference.map.forEach((value, i) => {
    // Black, red, yellow, white.
    heat.set([value * 765, value * 765 - 255, value * 765 - 510, 255], 4 * i);
  });
  return { width, height, panels: [a, b, heat], flip: difference.mean };
}

/** `NAME.png`: ours, Cycles', and the difference from black over red to white. */
export async function writeStrip(
  folder: string,
  name: string,
  { width, height, panels }: Comparison,
): Promise<void> {
  const across = width * panels.length;
  const strip = new Uint8ClampedArray(across * height * 4);
  panels.forEach((panel, i) => {
    for (let y = 0; y < height; y++) {
      strip.set(panel.subarray(y * width * 4, (y + 1) * width * 4), (y * across + i * width) * 4);
    }
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), encodePng(strip, across, height));
}
