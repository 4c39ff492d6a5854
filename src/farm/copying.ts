/**
 * The second copy: which Node keeps it, and what of the results it is sent, when. One per term of a coordinator. The keeper says again and
 * again which versions of the parts it has. Of a part of which it has all that was here it is sent the results that come into it, as they
 * were brought, soon and once; of any other the whole, which is seldom sent since it is larger and changes with every result. So nothing
 * depends on a message's arrival being known: what was lost makes a gap, by what is known of it or by what the keeper says.
 */
import type { NodeId } from '../wire/index.ts';
import { MAX_RESULT_BYTES, type ResultStore } from './contract.ts';
import type { TakenResult } from './trust/results-codec.ts';

/** Parts on their way at a time. */
const MAX_IN_FLIGHT = 4;
/** Between two copies of the whole of a part. */
const PART_INTERVAL_MS = 2_000;
/** What has been on its way for so long, and the keeper says that it lacks it, is taken for lost. */
const LOST_AFTER_MS = 4_000;
/** A keeper that says nothing for so long is given up. */
const MUTE_MS = 15_000;
/** How soon results go out: those of a part that come together go together. */
const LOOK_MS = 500;
/** Results that wait to be sent: a keeper that takes them more slowly than they come gets whole parts in their place. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

export interface Shipment {
  readonly to: NodeId;
  readonly part: number;
  readonly bytes: Uint8Array | Promise<Uint8Array>;
}

export interface CopiedStore extends Pick<ResultStore, 'partCount' | 'version' | 'encodePart'> {
  encodeResults(part: number, results: readonly TakenResult[], reader: NodeId): Uint8Array;
}

/** Results of a part that the keeper has not been sent. */
interface Waiting {
  /** In the part's version. */
  readonly counted: TakenResult[];
  /** Not in it yet: they wait in the store for what comes before them. A whole part is without them. */
  readonly early: TakenResult[];
}

export class Copying {
  readonly #store: CopiedStore;
  #standby: NodeId | undefined;
  /** What the keeper has, or will have when what is under way arrives: by part, NaN until it says so. */
  #versions: Float64Array | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #waitingBytes = 0;
  /** Parts of which the keeper lacks more than what waits. */
  readonly #gaps = new Set<number>();
  readonly #inFlight = new Map<number, { readonly version: number; readonly sentAtMs: number }>();
  readonly #sentAtMs = new Map<number, number>();
  #chosenAtMs = 0;
  #lookAtMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(store: CopiedStore) {
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
    this.#waiting.clear();
    this.#waitingBytes = 0;
    this.#gaps.clear();
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
    this.#versions ??= new Float64Array(this.#store.partCount).fill(Number.NaN);
    for (const [i, version] of versions.entries()) {
      const part = first + i;
      const before = this.#versions[part];
      const onItsWay = this.#inFlight.get(part);
      if (before === undefined || (onItsWay && nowMs < onItsWay.sentAtMs + LOST_AFTER_MS)) continue;
      this.#inFlight.delete(part);
      const known = Number.isNaN(before) ? this.#store.version(part) : before;
      const expected = Math.max(known, onItsWay?.version ?? 0);
      this.#versions[part] = version;
      if (version < expected) this.#gap(part);
    }
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs);
  }

  /** The store has taken a result; `before`: the version of its part without it. */
  accepted(part: number, result: TakenResult, before: number, nowMs: number): void {
    if (!this.#knows(part)) return;
    const isEarly = this.#store.version(part) === before;
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + LOOK_MS);
    if (this.#gaps.has(part) && !isEarly) return;
    const waiting = this.#waiting.get(part) ?? { counted: [], early: [] };
    this.#waiting.set(part, waiting);
    if (isEarly) {
      waiting.early.push(result);
      return;
    }
    waiting.counted.push(result);
    this.#waitingBytes += result.bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#gap(part);
  }

  /** A part of the store has come from elsewhere. */
  merged(part: number, nowMs: number): void {
    if (!this.#knows(part)) return;
    this.#gap(part);
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + LOOK_MS);
  }

  /** Nothing more will come: what is missing is sent without delay. */
  over(nowMs: number): void {
    this.#isOver = true;
    if (this.#versions) this.#lookAtMs = nowMs;
  }

  settled(to: NodeId, part: number, hasArrived: boolean, nowMs: number): void {
    const sent = this.#inFlight.get(part);
    if (to !== this.#standby || !sent) return;
    this.#inFlight.delete(part);
    if (!hasArrived) this.#gap(part);
    else if (this.#versions) this.#versions[part] = Math.max(this.#versions[part] ?? 0, sent.version);
    this.#lookAtMs = Math.min(this.#lookAtMs, hasArrived ? nowMs : nowMs + LOOK_MS);
  }

  ship(nowMs: number): readonly Shipment[] {
    const to = this.#standby;
    if (!this.#versions || to === undefined || nowMs < this.#lookAtMs) return [];
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    const shipments: Shipment[] = [];
    for (const part of new Set([...this.#gaps, ...this.#waiting.keys()])) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) break;
      if (this.#inFlight.has(part)) continue;
      const version = this.#store.version(part);
      const bytes = this.#gaps.has(part) ? this.#whole(part, version, nowMs) : this.#results(part, to);
      if (!bytes) continue;
      this.#inFlight.set(part, { version, sentAtMs: nowMs });
      shipments.push({ to, part, bytes });
    }
    return shipments;
  }

  /** The keeper has said what it has of that part. */
  #knows(part: number): boolean {
    return this.#versions !== undefined && !Number.isNaN(this.#versions[part]);
  }

  #gap(part: number): void {
    this.#gaps.add(part);
    this.#keep(part, (_, isEarly) => isEarly);
  }

  #whole(part: number, version: number, nowMs: number): Uint8Array | Promise<Uint8Array> | undefined {
    // Begun anew, say: the keeper's is not the newer one, but nothing of it is here yet.
    if (version <= (this.#versions?.[part] ?? 0)) return undefined;
    const dueAtMs = (this.#sentAtMs.get(part) ?? Number.NEGATIVE_INFINITY) + PART_INTERVAL_MS;
    if (dueAtMs > nowMs && !this.#isOver) {
      this.#lookAtMs = Math.min(this.#lookAtMs, dueAtMs);
      return undefined;
    }
    this.#sentAtMs.set(part, nowMs);
    this.#gaps.delete(part);
    return this.#store.encodePart(part);
  }

  /** As many as go into one message. */
  #results(part: number, reader: NodeId): Uint8Array | undefined {
    const { counted = [], early = [] } = this.#waiting.get(part) ?? {};
    let bytes = 0;
    const fits = (result: TakenResult): boolean => {
      bytes += result.bytes.length;
      return bytes <= MAX_RESULT_BYTES;
    };
    const sent = [...counted, ...early].filter((result, i) => fits(result) || i === 0);
    if (sent.length === 0) return undefined;
    this.#keep(part, (result) => !sent.includes(result));
    return this.#store.encodeResults(part, sent, reader);
  }

  /** Of what waits of that part. */
  #keep(part: number, isKept: (result: TakenResult, isEarly: boolean) => boolean): void {
    const waiting = this.#waiting.get(part);
    if (!waiting) return;
    const counted = waiting.counted.filter((result) => isKept(result, false));
    this.#waitingBytes += sizeOf(counted) - sizeOf(waiting.counted);
    const early = waiting.early.filter((result) => isKept(result, true));
    if (counted.length + early.length === 0) this.#waiting.delete(part);
    else this.#waiting.set(part, { counted, early });
  }
}

const sizeOf = (results: readonly TakenResult[]): number =>
  results.reduce((sum, { bytes }) => sum + bytes.length, 0);
