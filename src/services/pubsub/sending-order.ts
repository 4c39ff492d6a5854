/**
 * Two ways lead from a Node to another: its broadcasts, which go to all or to several and come in their order, and what it sends to
 * that one alone, in an order of its own. Either may overtake the other. So that the messages of one publisher arrive in its order
 * whichever way they take, everything that leaves has a number, and says which number of the other way has to be there before it
 * (arrival-order.ts waits for it); nothing, where what went before is known to have arrived.
 */
import type { NodeId } from '../../wire/index.ts';

/** Where one publication stands. */
export type Place =
  /** Sent to one Node alone. `after`: the broadcast that comes before it, 0: none. */
  | { readonly way: 'line'; readonly number: number; readonly after: number }
  /** Broadcast. `after`: for each target that something is on its way to, what that is. */
  | { readonly way: 'broadcast'; readonly number: number; readonly after: ReadonlyMap<NodeId, number> };

const MAX_NUMBER = 0xffff_ffff;
const NOTHING: ReadonlyMap<NodeId, number> = new Map();

/** As long as the mesh surely repairs a broadcast for one that was away: half its replay span. */
const AWAY_MS = 60_000;
/** Of those who left lately. */
const MAX_AWAY = 1_024;

interface OnItsWay {
  last: number;
  count: number;
}

interface Away {
  /** The newest broadcast that was for it. */
  readonly broadcast: number;
  readonly untilMs: number;
}

export class SendingOrder {
  #number = 0;
  /** Of the members, the newest broadcast that was for them; 0: none since they came. */
  readonly #broadcasts = new Map<NodeId, number>();
  readonly #lines = new Map<NodeId, OnItsWay>();
  readonly #away = new Map<NodeId, Away>();

  /** One that we took for gone, and that may have noticed nothing, still gets the broadcasts of before: they go first. */
  joined(node: NodeId, nowMs: number): void {
    const away = this.#away.get(node);
    this.#away.delete(node);
    this.#broadcasts.set(node, away && nowMs < away.untilMs ? away.broadcast : 0);
  }

  /**
   * It did not get all that was broadcast: nothing has to wait for that. Nor did one whose Broker speaks for the first time: a Node is a
   * member before it has a Broker. None of that was a message for it, and our interest it asks for.
   */
  missed(node: NodeId): void {
    if (this.#broadcasts.has(node)) this.#broadcasts.set(node, 0);
  }

  left(node: NodeId, nowMs: number): void {
    const broadcast = this.#broadcasts.get(node) ?? 0;
    this.#broadcasts.delete(node);
    this.#lines.delete(node);
    if (broadcast === 0) return;
    this.#away.set(node, { broadcast, untilMs: nowMs + AWAY_MS });
    const [first] = this.#away.keys();
    if (first !== undefined && this.#away.size > MAX_AWAY) this.#away.delete(first);
  }

  /** It has begun anew, and nothing of what was sent to it before comes. */
  reborn(node: NodeId): void {
    this.#away.delete(node);
    this.#lines.delete(node);
    this.missed(node);
  }

  /** Of a broadcast to all that nothing sent to one has to precede. */
  broadcast(): number {
    const number = this.#next();
    for (const node of this.#broadcasts.keys()) this.#broadcasts.set(node, number);
    return number;
  }

  /** One target is sent it alone: the others, however many, carry nothing. */
  place(targets: readonly NodeId[]): Place {
    const [target] = targets;
    if (target === undefined || targets.length > 1) {
      const number = this.#next();
      for (const each of targets) if (this.#broadcasts.has(each)) this.#broadcasts.set(each, number);
      return { way: 'broadcast', number, after: this.#onTheirWay(targets) };
    }
    const number = this.#next();
    const line = this.#lines.get(target);
    if (line) {
      line.last = number;
      line.count++;
    } else this.#lines.set(target, { last: number, count: 1 });
    return { way: 'line', number, after: this.#broadcasts.get(target) ?? 0 };
  }

  /** So many of what was sent to that Node alone have arrived, or will not. */
  settled(node: NodeId, count: number): void {
    const line = this.#lines.get(node);
    if (!line) return;
    line.count -= count;
    if (line.count <= 0) this.#lines.delete(node);
  }

  #onTheirWay(targets: readonly NodeId[]): ReadonlyMap<NodeId, number> {
    if (this.#lines.size === 0) return NOTHING;
    const after = new Map<NodeId, number>();
    for (const target of targets) {
      const line = this.#lines.get(target);
      if (line) after.set(target, line.last);
    }
    return after;
  }

  #next(): number {
    this.#number = this.#number === MAX_NUMBER ? 1 : this.#number + 1;
    return this.#number;
  }
}

/** Whether `a` came later than `b`, of numbers that begin anew (RFC 1982). */
export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}
