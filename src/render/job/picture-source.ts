/**
 * Where the news of a render come from that this Node has no results of: from whoever coordinates it; once it is done, from anyone
 * who has the whole picture, one asked after the other. What comes from somebody else was not asked for.
 */
import type { Clock, Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { PictureWatch } from './picture-watch.ts';

export interface PictureSourcePort {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Who may have it, likeliest first, without ourselves. */
  candidates(): readonly NodeId[];
  /** Rejects when that Node does not answer, or has nothing. */
  ask(node: NodeId): Promise<unknown>;
  /** One more has nothing. */
  failed(): void;
}

export class PictureSource {
  readonly watch: PictureWatch;
  readonly #port: PictureSourcePort;
  #asked: NodeId | undefined;
  #turn = 0;
  /** In a row. */
  #failures = 0;

  constructor(port: PictureSourcePort) {
    this.#port = port;
    this.watch = new PictureWatch({ ...port, ask: () => this.#ask() });
  }

  /** All that could be asked were, for nothing. */
  get isNowhere(): boolean {
    return this.#failures >= this.#port.candidates().length;
  }

  isFrom(node: NodeId): boolean {
    return node === this.#asked;
  }

  #ask(): Promise<unknown> | undefined {
    const candidates = this.#port.candidates();
    const target = candidates[this.#turn % Math.max(1, candidates.length)];
    if (target === undefined) return undefined;
    this.#asked = target;
    return this.#port.ask(target).then(
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
