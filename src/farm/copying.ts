/**
 * The second copy: which Node keeps it, and which parts of the results it is sent, when. One per term of a coordinator. The keeper says
 * again and again which versions it has, so nothing depends on a part's arrival being known: what it lacks is sent, a few parts
 * at a time, each of them seldom, since a part changes with every result of it.
 */
import type { NodeId } from '../wire/index.ts';
import type { ResultStore } from './contract.ts';

/** Parts on their way at a time. */
const MAX_IN_FLIGHT = 4;
/** Between two copies of the same part. */
const PART_INTERVAL_MS = 2_000;
/** A keeper that says nothing for so long is given up. */
const MUTE_MS = 15_000;
/** How often it is looked which parts have changed. */
const LOOK_MS = 500;

export interface Shipment {
  readonly to: NodeId;
  readonly part: number;
  readonly bytes: Uint8Array | Promise<Uint8Array>;
}

export class Copying {
  readonly #store: ResultStore;
  #standby: NodeId | undefined;
  /** What the keeper has, or will have when what is under way arrives; unknown until it says so. */
  #versions: Uint32Array | undefined;
  readonly #inFlight = new Map<number, number>();
  readonly #sentAtMs = new Map<number, number>();
  #chosenAtMs = 0;
  #lookAtMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(store: ResultStore) {
    this.#store = store;
  }

  get standby(): NodeId | undefined {
    return this.#standby;
  }

  /** When `ship` may have something. */
  get nextWakeAt(): number {
    return this.#lookAtMs;
  }

  /** Keeps the one there is as long as it will do; `wished` before `others` before `lastResort`. True when it is another one now. */
  choose(
    candidates: {
      readonly wished: NodeId | undefined;
      readonly others: readonly NodeId[];
      readonly lastResort?: readonly NodeId[];
    },
    nowMs: number,
  ): boolean {
    const { wished, others, lastResort = [] } = candidates;
    const stayOrFirst = (nodes: readonly NodeId[]): NodeId | undefined =>
      nodes.find((node) => node === this.#standby) ?? nodes[0];
    const next = wished ?? stayOrFirst(others) ?? stayOrFirst(lastResort);
    if (next === this.#standby) return false;
    this.#standby = next;
    this.#chosenAtMs = nowMs;
    this.#versions = undefined;
    this.#inFlight.clear();
    this.#sentAtMs.clear();
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    return true;
  }

  /** The keeper has not said a word since it was chosen: it may know nothing of Jobs. */
  isMute(nowMs: number): boolean {
    return this.#standby !== undefined && !this.#versions && nowMs - this.#chosenAtMs >= MUTE_MS;
  }

  /** The keeper says what it has, from part `first` on. What is on its way it may not have yet. */
  offered(node: NodeId, first: number, versions: Uint32Array, nowMs: number): void {
    if (node !== this.#standby) return;
    this.#versions ??= new Uint32Array(this.#store.partCount);
    for (const [i, version] of versions.entries()) {
      const part = first + i;
      if (part < this.#versions.length && !this.#inFlight.has(part)) this.#versions[part] = version;
    }
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs);
  }

  /** Results have come into the store. */
  changed(nowMs: number): void {
    if (this.#versions) this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + LOOK_MS);
  }

  /** Nothing more will come: what is missing is sent without delay. */
  over(nowMs: number): void {
    this.#isOver = true;
    if (this.#versions) this.#lookAtMs = nowMs;
  }

  settled(to: NodeId, part: number, hasArrived: boolean, nowMs: number): void {
    const version = this.#inFlight.get(part);
    if (to !== this.#standby || version === undefined) return;
    this.#inFlight.delete(part);
    if (this.#versions && hasArrived) this.#versions[part] = Math.max(this.#versions[part] ?? 0, version);
    this.#lookAtMs = Math.min(this.#lookAtMs, hasArrived ? nowMs : nowMs + LOOK_MS);
  }

  ship(nowMs: number): readonly Shipment[] {
    const [versions, to] = [this.#versions, this.#standby];
    if (!versions || to === undefined || nowMs < this.#lookAtMs) return [];
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    const shipments: Shipment[] = [];
    for (let part = 0; part < versions.length && this.#inFlight.size < MAX_IN_FLIGHT; part++) {
      const version = this.#store.version(part);
      if (version <= (versions[part] ?? 0) || this.#inFlight.has(part)) continue;
      const dueAtMs = (this.#sentAtMs.get(part) ?? Number.NEGATIVE_INFINITY) + PART_INTERVAL_MS;
      if (dueAtMs > nowMs && !this.#isOver) {
        this.#lookAtMs = Math.min(this.#lookAtMs, dueAtMs);
        continue;
      }
      this.#inFlight.set(part, version);
      this.#sentAtMs.set(part, nowMs);
      shipments.push({ to, part, bytes: this.#store.encodePart(part) });
    }
    return shipments;
  }
}
