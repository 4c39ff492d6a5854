/**
 * What a Node has of a room: the state that is final, the checkpoints that made it so, and the updates after them. A checkpoint is taken
 * when all that it covers is here: what it covers is closed, in its order, and its state is not touched again (R7); what it does not cover
 * goes on behind it. Of what is closed the last part is kept for those who were away for a moment. The oldest checkpoint of which the state
 * is known is the base: nothing before it is kept (R9) but what was written here, which nobody else could write again.
 */
import { follows, isOfAnotherTime, judge, type Verdict } from './chain.ts';
import { type Checkpoint, NO_CHECKPOINT } from './checkpoint.ts';
import type { AuthorId, CheckpointHash, EpochId, ItemHash, Plain, UpdateHash } from './contract.ts';
import { Dag } from './dag.ts';
import { Fold } from './fold.ts';
import type {
  Base,
  ClosedState,
  HistoryChange,
  HistoryOptions,
  Offered,
  Segment,
} from './history-contract.ts';
import { type Members, membersAfter } from './members.ts';
import { OwnUpdates } from './own-updates.ts';
import type { Standing } from './peers.ts';
import { Segments } from './segments.ts';
import { encodeSnapshot, isOf, measured, type Snapshot } from './snapshot.ts';
import type { Update } from './update.ts';
import { type Closed, closing, covers, isClosed, type Place } from './writers.ts';

const LEAST_KEPT_BYTES = 64 * 1024;
/** Of what may be kept of updates, what was written here may take, beside what everybody keeps. */
const OWN_SHARE = 1 / 8;
/** Checkpoints that do not count, and are not asked for again. */
const MAX_LOST = 256;

export class History {
  readonly dag: Dag;
  readonly fold: Fold;
  readonly #options: HistoryOptions;
  readonly #segments: Segments;
  readonly #own: OwnUpdates;
  /** It follows, and not all is here that it covers. */
  #waiting: Checkpoint | undefined;
  readonly #lost = new Set<CheckpointHash>();
  /** Authors that were taken out, as far as this Node saw it: no more than there ever were epochs and members. */
  readonly #removed = new Set<AuthorId>();
  #changes: HistoryChange[] = [];

  constructor(options: HistoryOptions) {
    this.#options = options;
    const { initial, reducer, maxBytes, keyring } = options;
    const numberOf = (id: EpochId): number => keyring.get(id)?.number ?? 0;
    this.dag = new Dag(keyring.first.id, (epoch, than) => numberOf(epoch) > numberOf(than));
    const anchor = { checkpoint: undefined, closed: new Map(), members: new Map(), state: initial };
    this.#segments = new Segments(anchor);
    this.#own = new OwnUpdates(options.author, OWN_SHARE * options.maxHistoryBytes);
    this.fold = new Fold({ reducer, initial, maxBytes });
  }

  /** The newest checkpoint. */
  get tip(): Checkpoint | undefined {
    return this.#segments.last.anchor.checkpoint;
  }

  get tipHash(): CheckpointHash {
    return this.tip?.hash ?? NO_CHECKPOINT;
  }

  get segments(): readonly Segment[] {
    return this.#segments.all;
  }

  /** Of all updates that the room ever had, as far as they are known here. */
  get count(): number {
    return (this.tip?.count ?? 0) + this.dag.size;
  }

  /** Of the updates that others get who ask. */
  get bytes(): number {
    return this.#segments.bytes + this.dag.bytes;
  }

  /** Of all updates that are kept. */
  get keptBytes(): number {
    return this.bytes + this.#own.bytes;
  }

  /** So much is kept of what is closed, because its state is not known, that it is to be fetched. */
  get needsState(): boolean {
    if (this.#segments.last.anchor.state !== undefined) return false;
    const known = this.#segments.all.findLast(({ anchor }) => anchor.state !== undefined)?.anchor.checkpoint;
    // Whoever comes with the new keys cannot read the old snapshot.
    return (
      this.#segments.bytes > this.#mostClosedBytes ||
      (known?.epoch ?? this.#options.keyring.first.id) !== this.epoch
    );
  }

  /** Whose keys count. */
  get epoch(): EpochId {
    return this.tip?.epoch ?? this.#options.keyring.first.id;
  }

  wasRemoved(author: AuthorId): boolean {
    return this.#removed.has(author);
  }

  /** On the list, at the newest checkpoint. */
  get members(): Members {
    return this.#segments.last.anchor.members;
  }

  /** Those that are here, in the room's order. */
  get order(): readonly Update[] {
    return [...this.#segments.updates, ...this.fold.order];
  }

  /** All that is here but the base, in order; in front of it what was written here before that. */
  get items(): readonly { readonly hash: ItemHash; readonly bytes: Uint8Array }[] {
    const [, ...closed] = this.#segments.all;
    const kept = closed.flatMap(({ anchor, updates }) => [
      ...updates,
      ...(anchor.checkpoint ? [anchor.checkpoint] : []),
    ]);
    return [...this.#own, ...kept, ...this.fold.order];
  }

  /** On which `items` stand; undefined for the room's beginning. */
  get base(): Base | undefined {
    return this.#segments.base;
  }

  has(hash: UpdateHash): boolean {
    return this.get(hash) !== undefined;
  }

  get(hash: UpdateHash): Update | undefined {
    return this.dag.get(hash) ?? this.#segments.get(hash);
  }

  get closed(): Closed {
    return this.#segments.last.anchor.closed;
  }

  isClosed(place: Place): boolean {
    return isClosed(this.closed, place);
  }

  /** Whether nothing more is to be learned of it by asking. */
  knows(hash: CheckpointHash): boolean {
    if (hash === this.tipHash || hash === NO_CHECKPOINT || this.#lost.has(hash)) return true;
    return this.tip?.previous.includes(hash) ?? false;
  }

  /** What has come of what was done since the last call. */
  changes(): readonly HistoryChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  add(update: Update): void {
    if (this.isClosed(update) && !this.has(update.hash)) this.#own.keep([update]);
    this.#add(update, undefined);
    if (this.#waiting) this.offer(this.#waiting);
  }

  offer(checkpoint: Checkpoint): Offered {
    const verdict = judge(this.tip, checkpoint);
    switch (verdict.type) {
      case 'known':
        if (!this.knows(checkpoint.hash)) this.#lose(checkpoint.hash);
        return 'known';
      case 'loses':
        this.#lose(checkpoint.hash);
        this.#blameTwo(checkpoint);
        return 'refused';
      case 'later':
        return this.#isOfAnotherTime(verdict, checkpoint) ? this.#refuseOld(checkpoint) : 'later';
      case 'wins':
        this.#blameTwo(checkpoint);
        if (this.#isOfAnotherTime(verdict, checkpoint)) return this.#refuseOld(checkpoint);
        return this.#rewind(verdict.from, checkpoint) ? this.offer(checkpoint) : 'later';
      case 'next':
        return this.#next(checkpoint);
    }
  }

  /** A checkpoint that counts, with its state, in place of what lies between. Its pieces have been looked at. */
  take(checkpoint: Checkpoint, { state, closed, members }: Snapshot): void {
    const verdict = judge(this.tip, checkpoint);
    const isTip = checkpoint.hash === this.tipHash;
    if (!isTip && verdict.type !== 'later' && verdict.type !== 'wins' && verdict.type !== 'next') return;
    if (this.#isOfAnotherTime(verdict, checkpoint)) return;
    const before = this.#newest();
    if (verdict.type === 'wins') this.#break(verdict.from, checkpoint, this.tip);
    // Too far to see where they part, but what follows from ours has closed what ours has.
    else if (!covers(closed, this.closed)) this.#break(this.tip?.number ?? 0, checkpoint, this.tip);
    const kept = this.#segments.beginWith({ checkpoint, closed, members, state });
    this.#changes.push({ type: 'base' });
    if (!isTip) this.#changes.push({ type: 'closed', checkpoint, state: 'same', before });
    this.#begin(kept);
  }

  /** A base is written whole: not for less than half of it. */
  get #mostClosedBytes(): number {
    return Math.max(LEAST_KEPT_BYTES, Math.min(this.#options.maxHistoryBytes / 4, (this.tip?.size ?? 0) / 2));
  }

  #newest(): Standing {
    return { checkpoint: this.tipHash, heads: new Set(this.dag.heads) };
  }

  #add(update: Update, before: ReadonlyMap<UpdateHash, Update> | undefined): void {
    const { accepted, refused, expired } = this.dag.add(update);
    for (const one of expired)
      if (!before?.has(one.hash)) this.#changes.push({ type: 'expired', update: one });
    for (const one of accepted) {
      this.fold.insert(one);
      if (!before?.has(one.hash)) this.#changes.push({ type: 'accepted', update: one });
    }
    for (const { update: one, reason } of refused) this.#refuse(one.author, reason);
  }

  #next(checkpoint: Checkpoint): Offered {
    const after = this.#options.keyring.get(checkpoint.epoch)?.after;
    if (!follows(this.tip, checkpoint, { before: this.epoch, after })) {
      this.#lose(checkpoint.hash);
      this.#refuse(checkpoint.author, 'a checkpoint does not follow from the one before it');
      return 'refused';
    }
    if (this.#waiting && this.#waiting.hash !== checkpoint.hash) {
      const verdict = judge(this.#waiting, checkpoint);
      if (verdict.type === 'loses') return 'waits';
    }
    if (!checkpoint.heads.every((hash) => this.dag.has(hash))) {
      this.#waiting = checkpoint;
      return 'waits';
    }
    this.#close(checkpoint);
    return 'taken';
  }

  #close(checkpoint: Checkpoint): void {
    const before = this.#newest();
    const covered = this.dag.ancestryOf(checkpoint.heads);
    const updates = this.fold.order.filter(({ hash }) => covered.has(hash));
    const closed = closing(this.#segments.last.anchor.closed, updates);
    this.#shutOut(closed, updates, covered);
    const { isBlind } = this.fold;
    const state = isBlind ? undefined : this.fold.stateOf(({ hash }) => covered.has(hash));
    const members = membersAfter(this.members, checkpoint);
    for (const device of checkpoint.removed) {
      const author = this.members.get(device)?.author;
      if (author) this.#removed.add(author);
    }
    const verdict = this.#compare(checkpoint, closed, members, state);
    this.#segments.add({ checkpoint, closed, members, state }, updates);
    this.#changes.push({ type: 'closed', checkpoint, state: verdict, before });
    this.#begin([]);
    this.#forgetOld();
  }

  /**
   * Where one was written again behind what its writer had written after it, that may be closed alone. What takes it back has to be said
   * again, too: of where it will be then.
   */
  #shutOut(closed: Closed, updates: readonly Update[], covered: ReadonlySet<UpdateHash>): void {
    const out = this.fold.order.filter((update) => {
      if (covered.has(update.hash) || !isClosed(closed, update) || !this.#own.isOwn(update)) return false;
      return !updates.some(({ writer, number }) => writer === update.writer && number === update.number);
    });
    for (const update of new Set([...out, ...out.flatMap((one) => this.fold.undosOf(one))]))
      this.#changes.push({ type: 'shutOut', update });
  }

  #compare(checkpoint: Checkpoint, closed: Closed, members: Members, state: Plain | undefined): ClosedState {
    if (state === undefined) return 'unknown';
    const own = measured(encodeSnapshot({ state, closed, members }), this.#options.cryptography);
    if (isOf(checkpoint, own)) return 'same';
    return this.fold.isRepeatable() ? 'other' : 'unrepeatable';
  }

  /** What is open goes on behind the newest checkpoint, and with it what is not kept as closed any more. */
  #begin(reopened: readonly Update[]): void {
    const { checkpoint, closed, state } = this.#segments.last.anchor;
    this.#waiting = undefined;
    const before = new Map([...reopened, ...this.fold.order].map((update) => [update.hash, update]));
    const open = this.dag.reset({ closed, depth: checkpoint?.depth ?? 0, epoch: this.epoch });
    this.fold.reset(state ?? null);
    const all = [...reopened, ...open];
    for (const update of all) this.#add(update, before);
    this.#dropOwn(before.values());
    this.#own.keep(all.filter((update) => this.isClosed(update) && !this.has(update.hash)));
  }

  /** What was written here and is neither in nor closed now: its keys have gone, or what it followed may not be had any more. */
  #dropOwn(before: Iterable<Update>): void {
    const dropped: Update[] = [];
    for (const update of [...this.#own, ...before]) {
      const mayBe = this.has(update.hash) || this.isClosed(update) || this.dag.isNext(update);
      if (!mayBe && this.#own.isOwn(update)) dropped.push(update);
    }
    this.#own.keep(dropped);
    for (const update of dropped) this.#changes.push({ type: 'dropped', update });
  }

  /** As far back as it is kept. */
  #rewind(from: number, by: Checkpoint): boolean {
    const { tip } = this;
    const reopened = this.#segments.backTo(from - 1);
    if (!reopened) return false;
    this.#break(from, by, tip);
    this.#changes.push({ type: 'base' });
    this.#begin(reopened);
    return true;
  }

  #break(from: number, { author }: Checkpoint, tip: Checkpoint | undefined): void {
    if (!tip) return;
    this.#lose(tip.hash);
    this.#changes.push({ type: 'broken', from, to: tip.number, by: author });
  }

  #forgetOld(): void {
    const gone = this.#segments.shrinkTo(this.#mostClosedBytes);
    if (gone.length === 0) return;
    this.#own.keep(gone);
    this.#changes.push({ type: 'base' });
  }

  #isOfAnotherTime(verdict: Verdict, other: Checkpoint): boolean {
    const { tip, members } = this;
    const isOurs = this.#options.keyring.idsUpTo(other.epoch).includes(this.epoch);
    return isOfAnotherTime(verdict, other, { tip, members, isOurs });
  }

  #refuseOld({ hash, author }: Checkpoint): Offered {
    this.#lose(hash);
    this.#refuse(author, 'it makes checkpoints with keys of before somebody was removed');
    return 'refused';
  }

  #blameTwo(other: Checkpoint): void {
    if (this.#segments.hasTwinOf(other))
      this.#refuse(other.author, 'it made two checkpoints with one number');
  }

  #lose(hash: CheckpointHash): void {
    if (this.#lost.size >= MAX_LOST) this.#lost.clear();
    this.#lost.add(hash);
  }

  #refuse(author: AuthorId, reason: string): void {
    this.#changes.push({ type: 'refused', author, reason });
  }
}
