/**
 * A room on one Node as one pure state machine: `handle(event, now) -> effects` and `nextWakeAt`. Updates come from here and from others
 * and are judged (update.ts), put in their place (dag.ts) and folded (fold.ts); checkpoints close them (history.ts). They spread by one
 * multicast to all who have the room. Who has what is said in heads: to an author by two Nodes that have its update, so that it knows that
 * it is safe; to all, once it is quiet. Whoever hears of what it lacks asks for it (catch-up.ts), and for a snapshot where that is less
 * (fetching.ts).
 */
import type { Cryptography } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Administration, type AdministrationOptions } from './administration.ts';
import { Agreement } from './agreement.ts';
import { Asking } from './asking.ts';
import type { AuthoringOptions } from './authoring.ts';
import { Authors } from './authors.ts';
import { headsToSay } from './catch-up.ts';
import { type Checkpoint, CheckpointCodec } from './checkpoint.ts';
import type { Plain, RoomFinality, RoomSync, UpdateHash } from './contract.ts';
import { RoomStoppedError } from './errors.ts';
import { Fetching } from './fetching.ts';
import { finalityOf } from './finality.ts';
import type { RoomReducer } from './fold.ts';
import { Following } from './following.ts';
import type { Genesis } from './genesis.ts';
import { Giving } from './giving.ts';
import { History } from './history.ts';
import { Intake } from './intake.ts';
import type { ReadKeys } from './keys.ts';
import type { Heads } from './messages.ts';
import { Peers } from './peers.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import { Saying } from './saying.ts';
import { Surplus } from './surplus.ts';
import { Syncs } from './syncs.ts';
import { EPOCH, type Update, UpdateCodec } from './update.ts';
import { Writes } from './writes.ts';
import { Writing } from './writing.ts';

export interface RoomStateOptions extends AuthoringOptions, AdministrationOptions {
  readonly self: NodeId;
  readonly genesis: Genesis;
  readonly keys: ReadKeys;
  readonly reducer: RoomReducer;
  readonly cryptography: Cryptography;
  /** Default: as much as the state may have, LEAST_HISTORY_BYTES at least. */
  readonly maxHistoryBytes?: number;
}

/** With the state that is twice the cap (R9). Nobody writes above half of it: between lies what was written at the same time. */
const LEAST_HISTORY_BYTES = 1024 * 1024;

export class RoomState {
  readonly #options: RoomStateOptions;
  readonly #history: History;
  readonly #giving: Giving;
  readonly #administration: Administration;
  readonly #writing: Writing;
  readonly #following: Following;
  readonly #surplus: Surplus;
  readonly #peers = new Peers();
  readonly #asking: Asking;
  readonly #writes: Writes;
  readonly #syncs: Syncs;
  readonly #saying: Saying;
  readonly #intake: Intake;
  readonly #agreement: Agreement;
  readonly #authors: Authors;
  readonly #timed: readonly { readonly nextWakeAt: number }[];
  #effects: RoomEffect[] = [];
  #state: Plain;
  /** Why nothing goes on here. */
  #stopped: string | undefined;
  #nowMs = 0;

  constructor(options: RoomStateOptions) {
    const { genesis, reducer, keys, cryptography, self } = options;
    const { limits, initial } = genesis;
    const { maxBytes } = limits;
    this.#options = options;
    const maxHistoryBytes = options.maxHistoryBytes ?? Math.max(LEAST_HISTORY_BYTES, maxBytes);
    const codec = new UpdateCodec(genesis, keys, cryptography);
    const checkpoints = new CheckpointCodec(genesis, keys, cryptography, EPOCH);
    const history = new History({ reducer, initial, maxBytes, maxHistoryBytes, cryptography });
    this.#history = history;
    this.#giving = new Giving(history);
    this.#authors = new Authors(cryptography);
    this.#surplus = new Surplus(limits, cryptography);
    this.#writes = new Writes(history);
    this.#syncs = new Syncs(history, this.#peers);
    this.#agreement = new Agreement(history.fold, cryptography);
    this.#saying = new Saying(self, this.#peers);
    const fetching = new Fetching(this.#peers, cryptography);
    const parts = {
      ...{ history, peers: this.#peers, authors: this.#authors, checkpoints, cryptography },
      effect: (effect: RoomEffect) => this.#effects.push(effect),
    };
    this.#administration = new Administration(options, parts);
    this.#intake = new Intake({
      ...parts,
      ...{ self, codec, surplus: this.#surplus, saying: this.#saying, writes: this.#writes },
      ...{ fetching, maxBytes, maxHistoryBytes },
    });
    const intake = this.#intake;
    this.#asking = new Asking({ ...parts, fetching, intake });
    this.#writing = new Writing(options, {
      ...{ ...parts, codec, intake, writes: this.#writes, limits, maxOpenBytes: maxHistoryBytes / 2 },
      follow: () => this.#following.follow({ type: 'wake' }, this.#nowMs),
    });
    this.#following = new Following({
      ...{ ...parts, self, saying: this.#saying, administration: this.#administration },
      ...{ writes: this.#writes, syncs: this.#syncs },
      askAll: () => this.#tell(this.#peers.nodes, true),
      stop: () => this.#stop(),
    });
    this.#state = initial;
    this.#timed = [
      this.#asking,
      this.#syncs,
      this.#saying,
      this.#writing,
      this.#surplus,
      this.#administration,
    ];
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
    return [...this.#history.dag.heads].sort();
  }

  headsOf(node: NodeId): readonly UpdateHash[] | undefined {
    const heads = this.#peers.get(node)?.heads;
    return heads && [...heads].sort();
  }

  /** Those that are here, in order. */
  get updates(): readonly Update[] {
    return this.#history.order;
  }

  /** The newest checkpoint. */
  get tip(): Checkpoint | undefined {
    return this.#history.tip;
  }

  /** What is kept of it. */
  get history(): Pick<History, 'items' | 'base' | 'bytes'> {
    return this.#history;
  }

  get finality(): RoomFinality {
    return finalityOf(this.#history.tip, this.#authors);
  }

  get peers(): readonly NodeId[] {
    return this.#peers.nodes;
  }

  get sync(): RoomSync {
    if (this.#stopped) return { type: 'stopped', reason: this.#stopped };
    if (this.#peers.size === 0) return { type: 'alone' };
    const behind = this.#asking.behind;
    if (behind > 0) return { type: 'behind', updates: behind };
    const { tipHash, dag } = this.#history;
    return { type: 'with', nodes: this.#peers.with(tipHash, dag.heads), of: this.#peers.size };
  }

  /** Of an update that no checkpoint has closed. */
  at(hash: UpdateHash): Plain | undefined {
    const update = this.#history.dag.get(hash);
    return update && this.#history.fold.at(update);
  }

  /** What others get who ask. */
  get giving(): Giving {
    return this.#giving;
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
    for (const due of this.#surplus.due(this.#nowMs)) this.#intake.take(due, this.#nowMs);
    this.#following.follow(event, this.#nowMs);
    this.#writing.due(this.#nowMs);
    this.#following.follow(event, this.#nowMs);
    this.#administration.act(this.#asking.behind > 0, this.#nowMs);
    this.#following.follow(event, this.#nowMs);
    for (const peer of this.#peers) this.#surplus.rest(peer, this.#nowMs);
    this.#asking.ask(this.#nowMs);
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
        this.#intake.received(event.from, event.updates, this.#nowMs);
        return;
      case 'answered':
        if (!this.#asking.answered(event.from, event.answer, this.#nowMs)) this.#syncs.giveUp(event.from);
        return;
      case 'piece':
        this.#asking.pieceCame(event.question, event.piece, this.#nowMs);
        return;
      case 'write':
        this.#writing.add(event);
        return;
      case 'administer':
        this.#administration.want();
        return;
      case 'role':
        this.#administration.wanted(event.from, event.request);
        return;
      case 'loaded':
        this.#intake.loaded(event.base, event.items, this.#nowMs);
        return;
      case 'disk':
        this.#writes.disk(event.isKeeping, event.stored);
        this.#administration.disk(event.isKeeping, event.stored);
        return;
      case 'hold':
        this.#effects.push({ type: 'heldBack', node: this.#options.self, by: event.from });
        return;
      case 'sync':
        this.#syncs.add(event.token, this.#nowMs);
        this.#tell(this.#peers.nodes, true);
        return;
      case 'cancel':
        for (const waiting of [this.#writing, this.#syncs]) waiting.cancel(event.token);
        return;
    }
  }

  #left(node: NodeId): void {
    if (!this.#peers.remove(node)) return;
    this.#syncs.giveUp(node);
    this.#asking.left(node, this.#nowMs);
  }

  #heard(from: NodeId, heads: Heads): void {
    this.#peers.said(from, heads);
    this.#asking.isAt(from, heads.checkpoint);
    this.#syncs.answered(from, heads);
    this.#effects.push(...this.#writes.arrived(this.#peers.get(from)));
    this.#compare(from, heads);
    this.#intake.release(heads.heads, from, this.#nowMs);
    if (heads.isQuestion) this.#saying.to(from, this.#nowMs);
  }

  #say(): void {
    const due = this.#saying.due(this.#nowMs);
    if (due) this.#tell(due.to, false, due.isToAll ? this.#agreement.shortHashOf(this.#state) : undefined);
  }

  #tell(to: readonly NodeId[], isQuestion: boolean, stateHash?: string): void {
    if (to.length === 0) return;
    const { dag, count, tipHash } = this.#history;
    const heads = headsToSay(dag.heads, dag);
    this.#effects.push({
      type: 'tell',
      to,
      heads: { heads, count, isQuestion, stateHash, checkpoint: tipHash },
    });
  }

  #compare(from: NodeId, heads: Heads): void {
    const verdict = this.#agreement.compare(heads, this.#history, this.#state);
    if (verdict === 'same') return;
    this.#refuse(from, 'with the same updates it has another state: one of the two runs another function');
    if (verdict === 'unrepeatable') this.#stop();
  }

  /** Whoever differs has the same updates, so no write waits any more. */
  #stop(): void {
    const reason = `${this.#options.reducer.name} does not answer the same to the same updates`;
    this.#stopped = reason;
    const error = new RoomStoppedError(reason);
    this.#effects.push(...this.#syncs.fail(error));
    this.#writing.fail(error);
    this.#effects.push({ type: 'stopped', reason });
  }

  #afterTheEnd(event: RoomEvent, reason: string): void {
    if (event.type !== 'write' && event.type !== 'sync') return;
    this.#effects.push({ type: 'failed', token: event.token, error: new RoomStoppedError(reason) });
  }

  #refold(): void {
    const { state } = this.#history.fold;
    for (const { update, error } of this.#history.fold.takeNoOps()) {
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
