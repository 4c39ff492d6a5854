/**
 * The side of a Node that has results and does not coordinate: the keeper of the second copy, and whoever coordinated before and gave
 * way. It tells the coordinator which versions it has and sends the parts that are wanted, until nothing is; a keeper goes on telling, for
 * the coordinator learns from it what to send.
 */
import type { ResultStore } from './contract.ts';
import { MAX_VERSIONS } from './messages.ts';
import type { OutgoingPart } from './payload.ts';

/** Between two offers that led to nothing: any message may be lost. */
const OFFER_MS = 3_000;
/** Between two of a keeper that lacks nothing, as far as is known. */
const KEEPER_OFFER_MS = 15_000;
/** Parts on their way at a time. */
const MAX_IN_FLIGHT = 4;

export interface Offer {
  readonly first: number;
  readonly versions: Uint32Array;
}

export class Handover {
  readonly #store: ResultStore;
  readonly #isKeeper: boolean;
  readonly #wanted = new Set<number>();
  #inFlight = 0;
  /** Chunks of parts of which the coordinator wants nothing. */
  readonly #satisfied = new Set<number>();
  #offerAtMs: number;

  constructor(store: ResultStore, isKeeper: boolean, nowMs: number) {
    this.#store = store;
    this.#isKeeper = isKeeper;
    this.#offerAtMs = nowMs;
  }

  get isKeeper(): boolean {
    return this.#isKeeper;
  }

  /** The coordinator has all that is here. */
  get isDone(): boolean {
    return !this.#isKeeper && this.#satisfied.size >= this.#chunks;
  }

  get nextWakeAt(): number {
    return this.isDone ? Number.POSITIVE_INFINITY : this.#offerAtMs;
  }

  /** Another coordinator, or one that may have forgotten: begin again. */
  restart(nowMs: number): void {
    this.#satisfied.clear();
    this.#wanted.clear();
    this.#offerAtMs = nowMs;
  }

  offers(nowMs: number): readonly Offer[] {
    if (nowMs < this.nextWakeAt) return [];
    const isQuiet = this.#satisfied.size >= this.#chunks;
    this.#offerAtMs = nowMs + (isQuiet ? KEEPER_OFFER_MS : OFFER_MS);
    return Array.from({ length: this.#chunks }, (_, chunk) => {
      const first = chunk * MAX_VERSIONS;
      const length = Math.min(MAX_VERSIONS, this.#store.partCount - first);
      return { first, versions: Uint32Array.from({ length }, (_, i) => this.#store.version(first + i)) };
    });
  }

  wanted(first: number, parts: Uint32Array): void {
    const chunk = first / MAX_VERSIONS;
    // Nothing was offered from there on.
    if (!Number.isInteger(chunk) || chunk >= this.#chunks) return;
    if (parts.length === 0) this.#satisfied.add(chunk);
    else this.#satisfied.delete(chunk);
    for (const part of parts) if (part < this.#store.partCount) this.#wanted.add(part);
  }

  /** Parts to send now. */
  ship(): readonly Pick<OutgoingPart, 'part' | 'bytes'>[] {
    const shipments = [];
    for (const part of this.#wanted) {
      if (this.#inFlight >= MAX_IN_FLIGHT) break;
      this.#wanted.delete(part);
      this.#inFlight++;
      shipments.push({ part, bytes: this.#store.encodePart(part) });
    }
    return shipments;
  }

  /** A part has arrived, or will not. When none is left to send, the coordinator is asked for more. */
  settled(nowMs: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - 1);
    if (this.#inFlight === 0 && this.#wanted.size === 0) this.#offerAtMs = Math.min(this.#offerAtMs, nowMs);
  }

  get #chunks(): number {
    return Math.ceil(this.#store.partCount / MAX_VERSIONS);
  }
}
