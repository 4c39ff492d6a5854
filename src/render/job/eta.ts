/**
 * When a render will be done: what is left of each Tile, times what its samples cost, over what the workers do a second. Pure, told the
 * time.
 *
 * A worker does one Block after the other, so the time between two of its results is what the second one took, and its speed is its work
 * over those times: right from the second result on, however slow it is, whereas counting results over a fixed window sees a slow worker's
 * now and then. The first result only says when the worker began. What was long ago is forgotten, for machines become busy.
 *
 * Tiles cost unequally (a sky next to glass by ten to one), and with a noise goal the costly ones remain: so a Tile's cost a sample is
 * measured against what its worker does on average.
 */
import type { WorkerRef } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** What a worker did so long ago counts about a third: some dozens of Blocks, at 0.1 to 1 s each. A guess. */
const MEMORY_MS = 20_000;
/** A worker that is silent for so many of its usual times has become slow, or gone. */
const PATIENCE = 3;
/** A Tile's cost is that of the average Tile until about so many of its samples have been timed. */
const PRIOR_SAMPLES = 4_096;

interface Pace {
  lastAtMs: number;
  /** Samples times their cost, and the time they took, the long ago fading. */
  work: number;
  ms: number;
  results: number;
}

export interface TimedBlock {
  readonly tile: number;
  /** Pixel samples. */
  readonly samples: number;
}

export class Eta {
  readonly #paces = new Map<NodeId, Map<number, Pace>>();
  /** By Tile: what its samples would have been for an average Tile, and what they were. */
  readonly #workOf: Float64Array;
  readonly #samplesOf: Float64Array;

  constructor(tileCount: number) {
    this.#workOf = new Float64Array(tileCount).fill(PRIOR_SAMPLES);
    this.#samplesOf = new Float64Array(tileCount).fill(PRIOR_SAMPLES);
  }

  /** A worker's Block was taken. */
  record({ node, index }: WorkerRef, { tile, samples }: TimedBlock, nowMs: number): void {
    const workers = this.#paces.get(node) ?? new Map<number, Pace>();
    this.#paces.set(node, workers);
    const pace = workers.get(index);
    if (!pace) {
      workers.set(index, { lastAtMs: nowMs, work: 0, ms: 0, results: 0 });
      return;
    }
    const ms = nowMs - pace.lastAtMs;
    const kept = Math.exp(-ms / MEMORY_MS);
    pace.lastAtMs = nowMs;
    pace.work = pace.work * kept + samples * this.#costOf(tile);
    pace.ms = pace.ms * kept + ms;
    pace.results = pace.results * kept + 1;
    this.#workOf[tile] = (this.#workOf[tile] ?? 0) + (pace.ms > 0 ? (ms * pace.work) / pace.ms : 0);
    this.#samplesOf[tile] = (this.#samplesOf[tile] ?? 0) + samples;
  }

  left(node: NodeId): void {
    this.#paces.delete(node);
  }

  /** Nobody works meanwhile: how long it lasts says nothing of anybody's speed. */
  paused(): void {
    this.#paces.clear();
  }

  /** @param tilesLeft by Tile @param samplesLeft of all, where it is known better. Undefined while no speed is known. */
  seconds(tilesLeft: Float64Array, samplesLeft: number, nowMs: number): number | undefined {
    const speed = this.#speed(nowMs);
    if (speed === 0) return undefined;
    let [work, samples] = [0, 0];
    for (const [tile, left] of tilesLeft.entries()) {
      work += left * this.#costOf(tile);
      samples += left;
    }
    const cost = samples > 0 ? work / samples : 1;
    return (samplesLeft * cost) / speed / 1000;
  }

  #costOf(tile: number): number {
    return (this.#workOf[tile] ?? 1) / (this.#samplesOf[tile] ?? 1);
  }

  /** Work a millisecond, of all workers. */
  #speed(nowMs: number): number {
    let speed = 0;
    for (const workers of this.#paces.values()) {
      for (const { lastAtMs, work, ms, results } of workers.values()) {
        if (ms === 0) continue;
        const late = Math.max(0, nowMs - lastAtMs - (PATIENCE * ms) / results);
        speed += work / (ms + late);
      }
    }
    return speed;
  }
}
