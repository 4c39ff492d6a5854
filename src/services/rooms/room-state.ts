/**
 * A room on one Node as one pure state machine: `handle(event, now) -> effects` and `nextWakeAt`. Updates come from here and from others
 * and are judged (update.ts), put in their place (dag.ts) and folded (fold.ts); checkpoints close them (history.ts). They spread by one
 * multicast to all who have the room. Who has what is said in heads: to an author by one or two Nodes that have its update, so that it knows
 * that it is safe; to all, once it is quiet. Whoever hears of what it lacks asks for it (catch-up.ts), and for a snapshot where that is less
 * (fetching.ts).
 */
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { headsToSay } from './catch-up.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Shut } from './checkpoint-codec.ts';
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
import { RoomOvertakenError } from './errors.ts';
import { finalityOf } from './finality.ts';
import type { NoOp } from './fold.ts';
import type { Giving } from './giving.ts';
import type { History } from './history.ts';
import type { Introduction } from './introductions.ts';
import { membersNow } from './membership.ts';
import type { Heads } from './messages.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import { type RoomParts, type RoomStateOptions, roomParts } from './room-parts.ts';
import type { Undoes, Update } from './update.ts';
import { writerOf } from './writers.ts';

export class RoomState {
  readonly #options: RoomStateOptions;
  readonly #parts: RoomParts;
  #effects: RoomEffect[] = [];
  /** Of the state that everybody here has been told of. */
  #toldRevision: unknown;
  #nowMs = 0;
  /** The last one that was asked of all. */
  #question = 0;

  constructor(options: RoomStateOptions) {
    this.#options = options;
    this.#parts = roomParts(options, {
      effect: (effect) => this.#effects.push(effect),
      shut: (shut, from) => this.#shut(shut, from),
      parted: (node) => this.#left(node),
      follow: () => this.#parts.following.follow({ type: 'wake' }, this.#nowMs),
      askAll: () => this.#ask(this.#parts.peers.nodes),
      stop: () => this.#stop(),
    });
    this.#toldRevision = this.#parts.history.fold.revision;
  }

  get nextWakeAt(): number {
    if (this.#parts.ending.ended) return Number.POSITIVE_INFINITY;
    return Math.min(...this.#parts.timed.map(({ nextWakeAt }) => nextWakeAt));
  }

  get state(): Plain {
    return this.#parts.history.fold.state;
  }

  /** Nothing goes on here. */
  get isEnded(): boolean {
    return this.#parts.ending.ended !== undefined;
  }

  /** Lower-case hex. */
  get stateHash(): string {
    return this.#parts.agreement.hashOf(this.state);
  }

  get heads(): readonly UpdateHash[] {
    return [...this.#parts.history.dag.heads].sort();
  }

  headsOf(node: NodeId): readonly UpdateHash[] | undefined {
    const heads = this.#parts.peers.get(node)?.heads;
    return heads && [...heads].sort();
  }

  /** Those that are here, in order. */
  get updates(): readonly Update[] {
    return this.#parts.history.order;
  }

  /** The newest checkpoint. */
  get tip(): Checkpoint | undefined {
    return this.#parts.history.tip;
  }

  /** What is kept of it. */
  get history(): Pick<History, 'items' | 'base' | 'keptBytes'> {
    return this.#parts.history;
  }

  get finality(): RoomFinality {
    return finalityOf(this.#parts.history.tip, this.#parts.authors);
  }

  get peers(): readonly NodeId[] {
    return this.#parts.peers.nodes;
  }

  get members(): readonly Member[] {
    const { self } = this.#options;
    return membersNow({
      ...{ self, introductions: this.#parts.introductions, listed: this.#parts.history.members },
      ...{ peers: this.#parts.peers.nodes, authors: this.#parts.authors },
    });
  }

  /** Rotations from that epoch to the one that is written with. */
  rotationsAfter(epoch: EpochId): readonly Uint8Array[] {
    return this.#parts.turning.after(epoch);
  }

  /** The same for whoever asks with keys of that epoch. */
  rotationsToldAfter(epoch: EpochId): readonly Uint8Array[] {
    return this.#parts.turning.toldAfter(epoch);
  }

  get sync(): RoomSync {
    if (this.#parts.ending.ended) return this.#parts.ending.ended;
    const of = this.#parts.peers.staying.length;
    if (of === 0) return { type: 'alone' };
    const behind = this.#parts.asking.behind;
    if (behind > 0) return { type: 'behind', updates: behind };
    const { tipHash, dag } = this.#parts.history;
    return { type: 'with', nodes: this.#parts.peers.with(tipHash, dag.heads), of };
  }

  get pace(): RoomPace {
    return this.#parts.congestion.pace;
  }

  /** Of an update that no checkpoint has closed. */
  at(hash: UpdateHash): Plain | undefined {
    const update = this.#parts.history.dag.get(hash);
    return update && this.#parts.history.fold.at(update);
  }

  /** Whether that update of our own is final. */
  isFinal({ session, number }: Undoes): boolean {
    const { identity, cryptography } = this.#options;
    const author = toHex(identity.publicKey) as AuthorId;
    return this.#parts.history.isClosed({ writer: writerOf(author, session, cryptography), number });
  }

  /** What others get who ask. */
  get giving(): Giving {
    return this.#parts.giving;
  }

  handle(event: RoomEvent, nowMs: number): readonly RoomEffect[] {
    this.#nowMs = nowMs;
    if (!this.#parts.ending.ended) this.#turn(event);
    else if (event.type === 'left') this.#left(event.node);
    else this.#parts.ending.after(event);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #turn(event: RoomEvent): void {
    this.#dispatch(event);
    for (const due of this.#parts.surplus.due(this.#nowMs)) this.#parts.intake.take(due, this.#nowMs);
    this.#follow(event);
    this.#slow();
    this.#parts.writing.due(this.#nowMs);
    this.#follow(event);
    this.#parts.administration.act(this.#parts.asking.mayCome(this.#nowMs), this.#nowMs);
    this.#follow(event);
    this.#parts.congestion.has(this.#parts.history.count, this.#nowMs);
    for (const peer of this.#parts.peers) this.#parts.surplus.rest(peer, this.#nowMs);
    this.#parts.asking.ask(this.#nowMs);
    this.#refold(event);
    this.#say();
    this.#effects.push(...this.#parts.syncs.settled(this.#nowMs));
    if (this.#parts.peers.staying.length === 0) this.#effects.push(...this.#parts.writes.alone());
  }

  #follow(event: RoomEvent): void {
    this.#parts.following.follow(event, this.#nowMs);
    this.#parts.turning.turn();
  }

  /** To the pace at which all follow. */
  #slow(): void {
    if (!this.#parts.congestion.step(this.#nowMs)) return;
    this.#parts.writing.slowTo(this.#parts.congestion.pace.share, this.#nowMs);
    this.#effects.push({ type: 'paced' });
  }

  #dispatch(event: RoomEvent): void {
    switch (event.type) {
      case 'wake':
        return;
      case 'peer':
        this.#met(event);
        return;
      case 'turns':
        this.#parts.intake.turned(event.from, event.rotations);
        return;
      case 'members':
        this.#introduced(event.from, event.introductions);
        return;
      case 'boot':
        this.#parts.administration.boot(event.device, event.secret, event.token);
        return;
      case 'left':
        this.#left(event.node);
        return;
      case 'heads':
      case 'thanks':
        this.#heard(event.from, event.heads, event.type === 'thanks');
        return;
      case 'updates':
        this.#parts.intake.received(event.from, event.updates, this.#nowMs);
        return;
      case 'answered':
        this.#parts.asking.answered(event.from, event.answer, this.#nowMs);
        return;
      case 'piece':
        this.#parts.asking.pieceCame(event.question, event.piece, this.#nowMs);
        return;
      case 'write':
        this.#parts.writing.add(event);
        return;
      case 'administer':
        this.#parts.administration.want();
        return;
      case 'role':
        this.#parts.administration.wanted(event.from, event.request);
        return;
      case 'loaded':
        this.#parts.intake.loaded(event.base, event.items, this.#nowMs);
        return;
      case 'disk':
        this.#parts.writes.disk(event.disk, event.stored);
        this.#parts.administration.disk(event.disk, event.stored);
        return;
      case 'hold':
        this.#effects.push({ type: 'heldBack', node: this.#options.self, by: event.from });
        return;
      case 'sync':
        this.#question++;
        this.#parts.syncs.add(event.token, this.#options.isPassing ? 0 : this.#question, this.#nowMs);
        this.#ask(this.#parts.peers.nodes);
        return;
      case 'cancel':
        for (const waiting of [this.#parts.writing, this.#parts.syncs, this.#parts.administration])
          waiting.cancel(event.token);
        return;
    }
  }

  #met({ node, epochs, isPassing }: Extract<RoomEvent, { type: 'peer' }>): void {
    if (!this.#parts.turning.meet(node, epochs)) return;
    this.#parts.peers.add(node, isPassing);
    this.#parts.saying.to(node, this.#nowMs);
    // It did not know us when we asked.
    if (this.#parts.syncs.size > 0) this.#ask([node]);
    this.#effects.push({ type: 'met', node });
    this.#effects.push({ type: 'introduce', to: node, introductions: this.#parts.introductions.say() });
  }

  #introduced(from: NodeId, introductions: readonly Introduction[]): void {
    if (!this.#parts.peers.get(from) || !this.#parts.introductions.heard(from, introductions)) return;
    this.#effects.push({ type: 'members' });
    this.#parts.administration.changed(this.#nowMs);
  }

  #left(node: NodeId): void {
    if (!this.#parts.peers.remove(node)) return;
    this.#effects.push({ type: 'parted', node });
    this.#parts.congestion.left(node);
    this.#parts.syncs.giveUp(node);
    this.#parts.asking.left(node, this.#nowMs);
  }

  #heard(from: NodeId, heads: Heads, isThanks: boolean): void {
    if (!this.#parts.peers.get(from)) {
      this.#effects.push({ type: 'greet', to: from });
      return;
    }
    this.#parts.peers.said(from, heads);
    this.#parts.asking.heard(from, this.#nowMs);
    // How far it is, all authors are to see alike.
    if (!isThanks) this.#parts.congestion.heard(from, heads.count, this.#nowMs);
    this.#parts.asking.isAt(from, heads.checkpoint);
    this.#parts.syncs.answered(from, heads);
    this.#effects.push(...this.#parts.writes.arrived(this.#parts.peers.get(from)));
    this.#compare(from, heads);
    this.#parts.intake.release(heads.heads, from, this.#nowMs);
    if (heads.isQuestion) this.#parts.saying.to(from, this.#nowMs, heads.question);
  }

  #say(): void {
    const { to, isToAll, thanked, answers } = this.#parts.saying.due(this.#nowMs);
    const stateHash = isToAll ? this.#parts.agreement.shortHashOf(this.state) : undefined;
    this.#tell(to, { stateHash });
    for (const [node, question] of answers) this.#tell([node], { stateHash, question });
    if (thanked.length > 0) this.#effects.push({ type: 'thank', to: thanked, heads: this.#headsNow() });
  }

  #ask(to: readonly NodeId[]): void {
    this.#tell(to, { isQuestion: true, question: this.#question });
  }

  #tell(to: readonly NodeId[], about: Partial<Pick<Heads, 'isQuestion' | 'question' | 'stateHash'>>): void {
    if (to.length === 0) return;
    this.#effects.push({ type: 'tell', to, heads: { ...this.#headsNow(), ...about } });
  }

  #headsNow(): Heads {
    const { dag, count, tipHash } = this.#parts.history;
    return { heads: headsToSay(dag.heads, dag), count, isQuestion: false, checkpoint: tipHash };
  }

  #compare(from: NodeId, heads: Heads): void {
    const verdict = this.#parts.agreement.compare(heads, this.#parts.history, () => this.state, this.#nowMs);
    if (verdict === 'same') return;
    this.#refuse(from, 'with the same updates it has another state: one of the two runs another function');
    if (verdict === 'unrepeatable') this.#stop();
  }

  #stop(): void {
    this.#parts.ending.stop(`${this.#options.reducer.name} does not answer the same to the same updates`);
  }

  #shut(shut: Shut, from: NodeId): void {
    if (!this.#parts.turning.isShut(shut, from)) return;
    this.#parts.turning.shut(shut);
    const hash = toHex(this.#options.cryptography.sha256(shut.bytes)) as CheckpointHash;
    this.#parts.ending.remove(this.#parts.authors.nodeOf(shut), { hash, bytes: shut.bytes });
  }

  #refold(event: RoomEvent): void {
    const isLoaded = event.type === 'loaded';
    if (!this.#parts.refolding.isDue(event.type === 'write' || isLoaded, this.#nowMs)) return;
    const { revision } = this.#parts.history.fold;
    this.#parts.refolding.told(this.#nowMs);
    for (const noOp of this.#parts.history.fold.takeNoOps()) this.#tellNoOp(noOp, isLoaded);
    if (revision === this.#toldRevision) return;
    this.#toldRevision = revision;
    this.#effects.push({ type: 'changed' });
  }

  /** @param isLoaded as it was when this device wrote it down: whoever wrote it here was told then */
  #tellNoOp({ update, error }: NoOp, isLoaded: boolean): void {
    const author = this.#parts.authors.nodeOf(update);
    if (author !== this.#options.self) {
      this.#refuse(author, `an update does nothing: ${error.message}`);
    } else if (!isLoaded) {
      const token = this.#parts.writes.take(update);
      this.#effects.push({ type: 'overtaken', token, update, error: new RoomOvertakenError(error) });
    }
  }

  #refuse(from: NodeId | undefined, reason: string): void {
    this.#effects.push({ type: 'refused', from, reason });
  }
}
