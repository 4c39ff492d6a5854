/**
 * How noisy a Tile still is, from the sums alone. The samples of a pixel come in batches of 16; how much the batches' means differ
 * tells how far the mean of all is off (batch means: for independent batches the estimate is unbiased; ours share one
 * low-discrepancy sequence, which makes the true error smaller, so we err on the safe side). One number a pixel is kept for it.
 *
 * The unit: light of radiance c <= 1 that is off by e (standard deviation) is noisy by e / sqrt(c), as in Dammertz et al. 2010, "A
 * Hierarchical Automatic Stopping Condition for Monte Carlo Global Illumination", so that a number means about as many samples
 * as Cycles' noise threshold, which people know (docs/adaptive.md). The eye and a display work like that root: 0.01 is a
 * bit more than a step of an 8-bit picture, in dark and light alike. Above 1, where a display ends, the error counts in proportion to the
 * light. A Tile is as noisy as the noisiest of its squares of about 8x8 pixels: a small detail is not averaged away, and 64
 * pixels steady the estimate; the light is averaged over the square too, for a pixel that rare light has not hit yet
 * looks calm and dark, but not its neighbours. Only + - * / and square roots: every machine decides alike.
 */
import { PASS_SAMPLES, type PlannedBlock } from './plan.ts';
import { type TileGrid, tileBounds, tileStart } from './tiles.ts';

/** A full pass is a batch; the small passes before them are together the first one. */
const BATCH_SAMPLES = PASS_SAMPLES;
/** Edge of a square in pixels; at the picture's edges up to twice as long. */
const SQUARE = 8;
/** Radiance below which the sRGB curve is a straight line, about: darker noise counts by its amount, and black divides nothing. */
const DARK = 0.001;

/**
 * Samples before which no Tile is finished: 28, 43, 51 and 90 for a goal of 0.1, 0.02, 0.01 and 0.001. A lower goal deserves more
 * caution against light that has not been found yet (Cycles: 16 / goal^0.3, which is no square root).
 */
function leastSamples(goal: number): number {
  return 16 / Math.sqrt(Math.sqrt(goal));
}

/** What a Tile has to reach: as in RenderSettings. */
export interface TileGoal {
  readonly samples: number;
  readonly noise: number;
}

/** Whether a Tile needs no more samples: the one rule, for the Film and for those who look at it from elsewhere. */
export function isTileFinished(
  { samples, noise: goal }: TileGoal,
  tileSamples: number,
  tileNoise: number,
): boolean {
  if (tileSamples >= samples) return true;
  return goal > 0 && tileNoise < goal && tileSamples >= leastSamples(goal);
}

/** What is known of Tiles: zeros and infinities at the beginning. */
export interface TileStates {
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
  /** See `NoiseMeter.spread`. */
  readonly tileSpread: Float32Array;
}

/**
 * Pixel samples still to come of each Tile if the noise falls as the root of the samples. A Tile of unknown spread is expected to need
 * what the known ones need on average, or everything while none is known. The lists may be of
 * several frames, one after the other.
 */
export function expectedSamples(
  goal: TileGoal,
  grid: TileGrid,
  { tileSamples, tileNoise, tileSpread }: TileStates,
): Float64Array {
  const wanted = (part: number): number => {
    const samples = tileSamples[part] ?? 0;
    if (goal.noise === 0) return goal.samples;
    if (isTileFinished(goal, samples, tileNoise[part] ?? 0)) return samples;
    const spread = tileSpread[part] ?? Number.POSITIVE_INFINITY;
    if (!Number.isFinite(spread)) return Number.NaN;
    return Math.min(goal.samples, blocksUpTo(Math.max((spread / goal.noise) ** 2, leastSamples(goal.noise))));
  };
  const areas = Array.from({ length: grid.tileCount }, (_, tile) => areaOf(tileBounds(grid, tile)));
  // Loops that allocate nothing: a long animation has millions of parts.
  const left = new Float64Array(tileSamples.length);
  let [known, sum] = [0, 0];
  for (let part = 0; part < left.length; part++) {
    const samples = wanted(part);
    left[part] = samples;
    if (Number.isNaN(samples)) continue;
    known++;
    sum += samples;
  }
  const usual = known > 0 ? sum / known : goal.samples;
  for (let part = 0; part < left.length; part++) {
    const samples = left[part] ?? 0;
    const all = Number.isNaN(samples) ? usual : samples;
    left[part] = Math.max(0, all - (tileSamples[part] ?? 0)) * (areas[part % grid.tileCount] ?? 0);
  }
  return left;
}

function areaOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return width * height;
}

/** A Tile is looked at after each Block only. */
function blocksUpTo(samples: number): number {
  return BATCH_SAMPLES * Math.ceil(samples / BATCH_SAMPLES);
}

/** Samples a pixel has, on average over the picture. */
export function averageSamples(grid: TileGrid, tileSamples: Uint32Array): number {
  let all = 0;
  for (let tile = 0; tile < grid.tileCount; tile++) {
    const { width, height } = tileBounds(grid, tile);
    all += (tileSamples[tile] ?? 0) * width * height;
  }
  return all / (grid.width * grid.height);
}

/** The bounds of `count` nearly equal parts of 0..length. */
function partsOf(length: number): readonly number[] {
  const count = Math.max(1, Math.floor(length / SQUARE));
  return Array.from({ length: count + 1 }, (_, i) => Math.floor((i * length) / count));
}

/** Batches that so many samples of a Tile make. */
function batchesIn(samples: number): number {
  return samples < BATCH_SAMPLES ? 0 : Math.ceil(samples / BATCH_SAMPLES);
}

/**
 * Keeps the number a pixel, Tile after Tile. What is told of a Tile's pixels is in packed rows: `sums` of a Block alone, `totals`
 * of all that is folded, RGB each.
 */
export class NoiseMeter {
  readonly #grid: TileGrid;
  /** Of each pixel: its batches' squared sums over their samples, all channels together. */
  readonly #squares: Float64Array;
  /**
   * How noisy each Tile would be with one sample a pixel: its noise times the root of its samples, which is what more samples leave as
   * it is. A forecast's measure: known from the second sample on, since each of the small passes has as many samples as all before
   * it, and the two halves can be compared. Infinity before.
   */
  readonly spread: Float32Array;

  /** @param spread one a Tile: the list that is kept */
  constructor(
    grid: TileGrid,
    spread: Float32Array = new Float32Array(grid.tileCount).fill(Number.POSITIVE_INFINITY),
  ) {
    this.#grid = grid;
    this.#squares = new Float64Array(grid.width * grid.height);
    this.spread = spread;
  }

  /** Takes a Block that was just folded; `totals`: this Block included. Returns the Tile's noise, as `noiseOf`. */
  folded(block: PlannedBlock, sums: Float32Array, totals: Float64Array): number {
    const { tile, firstSample, sampleCount } = block;
    const samples = firstSample + sampleCount;
    if (firstSample === sampleCount && samples <= BATCH_SAMPLES) this.#compareHalves(block, sums, totals);
    if (samples < BATCH_SAMPLES) return Number.POSITIVE_INFINITY;
    const squares = this.squaresOf(tile);
    const isFirstBatch = firstSample < BATCH_SAMPLES;
    for (let pixel = 0; pixel < squares.length; pixel++) {
      squares[pixel] = isFirstBatch
        ? squareOf(totals, pixel * 3) / samples
        : (squares[pixel] ?? 0) + squareOf(sums, pixel * 3) / sampleCount;
    }
    return this.noiseOf(tile, samples, totals);
  }

  #compareHalves({ tile, firstSample }: PlannedBlock, sums: Float32Array, totals: Float64Array): void {
    const squares = new Float64Array(totals.length / 3);
    for (let i = 0; i < totals.length; i++) {
      const second = sums[i] ?? 0;
      const first = (totals[i] ?? 0) - second;
      const pixel = Math.floor(i / 3);
      squares[pixel] = (squares[pixel] ?? 0) + (first * first + second * second) / firstSample;
    }
    const samples = 2 * firstSample;
    this.spread[tile] = Math.sqrt(samples) * this.#worst(tile, samples, 2, totals, squares);
  }

  /** The meter's own memory of a Tile: one number a pixel. With its totals it is all that is known of the Tile. */
  squaresOf(tile: number): Float64Array {
    const { width, height } = tileBounds(this.#grid, tile);
    const start = tileStart(this.#grid, tile);
    return this.#squares.subarray(start, start + width * height);
  }

  /** The noise of a Tile with that many samples; Infinity while it cannot be known: before the second batch. */
  noiseOf(tile: number, samples: number, totals: Float64Array): number {
    const batches = batchesIn(samples);
    if (batches < 2) return Number.POSITIVE_INFINITY;
    const noise = this.#worst(tile, samples, batches, totals, this.squaresOf(tile));
    this.spread[tile] = Math.sqrt(samples) * noise;
    return noise;
  }

  /** Of the Tile's squares. `squares`: of each pixel its batches' squared sums over their samples, all channels together. */
  #worst(
    tile: number,
    samples: number,
    batches: number,
    totals: Float64Array,
    squares: Float64Array,
  ): number {
    const { width, height } = tileBounds(this.#grid, tile);
    const columns = partsOf(width);
    const rows = partsOf(height);
    // From the spread between batches to the variance of the mean of all samples, averaged over the channels.
    const scale = 1 / (3 * (batches - 1) * samples);
    let most = 0;
    for (let i = 1; i < rows.length; i++) {
      for (let j = 1; j < columns.length; j++) {
        const [top = 0, bottom = 0] = [rows[i - 1], rows[i]];
        const [left = 0, right = 0] = [columns[j - 1], columns[j]];
        let variance = 0;
        let light = 0;
        for (let row = top; row < bottom; row++) {
          for (let pixel = row * width + left; pixel < row * width + right; pixel++) {
            const at = pixel * 3;
            const sum = (totals[at] ?? 0) + (totals[at + 1] ?? 0) + (totals[at + 2] ?? 0);
            const mean = Math.max(0, sum / (3 * samples));
            const spread = (squares[pixel] ?? 0) - squareOf(totals, at) / samples;
            // Rounding can take it below 0 where all batches are equal.
            const white = Math.max(1, mean);
            variance += (Math.max(0, spread) * scale) / (white * white);
            light += Math.min(1, mean);
          }
        }
        const pixels = (bottom - top) * (right - left);
        most = Math.max(most, variance / (light + DARK * pixels));
      }
    }
    return Math.sqrt(most);
  }
}

function squareOf(rgb: Float32Array | Float64Array, at: number): number {
  const [r, g, b] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
  return r * r + g * g + b * b;
}
