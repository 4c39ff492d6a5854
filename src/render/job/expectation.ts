/**
 * How much there is to do: exact where every pixel gets all samples. With a noise goal it is what the noise so far lets expect, and such
 * a forecast wavers; so the total follows it only as far as the share that is done does not fall.
 */
import { expectedSamples } from '../film/index.ts';
import type { RenderSource } from './render-source.ts';

export class Expectation {
  readonly #source: RenderSource;
  #share = 0;

  constructor(source: RenderSource) {
    this.#source = source;
  }

  /** In pixel samples; `samplesDone`: what was contributed. */
  measure(samplesDone: number): { readonly samplesTotal: number; readonly samplesLeft: number } {
    const { totalCost, goal, film, plan } = this.#source;
    if (goal.noise === 0 || film.isComplete) {
      return { samplesTotal: totalCost, samplesLeft: totalCost - samplesDone };
    }
    const expected = expectedSamples(goal, plan.grid, film.tileSamples, film.tileNoise);
    const samplesLeft = Math.min(Math.max(0, expected), totalCost - samplesDone);
    if (samplesDone > 0) this.#share = Math.max(this.#share, samplesDone / (samplesDone + samplesLeft));
    return { samplesTotal: this.#share > 0 ? Math.round(samplesDone / this.#share) : totalCost, samplesLeft };
  }
}
