/**
 * What other neighbours say of this one: that they do not hear it. It makes us look closely for a while, whoever said it waits
 * for what we find, and when we come to suspect it ourselves they count as witnesses.
 */
import type { NodeId } from '../../wire/index.ts';

const LASTS_MS = 2000;
/** A liar makes us probe a neighbour no more often than this. */
const EVERY_MS = 10_000;
/** Statements that came before our own suspicion, and for how long they count. At most one of each neighbour: 16. */
const MAX_WITNESSES = 16;
const WITNESS_LASTS_MS = 5000;

export class Alert {
  #at = Number.NEGATIVE_INFINITY;
  /** Who made us look closely, and waits for what we find. */
  #by: NodeId | undefined;
  readonly #witnesses = new Map<NodeId, number>();

  /** Somebody waits for what we find. */
  get isAwaited(): boolean {
    return this.#by !== undefined;
  }

  /** Whether this is a time of close looks. */
  isOn(now: number): boolean {
    return now - this.#at < LASTS_MS;
  }

  /** A neighbour says that it does not hear it. Whether a close look begins now. */
  raise(witness: NodeId, now: number): boolean {
    if (this.#witnesses.size < MAX_WITNESSES || this.#witnesses.has(witness))
      this.#witnesses.set(witness, now);
    if (now - this.#at < EVERY_MS) return false;
    this.#at = now;
    this.#by = witness;
    return true;
  }

  /** That neighbour hears it after all. */
  withdraw(witness: NodeId): void {
    this.#witnesses.delete(witness);
  }

  /** What was said does not count any more. */
  clearWitnesses(): void {
    this.#witnesses.clear();
  }

  /** Whose word counts now. */
  *witnesses(now: number): Iterable<NodeId> {
    for (const [witness, at] of this.#witnesses) if (now - at < WITNESS_LASTS_MS) yield witness;
  }

  /** Who is to be told that it was heard since; once. */
  takeAnswer(lastHeardAt: number, now: number): NodeId | undefined {
    const isHeard = lastHeardAt > this.#at;
    if (this.isOn(now) && !isHeard) return undefined;
    const asker = this.isOn(now) ? this.#by : undefined;
    this.#by = undefined;
    return asker;
  }

  /** Only a clock that went back leaves it in the future. */
  forgive(now: number): void {
    this.#at = Math.min(now, this.#at);
  }
}
