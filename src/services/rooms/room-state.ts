/**
 * A room on one Node as one pure state machine: `handle(event, now) -> effects` and `nextWakeAt`. Updates come from here and from others
 * and are judged (update.ts), put in their place (dag.ts) and folded (fold.ts). They spread by one multicast to all who have the room.
 * Who has what is said in heads: to an author by two Nodes that have its update, so that it knows that it is safe; to all, once it is
 * quiet. Whoever hears of what it lacks asks for it (catch-up.ts).
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { fromHex } from '../../runtime/index.ts';
import { type NodeId, nodeIdOf } from '../../wire/index.ts';
import { Agreement } from './agreement.ts';
import { CatchUp, headsToSay, pieceFor } from './catch-up.ts';
import { type AuthorId, MAX_PARENTS, type Plain, type RoomSync, type UpdateHash } from './contract.ts';
import { Dag } from './dag.ts';
import { RoomFullError, RoomStoppedError } from './errors.ts';
import { Fold, type RoomReducer } from './fold.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import type { CatchUpAnswer, Heads } from './messages.ts';
import { Peers } from './peers.ts';
import type { RoomEffect, RoomEvent, Token } from './room-events.ts';
import { Saying } from './saying.ts';
import { Syncs } from './syncs.ts';
import { type Update, UpdateCodec } from './update.ts';
import { Writes } from './writes.ts';

export interface RoomStateOptions {
  readonly self: NodeId;
  readonly identity: Identity;
  readonly genesis: Genesis;
  readonly keys: ReadKeys;
  /** Of the write key's seed: undefined for readers. */
  readonly writeSecret: Uint8Array | undefined;
  /**
   * Of the first update that is written here. Drawn anew, of 2^32, each time that the room is opened: what this author wrote before is known
   * only when it has come from others, and a number that is used twice makes one of the two updates do nothing.
   */
  readonly firstNumber: number;
  readonly reducer: RoomReducer;
  readonly cryptography: Cryptography;
  /** Default: MAX_HISTORY_BYTES. */
  readonly maxHistoryBytes?: number;
}

/** Of all updates of a room: some 100,000 small ones, which take four times as much in memory. Nobody writes above it, nothing is taken
 * above twice as much: between the two lies what was written at the same time. */
const MAX_HISTORY_BYTES = 32 * 1024 * 1024;
/** The only one, until somebody can be sent out. */
const EPOCH = 0;

export class RoomState {
  readonly #options: RoomStateOptions;
  readonly #codec: UpdateCodec;
  readonly #certificate: Uint8Array | undefined;
  readonly #dag = new Dag();
  readonly #fold: Fold;
  readonly #peers = new Peers();
  readonly #catchUp = new CatchUp(this.#dag, this.#peers);
  readonly #writes = new Writes(this.#dag);
  readonly #syncs = new Syncs(this.#dag, this.#peers);
  readonly #saying: Saying;
  readonly #agreement: Agreement;
  /** As many as have written. */
  readonly #authors = new Map<AuthorId, NodeId>();
  #effects: RoomEffect[] = [];
  /** Of our own next update. */
  #number: number;
  #state: Plain;
  /** Why nothing goes on here. */
  #stopped: string | undefined;
  #nowMs = 0;

  constructor(options: RoomStateOptions) {
    const { genesis, reducer, keys, writeSecret, identity, cryptography } = options;
    this.#options = options;
    this.#number = options.firstNumber;
    this.#codec = new UpdateCodec(genesis, keys, cryptography);
    this.#certificate = writeSecret && this.#codec.certify(identity, writeSecret, EPOCH);
    this.#fold = new Fold({ reducer, initial: genesis.initial, maxBytes: genesis.limits.maxBytes });
    this.#agreement = new Agreement(this.#fold, cryptography);
    this.#saying = new Saying(options.self, this.#peers);
    this.#state = genesis.initial;
  }

  get nextWakeAt(): number {
    if (this.#stopped) return Number.POSITIVE_INFINITY;
    return Math.min(this.#catchUp.nextWakeAt, this.#syncs.nextWakeAt, this.#saying.nextWakeAt);
  }

  get state(): Plain {
    return this.#state;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  get #maxHistoryBytes(): number {
    return this.#options.maxHistoryBytes ?? MAX_HISTORY_BYTES;
  }

  /** Lower-case hex. */
  get stateHash(): string {
    return this.#agreement.hashOf(this.#state);
  }

  get heads(): readonly UpdateHash[] {
    return [...this.#dag.heads].sort();
  }

  /** In order. */
  get updates(): readonly Update[] {
    return this.#fold.order;
  }

  get peers(): readonly NodeId[] {
    return this.#peers.nodes;
  }

  get sync(): RoomSync {
    if (this.#stopped) return { type: 'stopped', reason: this.#stopped };
    if (this.#peers.size === 0) return { type: 'alone' };
    const behind = this.#catchUp.behind;
    if (behind > 0) return { type: 'behind', updates: behind };
    const own = this.#dag.heads;
    let nodes = 0;
    for (const { heads } of this.#peers) {
      if (heads?.size === own.size && [...heads].every((hash) => own.has(hash))) nodes++;
    }
    return { type: 'with', nodes, of: this.#peers.size };
  }

  at(hash: UpdateHash): Plain | undefined {
    const update = this.#dag.get(hash);
    return update && this.#fold.at(update);
  }

  /** What somebody gets who asks and knows these. */
  pieceFor(known: readonly UpdateHash[]): CatchUpAnswer {
    return pieceFor(known, this.#dag, this.#fold.order);
  }

  handle(event: RoomEvent, nowMs: number): readonly RoomEffect[] {
    this.#nowMs = nowMs;
    if (this.#stopped) this.#afterTheEnd(event, this.#stopped);
    else this.#turn(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #turn(event: RoomEvent): void {
    this.#dispatch(event);
    this.#catchUp.look(this.#nowMs);
    this.#ask();
    this.#refold();
    this.#say();
    this.#effects.push(...this.#syncs.settled(this.#nowMs));
  }

  #dispatch(event: RoomEvent): void {
    switch (event.type) {
      case 'wake':
        return;
      case 'peer':
        this.#peers.add(event.node);
        this.#saying.to(event.node, this.#nowMs);
        return;
      case 'left':
        this.#left(event.node);
        return;
      case 'heads':
        this.#heard(event.from, event.heads);
        return;
      case 'updates':
        this.#received(event.from, event.updates);
        return;
      case 'answered':
        this.#answered(event.from, event.answer);
        return;
      case 'write':
        this.#write(event.token, event.payload, event.claimedAtMs);
        return;
      case 'sync':
        this.#syncs.add(event.token, this.#nowMs);
        this.#tell(this.#peers.nodes, true);
        return;
      case 'cancel':
        this.#writes.cancel(event.token);
        this.#syncs.cancel(event.token);
        return;
    }
  }

  #left(node: NodeId): void {
    if (!this.#peers.remove(node)) return;
    this.#syncs.giveUp(node);
    this.#catchUp.left(node, this.#nowMs);
    if (this.#peers.size === 0) this.#effects.push(...this.#writes.alone());
  }

  #heard(from: NodeId, heads: Heads): void {
    this.#peers.said(from, heads);
    this.#syncs.answered(from, heads.heads);
    this.#hasNow(from);
    this.#compare(from, heads);
    if (heads.isQuestion) this.#saying.to(from, this.#nowMs);
  }

  #received(from: NodeId, updates: readonly Uint8Array[]): void {
    for (const bytes of updates) {
      const update = this.#judge(from, bytes);
      if (!update) continue;
      this.#peers.has(from, update);
      this.#add(update);
      if (this.#authorOf(update) === from) this.#saying.thank(from, update.hash, this.#nowMs);
    }
    this.#hasNow(from);
  }

  #answered(from: NodeId, answer: CatchUpAnswer | undefined): void {
    const before = this.#dag.size;
    for (const bytes of answer?.updates ?? []) {
      const update = this.#judge(from, bytes);
      if (update) this.#add(update);
    }
    const hasHelped = this.#dag.size > before;
    if (this.#catchUp.answered(from, answer, hasHelped, this.#nowMs)) return;
    this.#syncs.giveUp(from);
    this.#refuse(from, 'it does not give the updates that it says it has');
  }

  #write(token: Token, payload: Plain, claimedAtMs: number): void {
    const { identity } = this.#options;
    if (!this.#certificate) throw new Error('a reader cannot write');
    const parents = headsToSay(this.#dag.heads, this.#dag).slice(0, MAX_PARENTS).sort();
    const number = this.#number;
    const depth = this.#dag.depthAfter(parents);
    const draft = { epoch: EPOCH, number, depth, claimedAtMs, parents, payload };
    let update: Update | undefined;
    try {
      if (this.#dag.bytes >= this.#maxHistoryBytes) throw new RoomFullError(this.#maxHistoryBytes);
      update = this.#judge(undefined, this.#codec.write(draft, identity, this.#certificate));
      const next = update ? this.#fold.tryNext(update) : new Error('an update of our own does not hold');
      if (next instanceof Error) throw next;
    } catch (error) {
      this.#effects.push({ type: 'failed', token, error: error as Error });
      return;
    }
    if (!update) return;
    this.#number++;
    this.#add(update);
    this.#writes.add(token, update);
    if (this.#peers.size === 0) this.#effects.push(...this.#writes.alone());
    else this.#effects.push({ type: 'spread', update: update.bytes });
  }

  #judge(from: NodeId | undefined, bytes: Uint8Array): Update | undefined {
    const update = this.#codec.read(bytes);
    if (typeof update !== 'string') return update;
    this.#refuse(from, update);
    return undefined;
  }

  /** What is wrong with an update is its author's doing, whoever passes it on: it is signed. */
  #add(update: Update): void {
    if (this.#dag.bytes >= 2 * this.#maxHistoryBytes) {
      this.#refuse(this.#authorOf(update), 'the history of the room is full here');
      return;
    }
    const { accepted, refused } = this.#dag.add(update);
    for (const one of accepted) {
      this.#fold.insert(one);
      if (this.#fold.isEquivocal(one)) this.#refuse(this.#authorOf(one), 'it gave two updates one number');
      this.#saying.changed(this.#nowMs);
    }
    for (const { update: one, reason } of refused) this.#refuse(this.#authorOf(one), reason);
  }

  /** What that peer is known to have may have grown. */
  #hasNow(node: NodeId): void {
    const peer = this.#peers.get(node);
    if (peer) this.#effects.push(...this.#writes.arrived(peer));
  }

  #ask(): void {
    const question = this.#catchUp.ask(this.#fold.order, this.#nowMs);
    if (question) this.#effects.push({ type: 'ask', ...question });
  }

  #say(): void {
    const due = this.#saying.due(this.#nowMs);
    if (due) this.#tell(due.to, false, due.isToAll ? this.#agreement.shortHashOf(this.#state) : undefined);
  }

  #tell(to: readonly NodeId[], isQuestion: boolean, stateHash?: string): void {
    if (to.length === 0) return;
    const heads = headsToSay(this.#dag.heads, this.#dag);
    this.#effects.push({ type: 'tell', to, heads: { heads, count: this.#dag.size, isQuestion, stateHash } });
  }

  #compare(from: NodeId, { heads, count, stateHash }: Heads): void {
    const isSame = count === this.#dag.size && heads.length === this.#dag.heads.size;
    if (stateHash === undefined || !isSame || !heads.every((hash) => this.#dag.heads.has(hash))) return;
    const verdict = this.#agreement.judge(stateHash, this.#state);
    if (verdict === 'same') return;
    this.#refuse(from, 'with the same updates it has another state: one of the two runs another function');
    if (verdict === 'unrepeatable') {
      this.#stop(`${this.#options.reducer.name} does not answer the same to the same updates`);
    }
  }

  /** Whoever differs has the same updates, so no write waits any more. */
  #stop(reason: string): void {
    this.#stopped = reason;
    this.#effects.push(...this.#syncs.fail(new RoomStoppedError(reason)), { type: 'stopped', reason });
  }

  #afterTheEnd(event: RoomEvent, reason: string): void {
    if (event.type !== 'write' && event.type !== 'sync') return;
    this.#effects.push({ type: 'failed', token: event.token, error: new RoomStoppedError(reason) });
  }

  #refold(): void {
    const { state } = this.#fold;
    for (const { update, error } of this.#fold.takeNoOps()) {
      this.#refuse(this.#authorOf(update), `an update does nothing: ${error.message}`);
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#effects.push({ type: 'changed' });
  }

  #refuse(from: NodeId | undefined, reason: string): void {
    this.#effects.push({ type: 'refused', from, reason });
  }

  /** An author is a Node: its id follows from its key. */
  #authorOf({ author }: Update): NodeId {
    let node = this.#authors.get(author);
    if (node === undefined) {
      node = nodeIdOf(fromHex(author), this.#options.cryptography);
      this.#authors.set(author, node);
    }
    return node;
  }
}
