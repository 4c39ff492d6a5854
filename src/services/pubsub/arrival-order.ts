/**
 * Publications of one Node in the order in which it sent them, although some were broadcast and some were sent to us alone
 * (sending-order.ts). Each way keeps its own order; what has to wait for something on the other way waits here. Not for ever: a
 * broadcast may be lost, and a Node may invent what we are to wait for; then order is given up, and no message.
 */
import { Fifo } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { ENTRY_BYTES, messageWeight } from './contract.ts';
import type { Incoming } from './publication-codec.ts';
import { isAfter } from './sending-order.ts';

/** A broadcast whose way is repaired comes within it. */
const LONGEST_WAIT_MS = 10_000;
/** An honest Node has less on its way; and of all Nodes together. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_BYTES_OF_ALL = 64 * 1024 * 1024;
/** Beyond it one that is gone is forgotten, the one longest known first: only of those who are here it matters what has come. */
const MAX_SOURCES = 4_096;
const NEVER = Number.POSITIVE_INFINITY;

interface Waiting {
  readonly number: number;
  /** On the other way; 0: nothing. */
  readonly after: number;
  /** Undefined: a broadcast of another kind, which has been heard. */
  readonly incoming: Incoming | undefined;
  readonly bytes: number;
  readonly untilMs: number;
}

type Way = 'line' | 'broadcast';

export interface ArrivalOrderPort {
  /** In order. */
  deliver(incoming: Incoming): void;
  /** What comes next from that Node comes without a broadcast that should have been before it. */
  gap(from: NodeId): void;
}

interface Source {
  readonly node: NodeId;
  /** The newest that arrived, each way in its order: whatever is older has arrived before, or never will. */
  readonly newest: Record<Way, number>;
  /** The newest broadcast that something on the other way comes after. */
  wanted: number;
  readonly waiting: Record<Way, Fifo<Waiting>>;
  bytes: number;
  /** It has not left since it was last heard. */
  isHere: boolean;
}

export class ArrivalOrder {
  readonly #sources = new Map<NodeId, Source>();
  readonly #port: ArrivalOrderPort;
  #bytes = 0;
  /** Entries that wait. */
  #count = 0;

  constructor(port: ArrivalOrderPort) {
    this.#port = port;
  }

  /** When one has waited for too long. */
  get nextWakeAt(): number {
    let at = NEVER;
    if (this.#count === 0) return at;
    for (const source of this.#sources.values()) at = Math.min(at, overdueAt(source));
    return at;
  }

  published(incoming: Incoming, nowMs: number): void {
    const { publication, place } = incoming;
    const bytes = messageWeight(publication);
    const { way, number, after } = place;
    this.#arrived(publication.from, way, {
      ...{ number, after, incoming, bytes, untilMs: nowMs + LONGEST_WAIT_MS },
    });
  }

  /** A broadcast that is no publication. */
  heard(from: NodeId, number: number, nowMs: number): void {
    this.#arrived(from, 'broadcast', {
      ...{ number, after: 0, incoming: undefined, bytes: ENTRY_BYTES, untilMs: nowMs + LONGEST_WAIT_MS },
    });
  }

  /** It has begun anew, with other numbers: what came before says nothing of them. */
  reborn(from: NodeId): void {
    const source = this.#sources.get(from);
    if (!source) return;
    this.#releaseAll(source);
    this.#sources.delete(from);
  }

  /** Some of its broadcasts will not come: what was sent to us alone does not wait for them. */
  missed(from: NodeId): void {
    const source = this.#sources.get(from);
    if (!source) return;
    source.newest.broadcast = later(source.newest.broadcast, source.wanted);
    this.#advance(source);
  }

  /** It is gone: nothing waits any longer. What came stays known, for it may come back. */
  left(from: NodeId): void {
    const source = this.#sources.get(from);
    if (!source) return;
    source.isHere = false;
    this.#releaseAll(source);
    source.newest.broadcast = later(source.newest.broadcast, source.wanted);
  }

  wake(nowMs: number): void {
    for (const source of this.#sources.values()) {
      while (overdueAt(source) <= nowMs) this.#giveUp(source);
    }
  }

  #arrived(from: NodeId, way: Way, entry: Waiting): void {
    const source = this.#sourceOf(from);
    source.waiting[way].push(entry);
    source.newest[way] = later(source.newest[way], entry.number);
    if (way === 'line') source.wanted = entry.after;
    source.bytes += entry.bytes;
    this.#bytes += entry.bytes;
    this.#count++;
    this.#advance(source);
    while (source.bytes > MAX_WAITING_BYTES) this.#giveUp(source);
    if (this.#bytes > MAX_WAITING_BYTES_OF_ALL) this.#releaseAll(source);
  }

  #sourceOf(from: NodeId): Source {
    const known = this.#sources.get(from);
    if (known) {
      known.isHere = true;
      return known;
    }
    if (this.#sources.size >= MAX_SOURCES) this.#forgetOne();
    const waiting = { line: new Fifo<Waiting>(), broadcast: new Fifo<Waiting>() };
    const newest = { line: 0, broadcast: 0 };
    const source = { node: from, newest, wanted: 0, waiting, bytes: 0, isHere: true };
    this.#sources.set(from, source);
    return source;
  }

  #forgetOne(): void {
    let forgotten: Source | undefined;
    for (const source of this.#sources.values()) {
      forgotten ??= source;
      if (source.isHere) continue;
      forgotten = source;
      break;
    }
    if (!forgotten) return;
    this.#releaseAll(forgotten);
    this.#sources.delete(forgotten.node);
  }

  #releaseAll(source: Source): void {
    while (oldest(source) !== undefined) this.#giveUp(source);
  }

  /** What was sent first goes without what it waits for. */
  #giveUp(source: Source): void {
    const way = oldest(source);
    if (way === undefined) return;
    if (way === 'line' && !isFree(source, way)) this.#port.gap(source.node);
    this.#take(source, way);
    this.#advance(source);
  }

  /** Everything whose turn it is. */
  #advance(source: Source): void {
    for (let way = oldest(source); way !== undefined && isFree(source, way); way = oldest(source))
      this.#take(source, way);
  }

  #take(source: Source, way: Way): void {
    const entry = source.waiting[way].shift();
    if (!entry) return;
    source.bytes -= entry.bytes;
    this.#bytes -= entry.bytes;
    this.#count--;
    if (entry.incoming) this.#port.deliver(entry.incoming);
  }
}

/** The first entry of this way has all that it waits for. */
function isFree({ newest, waiting }: Source, way: Way): boolean {
  const after = waiting[way].peek()?.after ?? 0;
  return after === 0 || !isAfter(after, way === 'line' ? newest.broadcast : newest.line);
}

function later(a: number, b: number): number {
  return isAfter(a, b) ? a : b;
}

function oldest({ waiting }: Source): Way | undefined {
  const line = waiting.line.peek();
  const broadcast = waiting.broadcast.peek();
  if (!line) return broadcast && 'broadcast';
  if (!broadcast) return 'line';
  return isAfter(line.number, broadcast.number) ? 'broadcast' : 'line';
}

function overdueAt({ waiting }: Source): number {
  return Math.min(waiting.line.peek()?.untilMs ?? NEVER, waiting.broadcast.peek()?.untilMs ?? NEVER);
}
