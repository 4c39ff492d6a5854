/**
 * A room on one Node as one pure state machine: `handle(event, now) -> effects` and `nextWakeAt`. Updates come from here and from others
 * and are judged (update.ts), put in their place (dag.ts) and folded (fold.ts). They spread by one multicast to all who have the room.
 * Who has what is said in heads: to an author by two Nodes that have its update, so that it knows that it is safe; to all, once it is
 * quiet. Whoever hears of what it lacks asks for it (catch-up.ts).
 */
import type { Cryptography } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Agreement } from './agreement.ts';
import { Authoring, type AuthoringOptions } from './authoring.ts';
import { Authors } from './authors.ts';
import { CatchUp, headsToSay, pieceFor } from './catch-up.ts';
import type { Plain, RoomSync, UpdateHash } from './contract.ts';
import { Dag } from './dag.ts';
import { type Draft, Drafts } from './drafts.ts';
import { RoomFullError, RoomStoppedError } from './errors.ts';
import { Fold, type RoomReducer } from './fold.ts';
import type { Genesis } from './genesis.ts';
import type { ReadKeys } from './keys.ts';
import type { CatchUpAnswer, Heads } from './messages.ts';
import { Peers } from './peers.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import { Saying } from './saying.ts';
import { type Arrived, Surplus } from './surplus.ts';
import { Syncs } from './syncs.ts';
import { type Update, UpdateCodec } from './update.ts';
import { Writes } from './writes.ts';

export interface RoomStateOptions extends AuthoringOptions {
  readonly self: NodeId;
  readonly genesis: Genesis;
  readonly keys: ReadKeys;
  readonly reducer: RoomReducer;
  readonly cryptography: Cryptography;
  /** Default: MAX_HISTORY_BYTES. */
  readonly maxHistoryBytes?: number;
}

/** Of all updates: some 100,000 small ones, which take four times as much in memory. Nobody writes above it, and nothing is taken above twice
 * as much: between the two lies what was written at the same time. */
const MAX_HISTORY_BYTES = 32 * 1024 * 1024;

export class RoomState {
  readonly #options: RoomStateOptions;
  readonly #maxHistoryBytes: number;
  readonly #codec: UpdateCodec;
  readonly #dag = new Dag();
  readonly #authoring: Authoring;
  readonly #drafts: Drafts;
  readonly #surplus: Surplus;
  readonly #fold: Fold;
  readonly #peers = new Peers();
  readonly #catchUp = new CatchUp(this.#dag, this.#peers);
  readonly #writes = new Writes(this.#dag);
  readonly #syncs = new Syncs(this.#dag, this.#peers);
  readonly #saying: Saying;
  readonly #agreement: Agreement;
  readonly #authors: Authors;
  readonly #timed: readonly { readonly nextWakeAt: number }[];
  #effects: RoomEffect[] = [];
  #state: Plain;
  /** Why nothing goes on here. */
  #stopped: string | undefined;
  #nowMs = 0;

  constructor(options: RoomStateOptions) {
    const { genesis, reducer, keys, cryptography } = options;
    this.#options = options;
    this.#maxHistoryBytes = options.maxHistoryBytes ?? MAX_HISTORY_BYTES;
    this.#codec = new UpdateCodec(genesis, keys, cryptography);
    this.#authoring = new Authoring(options, this.#codec, this.#dag);
    this.#drafts = new Drafts(genesis.limits);
    this.#surplus = new Surplus(genesis.limits, cryptography);
    this.#fold = new Fold({ reducer, initial: genesis.initial, maxBytes: genesis.limits.maxBytes });
    this.#agreement = new Agreement(this.#fold, cryptography);
    this.#authors = new Authors(cryptography);
    this.#saying = new Saying(options.self, this.#peers);
    this.#state = genesis.initial;
    this.#timed = [this.#catchUp, this.#syncs, this.#saying, this.#drafts, this.#surplus];
  }

  get nextWakeAt(): number {
    if (this.#stopped) return Number.POSITIVE_INFINITY;
    return Math.min(...this.#timed.map(({ nextWakeAt }) => nextWakeAt));
  }

  get state(): Plain {
    return this.#state;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
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
    return { type: 'with', nodes: this.#peers.with(this.#dag.heads), of: this.#peers.size };
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
    for (const due of this.#surplus.due(this.#nowMs)) this.#take(due);
    for (let draft = this.#drafts.take(this.#nowMs); draft; draft = this.#drafts.take(this.#nowMs)) {
      this.#write(draft);
    }
    for (const peer of this.#peers) this.#surplus.rest(peer, this.#nowMs);
    this.#catchUp.look(this.#nowMs);
    const question = this.#catchUp.ask(this.#fold.order, this.#nowMs);
    if (question) this.#effects.push({ type: 'ask', ...question });
    this.#refold();
    this.#say();
    this.#effects.push(...this.#syncs.settled(this.#nowMs));
    if (this.#peers.size === 0) this.#effects.push(...this.#writes.alone());
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
        this.#effects.push(...this.#drafts.add(event));
        return;
      case 'loaded':
        this.#take({ from: this.#options.self, updates: event.updates });
        return;
      case 'disk':
        this.#writes.disk(event.isKeeping, event.stored);
        return;
      case 'hold':
        this.#effects.push({ type: 'heldBack', node: this.#options.self, by: event.from });
        return;
      case 'sync':
        this.#syncs.add(event.token, this.#nowMs);
        this.#tell(this.#peers.nodes, true);
        return;
      case 'cancel':
        for (const waiting of [this.#drafts, this.#writes, this.#syncs]) waiting.cancel(event.token);
        return;
    }
  }

  #left(node: NodeId): void {
    if (!this.#peers.remove(node)) return;
    this.#syncs.giveUp(node);
    this.#catchUp.left(node, this.#nowMs);
  }

  #heard(from: NodeId, heads: Heads): void {
    this.#peers.said(from, heads);
    this.#syncs.answered(from, heads.heads);
    this.#effects.push(...this.#writes.arrived(this.#peers.get(from)));
    this.#compare(from, heads);
    for (const held of this.#released(heads.heads, from)) this.#take(held);
    if (heads.isQuestion) this.#saying.to(from, this.#nowMs);
  }

  #received(from: NodeId, updates: readonly Uint8Array[]): void {
    const { taken, isNew } = this.#surplus.arrived(from, updates, this.#nowMs);
    if (isNew) {
      const { self } = this.#options;
      this.#effects.push({ type: 'hold', to: from }, { type: 'heldBack', node: from, by: self });
    }
    this.#take({ from, updates: taken });
  }

  #take(arrived: Arrived): void {
    const waiting = [arrived];
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { from, updates } = one;
      for (const bytes of updates) {
        const update = this.#judge(from, bytes);
        if (!update) continue;
        this.#peers.has(from, update);
        this.#add(update);
        waiting.push(...this.#released(update.parents, from));
        if (this.#authors.nodeOf(update) === from) this.#saying.thank(from, update.hash, this.#nowMs);
      }
      this.#effects.push(...this.#writes.arrived(this.#peers.get(from)));
    }
  }

  /** That Node has these: what waits here of another's surplus up to them is to be taken. */
  #released(hashes: readonly UpdateHash[], by: NodeId): readonly Arrived[] {
    const missing = hashes.filter((hash) => !this.#dag.has(hash));
    return missing.flatMap((hash) => this.#surplus.upTo(hash, by, this.#nowMs) ?? []);
  }

  #answered(from: NodeId, answer: CatchUpAnswer | undefined): void {
    const before = this.#dag.size;
    for (const bytes of answer?.updates ?? []) {
      const update = this.#judge(from, bytes);
      if (!update) continue;
      this.#surplus.given(this.#authors.nodeOf(update), update, this.#nowMs);
      this.#add(update);
    }
    const hasHelped = this.#dag.size > before;
    if (this.#catchUp.answered(from, answer, hasHelped, this.#nowMs)) return;
    this.#syncs.giveUp(from);
    this.#refuse(from, 'it does not give the updates that it says it has');
  }

  #write({ token, payload, claimedAtMs }: Draft): void {
    let update: Update | undefined;
    try {
      if (this.#dag.bytes >= this.#maxHistoryBytes) throw new RoomFullError(this.#maxHistoryBytes);
      update = this.#judge(undefined, this.#authoring.make(payload, claimedAtMs));
      const next = update ? this.#fold.tryNext(update) : new Error('an update of our own does not hold');
      if (next instanceof Error) throw next;
    } catch (error) {
      this.#effects.push({ type: 'failed', token, error: error as Error });
      return;
    }
    if (!update) return;
    this.#authoring.made();
    this.#drafts.written(update.bytes.length, this.#nowMs);
    this.#add(update);
    this.#writes.add(token, update);
    if (this.#peers.size > 0) this.#effects.push({ type: 'spread', update: update.bytes });
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
      this.#refuse(this.#authors.nodeOf(update), 'the history of the room is full here');
      return;
    }
    const { accepted, refused } = this.#dag.add(update);
    for (const one of accepted) {
      this.#fold.insert(one);
      if (this.#fold.isEquivocal(one))
        this.#refuse(this.#authors.nodeOf(one), 'it gave two updates one number');
      this.#effects.push({ type: 'store', update: one });
      this.#saying.changed(this.#nowMs);
    }
    for (const { update: one, reason } of refused) this.#refuse(this.#authors.nodeOf(one), reason);
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
    const error = new RoomStoppedError(reason);
    this.#effects.push(...this.#syncs.fail(error), ...this.#drafts.fail(error), { type: 'stopped', reason });
  }

  #afterTheEnd(event: RoomEvent, reason: string): void {
    if (event.type !== 'write' && event.type !== 'sync') return;
    this.#effects.push({ type: 'failed', token: event.token, error: new RoomStoppedError(reason) });
  }

  #refold(): void {
    const { state } = this.#fold;
    for (const { update, error } of this.#fold.takeNoOps()) {
      this.#refuse(this.#authors.nodeOf(update), `an update does nothing: ${error.message}`);
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#effects.push({ type: 'changed' });
  }

  #refuse(from: NodeId | undefined, reason: string): void {
    this.#effects.push({ type: 'refused', from, reason });
  }
}
