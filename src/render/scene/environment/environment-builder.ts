/**
 * Rows of a picture to an EnvironmentMap of bounded size. A panorama of 16k is gigabytes as floats and no sharper as a
 * light: rows are averaged as they come (a box filter by covered area, which keeps the energy), never held.
 */
import type { EnvironmentMap } from '../format.ts';
import { MAX_ENVIRONMENT_WIDTH } from '../limits.ts';

/** What infinite radiance becomes: the largest value that an encoded environment holds. */
const BRIGHTEST = 65_408;

/** Where the pixels of a source row or column fall: how much of `first`, how much of the one after it. */
interface Spans {
  readonly first: Uint32Array;
  readonly weight: Float64Array;
  readonly rest: Float64Array;
}

export class EnvironmentBuilder {
  readonly #map: EnvironmentMap;
  readonly #across: Spans;
  readonly #down: Spans;

  /** The size of the source, about 2:1. */
  constructor(width: number, height: number) {
    const shrink = Math.max(1, width / MAX_ENVIRONMENT_WIDTH, (2 * height) / MAX_ENVIRONMENT_WIDTH);
    const [mapWidth, mapHeight] = [Math.round(width / shrink), Math.round(height / shrink)];
    this.#across = spans(width, mapWidth);
    this.#down = spans(height, mapHeight);
    this.#map = { width: mapWidth, height: mapHeight, rgb: new Float32Array(3 * mapWidth * mapHeight) };
  }

  /**
   * Rows may come in any order, each once. What is negative or no number gives no light.
   * @param y 0 is the top
   * @param stride numbers a pixel, of which the first three are red, green and blue
   */
  addRow(y: number, row: ArrayLike<number>, stride: 3 | 4): void {
    const first = this.#down.first[y] ?? 0;
    this.#blend(first, this.#down.weight[y] ?? 0, row, stride);
    this.#blend(first + 1, this.#down.rest[y] ?? 0, row, stride);
  }

  #blend(y: number, weight: number, row: ArrayLike<number>, stride: number): void {
    if (weight === 0) return;
    const { width, rgb } = this.#map;
    const across = this.#across;
    for (let x = 0; x < across.first.length; x++) {
      const to = 3 * (y * width + (across.first[x] ?? 0));
      const here = weight * (across.weight[x] ?? 0);
      const next = weight * (across.rest[x] ?? 0);
      for (let c = 0; c < 3; c++) {
        const value = clean(row[stride * x + c]);
        rgb[to + c] = (rgb[to + c] ?? 0) + here * value;
        if (next > 0) rgb[to + 3 + c] = (rgb[to + 3 + c] ?? 0) + next * value;
      }
    }
  }

  /** All rows must have come. */
  get map(): EnvironmentMap {
    return this.#map;
  }
}

function spans(sourceSize: number, targetSize: number): Spans {
  const first = new Uint32Array(sourceSize);
  const weight = new Float64Array(sourceSize).fill(1);
  const rest = new Float64Array(sourceSize);
  for (let i = 0; i < sourceSize; i++) {
    first[i] = i;
    if (sourceSize === targetSize) continue;
    const start = (i * targetSize) / sourceSize;
    const end = ((i + 1) * targetSize) / sourceSize;
    const floor = Math.floor(start);
    const border = Math.min(end, floor + 1);
    first[i] = floor;
    weight[i] = border - start;
    rest[i] = end - border;
  }
  return { first, weight, rest };
}

function clean(value = 0): number {
  if (!(value > 0)) return 0;
  return value === Number.POSITIVE_INFINITY ? BRIGHTEST : value;
}
