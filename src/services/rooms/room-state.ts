/**
 * A room on one Node as one pure state machine: `handle(event, now) -> effects` and `nextWakeAt`. Updates come from here and from others
 * and are judged (update.ts), put in their place (dag.ts) and folded (fold.ts); checkpoints close them (history.ts). They spread by one
 * multicast to all who have the room. Who has what is said in heads: to an author by two Nodes that have its update, so that it knows that
 * it is safe; to all, once it is quiet. Whoever hears of what it lacks asks for it (catch-up.ts), and for a snapshot where that is less
 * (fetching.ts).
 */
import type { Cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Administration, type AdministrationOptions } from './administration.ts';
import { Agreement } from './agreement.ts';
import { Asking } from './asking.ts';
import type { AuthoringOptions } from './authoring.ts';
import { Authors } from './authors.ts';
import { headsToSay } from './catch-up.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CheckpointCodec, type Shut } from './checkpoint-codec.ts';
import { Congestion } from './congestion.ts';
import type {
  AuthorId,
  CheckpointHash,
  EpochId,
  Member,
  Plain,
  RoomFinality,
  RoomPace,
  RoomSync,
  UpdateHash,
} from './contract.ts';
import { Ending } from './ending.ts';
import type { Keyring } from './epochs.ts';
import { Fetching } from './fetching.ts';
import { finalityOf } from './finality.ts';
import { Following } from './following.ts';
import type { Genesis } from './genesis.ts';
import { Giving } from './giving.ts';
import { History } from './history.ts';
import { Intake } from './intake.ts';
import { type Introduction, Introductions } from './introductions.ts';
import { membersNow } from './membership.ts';
import type { Heads } from './messages.ts';
import { Peers } from './peers.ts';
import { Refolding } from './refolding.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import { Saying } from './saying.ts';
import type { RoomReducer } from './states.ts';
import { Surplus } from './surplus.ts';
import { Syncs } from './syncs.ts';
import { Turning } from './turning.ts';
import { type Undoes, type Update, UpdateCodec } from './update.ts';
import { writerOf } from './writers.ts';
import { Writes } from './writes.ts';
import { Writing } from './writing.ts';

export interface RoomStateOptions extends AuthoringOptions, AdministrationOptions {
  readonly self: NodeId;
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  /** X25519: new keys are sealed to it. */
  readonly deviceSecret: Uint8Array;
  /** That are kept on this device, by the epoch that each begins. */
  readonly rotations?: Iterable<readonly [EpochId, Uint8Array]>;
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
  readonly #congestion = new Congestion();
  readonly #asking: Asking;
  readonly #writes: Writes;
  readonly #syncs: Syncs;
  readonly #saying: Saying;
  readonly #intake: Intake;
  readonly #agreement: Agreement;
  readonly #refolding: Refolding;
  readonly #authors: Authors;
  readonly #introductions: Introductions;
  readonly #turning: Turning;
  readonly #ending: Ending;
  readonly #timed: readonly { readonly nextWakeAt: number }[];
  #effects: RoomEffect[] = [];
  /** Of the state that everybody here has been told of. */
  #toldRevision: unknown;
  /** Why nothing goes on here. */
  #ended: { readonly type: 'stopped' | 'removed'; readonly reason: string } | undefined;
  #nowMs = 0;

  constructor(options: RoomStateOptions) {
    const { genesis, reducer, keyring, cryptography, self, deviceSecret, identity } = options;
    const { limits, initial } = genesis;
    const { maxBytes } = limits;
    this.#options = options;
    const maxHistoryBytes = options.maxHistoryBytes ?? Math.max(LEAST_HISTORY_BYTES, maxBytes);
    const codec = new UpdateCodec(keyring, cryptography);
    const checkpoints = new CheckpointCodec(keyring, deviceSecret, cryptography);
    const author = toHex(identity.publicKey) as AuthorId;
    const history = new History({
      ...{ author, reducer, initial, maxBytes, maxHistoryBytes, cryptography, keyring },
    });
    this.#history = history;
    this.#giving = new Giving(history);
    this.#authors = new Authors(cryptography);
    this.#surplus = new Surplus(limits, cryptography);
    this.#writes = new Writes(history);
    this.#syncs = new Syncs(history, this.#peers, (node) => this.#asking.isBehind(node));
    this.#agreement = new Agreement(history.fold, cryptography);
    this.#refolding = new Refolding(history.fold);
    this.#saying = new Saying(self, this.#peers);
    const fetching = new Fetching(this.#peers);
    const effect = (one: RoomEffect): unknown => this.#effects.push(one);
    const introductions = new Introductions({
      ...{ identity, deviceSecret, keyring, codec, checkpoints, authors: this.#authors, cryptography },
    });
    this.#introductions = introductions;
    const parts = {
      ...{ history, peers: this.#peers, authors: this.#authors, checkpoints, cryptography, effect },
      ...{ keyring, introductions },
    };
    this.#turning = new Turning({ ...parts, parted: (node) => this.#left(node) });
    for (const [epoch, bytes] of options.rotations ?? []) this.#turning.keep(epoch, bytes);
    const maxOpenBytes = maxHistoryBytes / 2;
    this.#administration = new Administration(options, { ...parts, maxOpenBytes });
    this.#intake = new Intake({
      ...parts,
      ...{ self, codec, surplus: this.#surplus, saying: this.#saying, writes: this.#writes },
      ...{ fetching, maxBytes, maxHistoryBytes },
      shut: (shut, from) => this.#shut(shut, from),
    });
    const intake = this.#intake;
    this.#asking = new Asking({ ...parts, fetching, intake });
    this.#writing = new Writing(options, {
      ...{ ...parts, codec, intake, writes: this.#writes, limits, maxOpenBytes },
      isClosing: () => this.#administration.isHere,
      follow: () => this.#following.follow({ type: 'wake' }, this.#nowMs),
    });
    this.#following = new Following({
      ...{ ...parts, self, saying: this.#saying, administration: this.#administration },
      ...{ writes: this.#writes, syncs: this.#syncs, writing: this.#writing, turning: this.#turning },
      askAll: () => this.#tell(this.#peers.nodes, true),
      stop: () => this.#stop(),
    });
    this.#ending = new Ending({
      ...{ effect, syncs: this.#syncs, writes: this.#writes, writing: this.#writing },
      administration: this.#administration,
    });
    this.#toldRevision = history.fold.revision;
    this.#timed = [
      this.#asking,
      this.#syncs,
      this.#saying,
      this.#writing,
      this.#surplus,
      this.#administration,
      this.#congestion,
      this.#refolding,
    ];
  }

  get nextWakeAt(): number {
    if (this.#ending.ended) return Number.POSITIVE_INFINITY;
    return Math.min(...this.#timed.map(({ nextWakeAt }) => nextWakeAt));
  }

  get state(): Plain {
    return this.#history.fold.state;
  }

  /** Nothing goes on here. */
  get isEnded(): boolean {
    return this.#ending.ended !== undefined;
  }

  /** Lower-case hex. */
  get stateHash(): string {
    return this.#agreement.hashOf(this.state);
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
  get history(): Pick<History, 'items' | 'base' | 'keptBytes'> {
    return this.#history;
  }

  get finality(): RoomFinality {
    return finalityOf(this.#history.tip, this.#authors);
  }

  get peers(): readonly NodeId[] {
    return this.#peers.nodes;
  }

  get members(): readonly Member[] {
    const { self } = this.#options;
    return membersNow({
      ...{ self, introductions: this.#introductions, listed: this.#history.members },
      ...{ peers: this.#peers.nodes, authors: this.#authors },
    });
  }

  /** Rotations from that epoch to the one that is written with. */
  rotationsAfter(epoch: EpochId): readonly Uint8Array[] {
    return this.#turning.after(epoch);
  }

  /** The same for whoever asks with keys of that epoch. */
  rotationsToldAfter(epoch: EpochId): readonly Uint8Array[] {
    return this.#turning.toldAfter(epoch);
  }

  get sync(): RoomSync {
    if (this.#ending.ended) return this.#ending.ended;
    if (this.#peers.size === 0) return { type: 'alone' };
    const behind = this.#asking.behind;
    if (behind > 0) return { type: 'behind', updates: behind };
    const { tipHash, dag } = this.#history;
    return { type: 'with', nodes: this.#peers.with(tipHash, dag.heads), of: this.#peers.size };
  }

  get pace(): RoomPace {
    return this.#congestion.pace;
  }

  /** Of an update that no checkpoint has closed. */
  at(hash: UpdateHash): Plain | undefined {
    const update = this.#history.dag.get(hash);
    return update && this.#history.fold.at(update);
  }

  /** Whether that update of our own is final. */
  isFinal({ session, number }: Undoes): boolean {
    const { identity, cryptography } = this.#options;
    const author = toHex(identity.publicKey) as AuthorId;
    return this.#history.isClosed({ writer: writerOf(author, session, cryptography), number });
  }

  /** What others get who ask. */
  get giving(): Giving {
    return this.#giving;
  }

  handle(event: RoomEvent, nowMs: number): readonly RoomEffect[] {
    this.#nowMs = nowMs;
    if (!this.#ending.ended) this.#turn(event);
    else if (event.type === 'left') this.#left(event.node);
    else this.#ending.after(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #turn(event: RoomEvent): void {
    this.#dispatch(event);
    for (const due of this.#surplus.due(this.#nowMs)) this.#intake.take(due, this.#nowMs);
    this.#follow(event);
    this.#slow();
    this.#writing.due(this.#nowMs);
    this.#follow(event);
    this.#administration.act(this.#asking.mayCome(this.#nowMs), this.#nowMs);
    this.#follow(event);
    this.#congestion.has(this.#history.count, this.#nowMs);
    for (const peer of this.#peers) this.#surplus.rest(peer, this.#nowMs);
    this.#asking.ask(this.#nowMs);
    this.#refold(event);
    this.#say();
    this.#effects.push(...this.#syncs.settled(this.#nowMs));
    if (this.#peers.size === 0) this.#effects.push(...this.#writes.alone());
  }

  #follow(event: RoomEvent): void {
    this.#following.follow(event, this.#nowMs);
    this.#turning.turn();
  }

  /** To the pace at which all follow. */
  #slow(): void {
    if (!this.#congestion.step(this.#nowMs)) return;
    this.#writing.slowTo(this.#congestion.pace.share, this.#nowMs);
    this.#effects.push({ type: 'paced' });
  }

  #dispatch(event: RoomEvent): void {
    switch (event.type) {
      case 'wake':
        return;
      case 'peer':
        this.#met(event.node, event.epochs);
        return;
      case 'turns':
        this.#intake.turned(event.from, event.rotations);
        return;
      case 'members':
        this.#introduced(event.from, event.introductions);
        return;
      case 'boot':
        this.#administration.boot(event.device, event.secret, event.token);
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
        this.#asking.answered(event.from, event.answer, this.#nowMs);
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
        this.#writes.disk(event.disk, event.stored);
        this.#administration.disk(event.disk, event.stored);
        return;
      case 'hold':
        this.#effects.push({ type: 'heldBack', node: this.#options.self, by: event.from });
        return;
      case 'sync':
        this.#syncs.add(event.token, this.#nowMs);
        this.#tell(this.#peers.nodes, true);
        return;
      case 'cancel':
        for (const waiting of [this.#writing, this.#syncs, this.#administration]) waiting.cancel(event.token);
        return;
    }
  }

  #met(node: NodeId, epochs: readonly (EpochId | undefined)[]): void {
    if (!this.#turning.meet(node, epochs)) return;
    this.#peers.add(node);
    this.#saying.to(node, this.#nowMs);
    this.#effects.push({ type: 'met', node });
    this.#effects.push({ type: 'introduce', to: node, introductions: this.#introductions.say() });
  }

  #introduced(from: NodeId, introductions: readonly Introduction[]): void {
    if (!this.#peers.get(from) || !this.#introductions.heard(from, introductions)) return;
    this.#effects.push({ type: 'members' });
    this.#administration.changed(this.#nowMs);
  }

  #left(node: NodeId): void {
    if (!this.#peers.remove(node)) return;
    this.#effects.push({ type: 'parted', node });
    this.#congestion.left(node);
    this.#syncs.giveUp(node);
    this.#asking.left(node, this.#nowMs);
  }

  #heard(from: NodeId, heads: Heads): void {
    if (!this.#peers.get(from)) {
      this.#effects.push({ type: 'greet', to: from });
      return;
    }
    this.#peers.said(from, heads);
    this.#asking.heard(from, this.#nowMs);
    this.#congestion.heard(from, heads.count, this.#nowMs);
    this.#asking.isAt(from, heads.checkpoint);
    this.#syncs.answered(from, heads);
    this.#effects.push(...this.#writes.arrived(this.#peers.get(from)));
    this.#compare(from, heads);
    this.#intake.release(heads.heads, from, this.#nowMs);
    if (heads.isQuestion) this.#saying.to(from, this.#nowMs);
  }

  #say(): void {
    const due = this.#saying.due(this.#nowMs);
    if (due) this.#tell(due.to, false, due.isToAll ? this.#agreement.shortHashOf(this.state) : undefined);
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
    const verdict = this.#agreement.compare(heads, this.#history, () => this.state, this.#nowMs);
    if (verdict === 'same') return;
    this.#refuse(from, 'with the same updates it has another state: one of the two runs another function');
    if (verdict === 'unrepeatable') this.#stop();
  }

  #stop(): void {
    this.#ending.stop(`${this.#options.reducer.name} does not answer the same to the same updates`);
  }

  #shut(shut: Shut, from: NodeId): void {
    if (!this.#turning.isShut(shut, from)) return;
    this.#turning.shut(shut);
    const hash = toHex(this.#options.cryptography.sha256(shut.bytes)) as CheckpointHash;
    this.#ending.remove(this.#authors.nodeOf(shut), { hash, bytes: shut.bytes });
  }

  #refold(event: RoomEvent): void {
    if (!this.#refolding.isDue(event.type === 'write', this.#nowMs)) return;
    const { revision } = this.#history.fold;
    this.#refolding.told(this.#nowMs);
    for (const { update, error } of this.#history.fold.takeNoOps()) {
      this.#refuse(this.#authors.nodeOf(update), `an update does nothing: ${error.message}`);
    }
    if (revision === this.#toldRevision) return;
    this.#toldRevision = revision;
    this.#effects.push({ type: 'changed' });
  }

  #refuse(from: NodeId | undefined, reason: string): void {
    this.#effects.push({ type: 'refused', from, reason });
  }
}
