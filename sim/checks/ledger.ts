/**
 * Every message accounted for (docs/mesh.md, M1 to M3 and M7), event by event: a send that resolved is handled; exactly
 * once and in order per source life, target and stream; every token settles exactly once, within its bound; broadcasts
 * reach each member that was there and stays, once and in order; nobody hears what nobody said.
 */
import type { Deliver, Failure, MeshEvent, StreamId, Token } from '../../src/mesh/vocabulary.ts';
import type { MeshMessage } from '../../src/mesh/window/message.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Inhabitant } from '../engine/surroundings.ts';
import { makeBody, readBody } from './body.ts';
import { Book, hearingKey, mayBeginAfter, type Said, type WasCut } from './said.ts';

export interface LedgerCounts {
  readonly said: number;
  readonly resolved: number;
  readonly failed: number;
  readonly handled: number;
  readonly broadcastDeliveries: number;
}

export interface Saying {
  readonly kind: Said['kind'];
  readonly from: Inhabitant;
  readonly target?: NodeId | undefined;
  /** Of a multicast. */
  readonly targets?: readonly Inhabitant[] | undefined;
  readonly stream: StreamId;
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly name?: string;
  readonly afterwards?: MeshEvent;
}

/** A request may be late by what its Node's timers are late. */
const REQUEST_SLACK_MS = 2500;
/** A source that lived on so long has handed its broadcast over. */
const HANDED_OVER_MS = 5000;
const NOBODY: ReadonlySet<number> = new Set();

export class Ledger {
  readonly #fail: (what: string) => void;
  readonly #now: () => number;
  readonly #wasCut: WasCut;
  readonly #said: Said[] = [];
  readonly #books: Book[] = [];
  readonly #nodes: Inhabitant[] = [];
  /** The last life of each Node. */
  readonly #latest = new Map<NodeId, Inhabitant>();
  readonly #counts = { said: 0, resolved: 0, failed: 0, handled: 0, broadcastDeliveries: 0 };
  readonly #hostile = new Set<NodeId>();
  #audience: { at: number; source: number; required: ReadonlySet<number> } | undefined;
  /** Time from asking to the answer of small questions, ms: what bulk must not delay. */
  readonly answerTimes: number[] = [];

  constructor(fail: (what: string) => void, now: () => number, wasCut: WasCut) {
    this.#fail = fail;
    this.#now = now;
    this.#wasCut = wasCut;
  }

  get counts(): LedgerCounts {
    return this.#counts;
  }

  started(node: Inhabitant): void {
    this.#books[node.index] = new Book();
    this.#nodes[node.index] = node;
    this.#latest.set(node.id, node);
    if (node.isHostile) this.#hostile.add(node.id);
  }

  /** A Node that left has settled everything in its farewell; one that was killed settles nothing. */
  ended(node: Inhabitant): void {
    const book = this.#bookOf(node);
    if (node.ended?.by === 'left' && book.pending.size > 0) {
      this.#fail(`node ${node.index} left and ${book.pending.size} of its sends never settled`);
    }
    book.pending.clear();
    for (const said of book.broadcasts) said.underWayTo = this.#underWayTo(said);
  }

  /** Has the Node say something and keeps account of it. */
  say(saying: Saying): void {
    const { kind, from, stream, target, timeoutMs } = saying;
    if (!from.isAlive || !from.isRunning) return;
    const book = this.#bookOf(from);
    const key = kind === 'broadcast' ? '' : `${target}${stream}`;
    const counter = (book.counters.get(key) ?? 0) + 1;
    book.counters.set(key, counter);
    const now = this.#now();
    const said: Said = {
      serial: this.#said.length,
      kind,
      source: from,
      target,
      stream,
      counter,
      bytes: saying.bytes,
      sentAt: now,
      timeoutMs,
      required: kind === 'broadcast' ? this.#audienceOf(from, saying.targets, now) : NOBODY,
      state: 'pending',
      settledAt: 0,
      handled: 0,
      afterwards: saying.afterwards,
    };
    this.#said.push(said);
    this.#counts.said++;
    const token = book.nextToken();
    book.pending.set(token, said);
    const body = makeBody(said.serial, saying.bytes);
    if (kind === 'broadcast') {
      book.broadcasts.push(said);
      const message: MeshMessage = { kind: 'message', name: saying.name ?? 'tell', body };
      const targets = saying.targets?.map(({ id }) => id);
      from.happen({ type: 'broadcast', token, targets, stream, message, timeoutMs });
    } else if (target !== undefined) {
      if (kind === 'request') {
        from.happen({ type: 'request', token, target, stream, name: saying.name ?? 'ask', body, timeoutMs });
      } else {
        const message: MeshMessage = { kind: 'message', name: saying.name ?? 'say', body };
        // Every other one as nobody waits for it: what is promised holds all the same.
        const isAwaited = said.serial % 2 === 0;
        from.happen({ type: 'send', token, target, stream, message, timeoutMs, isAwaited });
      }
    }
  }

  settled(node: Inhabitant, tokens: readonly Token[], failure: Failure | undefined, now: number): void {
    if (node.isHostile) return;
    for (const token of tokens) {
      const said = this.#close(node, token, failure === undefined, now);
      if (said === undefined) continue;
      if (said.kind === 'request' && failure === undefined) {
        this.#fail(`${name(said)} was settled without an answer`);
      }
      if (said.kind === 'send' && failure === undefined && said.handled === 0)
        this.#resolvedUnhandled.add(said);
    }
  }

  readonly #resolvedUnhandled = new Set<Said>();

  answered(node: Inhabitant, token: Token, body: Uint8Array, now: number): void {
    if (node.isHostile) return;
    const said = this.#close(node, token, true, now);
    if (said === undefined) return;
    if (said.kind !== 'request') this.#fail(`${name(said)} was answered though it asked nothing`);
    else if (!this.#isHostileId(said.target) && readBody(body) !== said.serial) {
      this.#fail(`${name(said)} got the answer to something else`);
    }
    if (said.bytes <= 1024) this.answerTimes.push(now - said.sentAt);
  }

  delivered(node: Inhabitant, effect: Deliver): void {
    for (const message of effect.messages) {
      if (message.kind === 'response' || message.kind === 'error') {
        this.#fail(`node ${node.index} was delivered an answer as a message`);
        continue;
      }
      this.#heard(node, effect, message.body);
    }
  }

  pendingOf(node: Inhabitant): number {
    return this.#bookOf(node).pending.size;
  }

  missed(node: Inhabitant, source: NodeId): void {
    this.#bookOf(node).missed.add(source);
  }

  /** At the end, when all is at rest: what is still open never closes. `mayMiss`: broadcasts the mesh itself called missed. */
  finish(mayMiss: boolean): void {
    for (const said of this.#resolvedUnhandled) {
      if (!this.#isExcused(said)) this.#fail(`${name(said)} resolved and was never handled`);
    }
    for (const node of this.#nodes) {
      if (node === undefined || node.isHostile) continue;
      const book = this.#bookOf(node);
      if (node.isAlive) {
        for (const said of book.pending.values()) {
          this.#fail(`${name(said)} has not settled after ${Math.round(this.#now() - said.sentAt)} ms`);
        }
      }
      this.#finishBroadcasts(node, book, mayMiss);
    }
  }

  #finishBroadcasts(source: Inhabitant, { broadcasts }: Book, mayMiss: boolean): void {
    const endedAt = source.ended?.at ?? Number.POSITIVE_INFINITY;
    for (const said of broadcasts) {
      if (said.state === 'failed' || endedAt < said.sentAt + HANDED_OVER_MS) continue;
      for (const index of said.required) {
        const receiver = this.#nodes[index];
        if (!receiver?.isAlive) continue;
        const heard = this.#bookOf(receiver).heardBroadcasts.get(source.index) ?? 0;
        if (heard >= said.counter || mayBeginAfter(said, heard)) continue;
        if (mayMiss && this.#bookOf(receiver).missed.has(source.id)) continue;
        if (this.#endedUnderWay(said, index)) continue;
        this.#fail(`${name(said)} never reached node ${index}`);
        break;
      }
    }
  }

  /** Those it had not reached yet when its source ended, as whoever stood still or was cut off meanwhile. */
  #underWayTo({ source, sentAt, counter, required }: Said): ReadonlySet<number> {
    const wasHeld = this.#wasCut(sentAt, sentAt + HANDED_OVER_MS) || source.awakeSince > sentAt;
    const isUnderWay = (index: number): boolean => {
      const to = this.#nodes[index];
      if (to === undefined || this.#hasHeard(to, source, counter)) return false;
      return wasHeld || to.awakeSince > sentAt || !to.isRunning;
    };
    return new Set([...required].filter(isUnderWay));
  }

  /** With a new life of its source ends what of the old one was under way; and what nobody has cannot be had of anybody. */
  #endedUnderWay({ source, counter, underWayTo }: Said, index: number): boolean {
    if (!underWayTo?.has(index)) return false;
    const livesAgain = this.#latest.get(source.id) !== source;
    return livesAgain || !this.#nodes.some((node) => node?.isAlive && this.#hasHeard(node, source, counter));
  }

  #hasHeard(node: Inhabitant, source: Inhabitant, counter: number): boolean {
    return (this.#bookOf(node).heardBroadcasts.get(source.index) ?? 0) >= counter;
  }

  #heard(node: Inhabitant, effect: Deliver, body: Uint8Array): void {
    if (this.#isHostileId(effect.from)) return;
    const serial = readBody(body);
    const said = typeof serial === 'number' ? this.#said[serial] : undefined;
    if (said === undefined) {
      const what = serial === 'damaged' ? 'a damaged message' : 'what nobody said';
      this.#fail(`node ${node.index} heard ${what}, from ${effect.from.slice(0, 8)}`);
      return;
    }
    if (said.source.id !== effect.from || said.stream !== effect.stream) {
      this.#fail(`node ${node.index} heard ${name(said)} in another's name or stream`);
      return;
    }
    if ((said.kind === 'broadcast') !== effect.isBroadcast) {
      this.#fail(`node ${node.index} heard ${name(said)} as ${effect.isBroadcast ? '' : 'no '}broadcast`);
      return;
    }
    said.handled++;
    if (said.kind === 'broadcast') this.#heardBroadcast(node, said);
    else this.#heardUnicast(node, said);
  }

  #heardUnicast(node: Inhabitant, said: Said): void {
    this.#counts.handled++;
    this.#resolvedUnhandled.delete(said);
    if (said.target !== node.id) this.#fail(`node ${node.index} heard ${name(said)}, which was not for it`);
    if (said.handled > 1) this.#fail(`${name(said)} was handled ${said.handled} times`);
    const { heard } = this.#bookOf(node);
    const key = hearingKey(said.source.index, said.stream);
    const last = heard.get(key) ?? 0;
    if (said.counter <= last) this.#fail(`${name(said)} was handled after number ${last} of its stream`);
    else heard.set(key, said.counter);
  }

  #heardBroadcast(node: Inhabitant, said: Said): void {
    this.#counts.broadcastDeliveries++;
    const { heardBroadcasts, missed } = this.#bookOf(node);
    const last = heardBroadcasts.get(said.source.index) ?? 0;
    if (said.counter <= last) {
      this.#fail(`node ${node.index} heard ${name(said)} twice or after number ${last}`);
      return;
    }
    heardBroadcasts.set(said.source.index, said.counter);
    if (missed.has(said.source.id)) return;
    const { broadcasts } = this.#bookOf(said.source);
    for (let counter = last + 1; counter < said.counter; counter++) {
      const skipped = broadcasts[counter - 1];
      if (skipped === undefined || skipped.state === 'failed' || mayBeginAfter(skipped, last)) continue;
      if (skipped.required.has(node.index)) {
        this.#fail(`node ${node.index} heard ${name(said)} and never ${name(skipped)}`);
        return;
      }
    }
  }

  #close(node: Inhabitant, token: Token, isResolved: boolean, now: number): Said | undefined {
    const { pending } = this.#bookOf(node);
    const said = pending.get(token);
    if (said === undefined) {
      this.#fail(`node ${node.index} settled token ${token}, which was not pending`);
      return undefined;
    }
    pending.delete(token);
    said.state = isResolved ? 'resolved' : 'failed';
    said.settledAt = now;
    if (isResolved) this.#counts.resolved++;
    else this.#counts.failed++;
    const ageMs = now - Math.max(said.sentAt, node.awakeSince);
    if (said.kind === 'request' && ageMs > said.timeoutMs + REQUEST_SLACK_MS && node.isAlive) {
      this.#fail(`${name(said)} settled only after ${Math.round(ageMs)} ms`);
    }
    if (said.afterwards) node.happen(said.afterwards);
    return said;
  }

  /** Its target was killed, or began another life, after it was sent: what was acknowledged may have died there. */
  #isExcused(said: Said): boolean {
    for (const node of this.#nodes) {
      if (node?.id !== said.target) continue;
      if (node.isHostile) return true;
      if (node.ended !== undefined && node.ended.by !== 'left' && node.ended.at >= said.sentAt) return true;
    }
    return false;
  }

  /** Who counts as a member now, as both ends see it. */
  #audienceOf(
    from: Inhabitant,
    targets: readonly Inhabitant[] | undefined,
    now: number,
  ): ReadonlySet<number> {
    if (targets === undefined && this.#audience?.at === now && this.#audience.source === from.index) {
      return this.#audience.required;
    }
    const required = new Set<number>();
    const wanted = targets === undefined ? undefined : new Set(targets.map(({ index }) => index));
    for (const id of from.memberIds) {
      const node = this.#latest.get(id);
      if (!node?.isAlive || node.isHostile || !node.memberIds.has(from.id)) continue;
      if (wanted === undefined || wanted.has(node.index)) required.add(node.index);
    }
    if (targets === undefined) this.#audience = { at: now, source: from.index, required };
    return required;
  }

  #isHostileId(id: NodeId | undefined): boolean {
    return id !== undefined && this.#hostile.has(id);
  }

  #bookOf(node: Inhabitant): Book {
    let book = this.#books[node.index];
    if (book === undefined) {
      book = new Book();
      this.#books[node.index] = book;
    }
    return book;
  }
}

function name(said: Said): string {
  const to = said.target === undefined ? '' : ` to ${said.target.slice(0, 8)}`;
  return `${said.kind} ${said.counter} of node ${said.source.index}${to} on stream ${said.stream}`;
}
