/**
 * Where the news of a render come from that this Node has no results of: from whoever coordinates it; once it is done, from anyone
 * who has the whole picture, one asked after the other. What comes from somebody else was not asked for. The progress is always
 * asked for, the Tiles only where they do not come another way.
 */
import type { Clock, Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { PictureWatch } from './picture-watch.ts';

export interface PictureSourcePort {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Who may have it, likeliest first, without ourselves. */
  candidates(): readonly NodeId[];
  /** Besides the progress. */
  wantsTiles(): boolean;
  /** Rejects when that Node does not answer, or has nothing. */
  ask(node: NodeId, wantsTiles: boolean): Promise<unknown>;
  /** One more has nothing. */
  failed(): void;
}

export class PictureSource {
  readonly #watch: PictureWatch;
  readonly #port: PictureSourcePort;
  #asked: NodeId | undefined;
  #askedForTiles = false;
  #turn = 0;
  /** In a row. */
  #failures = 0;

  constructor(port: PictureSourcePort) {
    this.#port = port;
    this.#watch = new PictureWatch({ ...port, ask: () => this.#ask() });
  }

  /** All that could be asked were, for nothing. */
  get isNowhere(): boolean {
    return this.#failures >= this.#port.candidates().length;
  }

  /** Asks while news are needed, and at once where other news are wanted than were asked for. */
  follow(needsNews: boolean): void {
    if (!needsNews) this.#watch.stop();
    else if (!this.#watch.isRunning) this.#watch.start();
    else if (this.#askedForTiles !== this.#port.wantsTiles()) this.#watch.askNow();
  }

  /** That Node sent something. False where it is not the one that was asked. */
  hears(node: NodeId): boolean {
    const isFromSource = node === this.#asked;
    if (isFromSource) this.#watch.heard();
    return isFromSource;
  }

  /** That Node may have lost sight of us. undefined: any one. */
  lostSight(node: NodeId | undefined): void {
    if (node === undefined || this.#port.candidates().includes(node)) this.#watch.askNow();
  }

  #ask(): Promise<unknown> | undefined {
    const candidates = this.#port.candidates();
    const target = candidates[this.#turn % Math.max(1, candidates.length)];
    if (target === undefined) return undefined;
    this.#asked = target;
    this.#askedForTiles = this.#port.wantsTiles();
    return this.#port.ask(target, this.#askedForTiles).then(
      () => {
        this.#failures = 0;
      },
      (error: unknown) => {
        this.#turn++;
        this.#failures++;
        this.#port.failed();
        throw error;
      },
    );
  }
}
