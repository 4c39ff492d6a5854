/**
 * How much there is to do: exact where every pixel gets all samples. With a noise goal it is what the noise so far lets expect, and such
 * a forecast wavers; so the total follows it only as far as the share that is done does not fall.
 */
import { expectedSamples } from '../film/index.ts';
import type { RenderStore } from './render-store.ts';

export interface Expected {
  readonly samplesTotal: number;
  readonly samplesLeft: number;
  /** By Tile: without what has come and waits for its turn. */
  readonly tilesLeft: Float64Array;
}

export class Expectation {
  readonly #store: Pick<RenderStore, 'plan' | 'goal' | 'reel'>;
  #share: number;

  /** @param share that was done, of 1, when somebody else forecast it */
  constructor(store: Pick<RenderStore, 'plan' | 'goal' | 'reel'>, share = 0) {
    this.#store = store;
    this.#share = share;
  }

  /** In pixel samples. */
  measure(): Expected {
    const { goal, reel, plan } = this.#store;
    const { samplesDone, samplesNeeded } = reel;
    const tilesLeft = expectedSamples(goal, plan.grid, reel);
    if (goal.noise === 0 || reel.isComplete) {
      return { samplesTotal: samplesNeeded, samplesLeft: samplesNeeded - samplesDone, tilesLeft };
    }
    const expected = tilesLeft.reduce((sum, samples) => sum + samples, 0);
    const samplesLeft = Math.min(expected, samplesNeeded - samplesDone);
    if (samplesDone > 0) this.#share = Math.max(this.#share, samplesDone / (samplesDone + samplesLeft));
    const samplesTotal = this.#share > 0 ? Math.round(samplesDone / this.#share) : samplesNeeded;
    return { samplesTotal, samplesLeft, tilesLeft };
  }
}
