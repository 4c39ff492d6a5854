/**
 * An EnvironmentMap as the texels that three.js takes: rows from below, four floats each, and no larger than a preview shows.
 * Our first row is +Y and the first column looks along -X, as in three's own equirectangular pictures.
 */
import type { EnvironmentMap } from '../../render/scene/index.ts';

/** Texels across: finer ones than this are not seen behind a preview, and a software GPU would choke on them. */
const MAX_WIDTH = 2048;

interface Texels {
  readonly texels: Float32Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Large maps are averaged over squares, so that a small sun keeps its light. */
export function linearTexels({ width, height, rgb }: EnvironmentMap): Texels {
  const shrink = Math.ceil(width / MAX_WIDTH);
  const across = Math.ceil(width / shrink);
  const down = Math.ceil(height / shrink);
  const texels = new Float32Array(4 * across * down);
  for (let row = 0; row < height; row += 1) {
    const toRow = down - 1 - Math.floor(row / shrink);
    const rowsHere = Math.min(shrink, height - shrink * Math.floor(row / shrink));
    for (let column = 0; column < width; column += 1) {
      const toColumn = Math.floor(column / shrink);
      const share = 1 / (rowsHere * Math.min(shrink, width - shrink * toColumn));
      const from = 3 * (row * width + column);
      const to = 4 * (toRow * across + toColumn);
      texels[to] = (texels[to] ?? 0) + share * (rgb[from] ?? 0);
      texels[to + 1] = (texels[to + 1] ?? 0) + share * (rgb[from + 1] ?? 0);
      texels[to + 2] = (texels[to + 2] ?? 0) + share * (rgb[from + 2] ?? 0);
      texels[to + 3] = 1;
    }
  }
  return { texels, width: across, height: down };
}
