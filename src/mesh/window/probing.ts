/**
 * When a sender asks where the receiver stands: an empty packet of the position before the window, which any receiver answers
 * as a duplicate. Over a direct Link, where nothing overtakes, the answer also shows what of all that was sent before the
 * probe is not there. Waiting doubles from question to question, so a stream that rests behind a slow reader costs nothing.
 */
import { NEVER } from '../protocol.ts';
import type { Path } from '../vocabulary.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { RELAYED, type Way } from './slot.ts';

/** A guess: ten times what a busy page takes to answer, and no channel loses anything: a net below the net. */
const DIRECT_INTERVAL_MS = 3000;
const MAX_DIRECT_INTERVAL_MS = 30_000;
/** A guess: what a lost "go on" may cost a reader that had stopped us. */
const RELAYED_INTERVAL_MS = 1000;
const MAX_RELAYED_INTERVAL_MS = 8000;

export type ProbeNeed = 'none' | 'some' | 'hole';

export class Probing {
  #quietSinceMs: number | undefined;
  #doublings = 0;
  /** The first question that is not answered: only of what was sent before it does an answer tell. */
  #asked: { readonly way: Way; readonly order: number } | undefined;
  #isHoleSuspected = false;

  /** The receiver said that it dropped something for want of room. */
  get isHoleSuspected(): boolean {
    return this.#isHoleSuspected;
  }

  deadlineMs(need: ProbeNeed, path: Path): number {
    if (need === 'none') return NEVER;
    return (this.#quietSinceMs ?? 0) + this.#intervalMs(path);
  }

  isDue(need: ProbeNeed, path: Path, now: number): boolean {
    if (need === 'none') {
      this.#quietSinceMs = undefined;
      return false;
    }
    this.#quietSinceMs ??= now;
    if (need === 'hole' && this.#asked === undefined) return true;
    return now >= this.#quietSinceMs + this.#intervalMs(path);
  }

  sent(way: Way, order: number, now: number): void {
    this.#asked ??= { way, order };
    this.#quietSinceMs = now;
    this.#doublings++;
    this.#isHoleSuspected = false;
  }

  /** An acknowledgement came. When it answers a question over a direct Link: what may be judged by it. */
  heard(
    ack: Acknowledgement,
    isNews: boolean,
    now: number,
  ): { readonly way: Way; readonly order: number } | undefined {
    this.#quietSinceMs = now;
    if (isNews) this.#doublings = 0;
    if (ack.isShed) this.#isHoleSuspected = true;
    if (!ack.isProbed) return undefined;
    const asked = this.#asked;
    this.#asked = undefined;
    return asked?.way === RELAYED ? undefined : asked;
  }

  forget(): void {
    this.#asked = undefined;
    this.#quietSinceMs = undefined;
    this.#doublings = 0;
  }

  #intervalMs(path: Path): number {
    const [least, most] =
      path.type === 'direct'
        ? [DIRECT_INTERVAL_MS, MAX_DIRECT_INTERVAL_MS]
        : [RELAYED_INTERVAL_MS, MAX_RELAYED_INTERVAL_MS];
    return Math.min(least * 2 ** this.#doublings, most);
  }
}
