/**
 * The time that a suspect has to show that it lives (SWIM's suspicion, with Lifeguard's dynamic timeout). It starts long and
 * shrinks with each further Node that does not hear the suspect either, by the logarithm: the first confirmation tells most.
 * Differs from memberlist: with nobody there who could confirm, the time stays long rather than short.
 */
import type { NodeId } from '../../wire/index.ts';

/** With all confirmations: four more probes. A page without a worker that stands still for two seconds is forgiven. */
const MIN_MS = 900;
/** With none. Together with doubt and silence before it, 3.0 s after the last sign of life. */
const MAX_MS = 1200;
/** As many confirmations drive it to the minimum. Lifeguard takes 3; degree is about 6 here, and one of them may be a liar. */
const WANTED_CONFIRMATIONS = 2;
/** Witnesses kept for people to see. Each Node has at most 12 neighbours. */
const MAX_WITNESSES = 16;

export class Suspicion {
  /** Somebody hears the suspect. */
  isDenied = false;
  readonly #witnesses = new Set<NodeId>();
  #startedAt: number;

  constructor(now: number) {
    this.#startedAt = now;
  }

  /** Nodes besides ourselves that do not hear it. */
  get witnesses(): ReadonlySet<NodeId> {
    return this.#witnesses;
  }

  confirm(witness: NodeId): void {
    if (this.#witnesses.size < MAX_WITNESSES) this.#witnesses.add(witness);
  }

  withdraw(witness: NodeId): void {
    this.#witnesses.delete(witness);
  }

  /** It refuted them all: it has a new incarnation. */
  clear(): void {
    this.#witnesses.clear();
  }

  /** @param scale of Awareness. Negative when its time is over. */
  leftMs(now: number, scale: number): number {
    return suspicionTimeoutMs(this.#witnesses.size) * scale - (now - this.#startedAt);
  }

  /** We stood still for so long: it had no chance to be heard. */
  forgive(ms: number): void {
    this.#startedAt += ms;
  }
}

/** Ms, for so many confirmations. */
export function suspicionTimeoutMs(confirmations: number): number {
  const share = Math.log(confirmations + 1) / Math.log(WANTED_CONFIRMATIONS + 1);
  return Math.max(MIN_MS, MAX_MS - share * (MAX_MS - MIN_MS));
}
