/**
 * Who is due for a beat: the sessions are spread over the slots of a wheel that turns once in BEAT_INTERVAL_MS, so that ten
 * thousand of them are a few hundred small writes at a time and no request waits long behind them.
 */
import { BEAT_INTERVAL_MS } from '../src/wire/index.ts';

const SLOTS = 50;

export class Beats<Session> {
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<Session>());
  readonly #slotOf = new Map<Session, Set<Session>>();
  readonly #beat: (session: Session) => void;
  #next = 0;
  #now = 0;

  constructor(beat: (session: Session) => void) {
    this.#beat = beat;
  }

  add(session: Session): void {
    const slot = this.#slots[this.#next];
    this.#next = (this.#next + 1) % SLOTS;
    slot?.add(session);
    if (slot) this.#slotOf.set(session, slot);
  }

  delete(session: Session): void {
    this.#slotOf.get(session)?.delete(session);
    this.#slotOf.delete(session);
  }

  /** One step of the wheel. */
  turn(): void {
    for (const session of this.#slots[this.#now] ?? []) this.#beat(session);
    this.#now = (this.#now + 1) % SLOTS;
  }

  /** Turns by itself; returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => this.turn(), BEAT_INTERVAL_MS / SLOTS);
    timer.unref();
    return () => clearInterval(timer);
  }
}
