/**
 * The exposure that suits a picture while it comes. To meter it takes longer than to paint what changed, and noise hardly moves it: so it
 * is metered when every Tile has come, each time the picture has twice the samples, and when it is finished.
 */
import type { FrameView } from '../../render/job/index.ts';
import { meteredExposure } from '../../render/output/index.ts';

export class FilmMeter {
  readonly #film: FrameView;
  /** Of all Tiles together, when it was last metered. */
  #samplesThen = 0;

  constructor(film: FrameView) {
    this.#film = film;
  }

  /** Stops; undefined while the last ones will do, and before every Tile has come: a part would speak for the whole. */
  read(): number | undefined {
    const { tileSamples, isFinished, width, height } = this.#film;
    let samples = 0;
    for (const ofTile of tileSamples) {
      if (ofTile === 0) return undefined;
      samples += ofTile;
    }
    const then = this.#samplesThen;
    const isAnother = samples < then || samples >= 2 * then || (isFinished && samples !== then);
    if (!isAnother) return undefined;
    this.#samplesThen = samples;
    return meteredExposure((x, y) => this.#film.brightest(x, y), width, height);
  }
}
