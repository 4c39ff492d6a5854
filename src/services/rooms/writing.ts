/** What is written here, from a payload that waits for its turn (drafts.ts) to an update that another Node has (writes.ts). */
import { toHex } from '../../runtime/index.ts';
import { Authoring, type AuthoringOptions } from './authoring.ts';
import type { AuthorId, RoomLimits, UpdateHash } from './contract.ts';
import { type Draft, Drafts } from './drafts.ts';
import type { Keyring } from './epochs.ts';
import { RoomFullError, RoomReadOnlyError } from './errors.ts';
import type { History } from './history.ts';
import type { Intake } from './intake.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';
import type { Undoes, Update, UpdateCodec } from './update.ts';
import type { Writes } from './writes.ts';

export interface WritingParts {
  readonly codec: UpdateCodec;
  readonly history: History;
  readonly intake: Intake;
  readonly peers: Peers;
  readonly writes: Writes;
  readonly limits: RoomLimits;
  readonly keyring: Keyring;
  /** Above it nothing is written. */
  readonly maxOpenBytes: number;
  /** Whether somebody is here who closes what is open. */
  isClosing(): boolean;
  effect(effect: RoomEffect): void;
  /** Something has come in. */
  follow(): void;
}

/** Somebody who makes checkpoints is here, and the room stays full: a large state takes seconds, over a slow Link as well. A guess. */
const FULL_PATIENCE_MS = 60_000;

export class Writing {
  readonly #parts: WritingParts;
  readonly #drafts: Drafts;
  readonly #authoring: Authoring;
  readonly #self: AuthorId;
  /** Our own, to be written again. */
  #dropped: Update[] = [];
  /** Of these, those whose place is closed. */
  readonly #shutOut = new Set<UpdateHash>();
  /** Since when what is to be written waits for a checkpoint. */
  #fullSinceMs: number | undefined;

  constructor(options: AuthoringOptions, parts: WritingParts) {
    this.#parts = parts;
    this.#drafts = new Drafts(parts.limits);
    this.#authoring = new Authoring(options, parts.keyring, parts.codec, parts.history.dag);
    this.#self = toHex(options.identity.publicKey) as AuthorId;
  }

  get nextWakeAt(): number {
    const { nextWakeAt } = this.#drafts;
    if (this.#fullSinceMs === undefined || !this.#isFull) return nextWakeAt;
    return Math.max(nextWakeAt, this.#fullSinceMs + FULL_PATIENCE_MS);
  }

  get #isFull(): boolean {
    return this.#parts.history.bytes >= this.#parts.maxOpenBytes;
  }

  add(draft: Draft): void {
    for (const effect of this.#drafts.add(draft)) this.#parts.effect(effect);
  }

  /** That update is not in, and as it is it will not be. If it is our own, it is written again. */
  dropped(update: Update): void {
    if (update.author === this.#self) this.#dropped.push(update);
  }

  /** The place of that update has been closed without it. */
  shutOut(update: Update): void {
    this.#shutOut.add(update.hash);
    this.dropped(update);
  }

  /** Whose turn it is. */
  due(nowMs: number): void {
    this.#writeAgain();
    while (!this.#waitsForCheckpoint(nowMs)) {
      const draft = this.#drafts.take(nowMs);
      if (!draft) return;
      this.#write(draft, nowMs);
    }
  }

  #waitsForCheckpoint(nowMs: number): boolean {
    if (!this.#isFull || !this.#parts.isClosing()) {
      this.#fullSinceMs = undefined;
      return false;
    }
    if (this.#drafts.nextWakeAt > nowMs) return false;
    this.#fullSinceMs ??= nowMs;
    return nowMs < this.#fullSinceMs + FULL_PATIENCE_MS;
  }

  /** All are to write at that share of the room's rate. */
  slowTo(share: number, nowMs: number): void {
    this.#drafts.slowTo(share, nowMs);
  }

  cancel(token: Token): void {
    this.#drafts.cancel(token);
    this.#parts.writes.cancel(token);
  }

  /** Gives up what waits for its turn; who waits is told. */
  fail(error: Error): void {
    for (const effect of this.#drafts.fail(error)) this.#parts.effect(effect);
  }

  /** In its place, so that it is there once, whatever else happens; where that has been closed without it, in another. */
  #writeAgain(): void {
    const { history, intake, writes, peers, keyring, effect, follow } = this.#parts;
    if (this.#dropped.length === 0 || !this.#authoring.mayWrite) return;
    // Each of a writer's follows from the one before it.
    const dropped = this.#dropped.sort((a, b) => a.session - b.session || a.number - b.number);
    this.#dropped = [];
    // All of them first: what is taken back may be of another opening of the room, and stand behind what takes it back.
    const moved = new Map<string, Undoes>();
    for (const { hash, session, number } of dropped)
      if (this.#shutOut.has(hash))
        moved.set(nameOf({ session, number }), this.#authoring.placeOfNext(moved.size));
    for (const before of dropped) {
      const isShutOut = this.#shutOut.delete(before.hash);
      if (!isShutOut && (history.isClosed(before) || history.fold.isTaken(before))) continue;
      const undoes = before.undoes && (moved.get(nameOf(before.undoes)) ?? before.undoes);
      const update = this.#authoring.make({ ...before, undoes }, isShutOut ? undefined : before);
      this.#authoring.made(update);
      if (isShutOut) {
        this.#drafts.moved(before, update);
        effect({ type: 'moved', from: before, to: update });
      }
      writes.replace(before.hash, update);
      intake.add(update);
      follow();
      if (peers.size > 0)
        effect({ type: 'spread', item: update.bytes, to: peers.nodes, keys: keyring.current.id });
    }
  }

  #write(draft: Draft, nowMs: number): void {
    const { token } = draft;
    const { history, intake, writes, peers, keyring, maxOpenBytes, effect, follow } = this.#parts;
    let update: Update;
    try {
      if (!this.#authoring.mayWrite) throw new RoomReadOnlyError();
      if (this.#isFull) {
        const waitedMs = this.#fullSinceMs === undefined ? undefined : nowMs - this.#fullSinceMs;
        throw new RoomFullError(maxOpenBytes, waitedMs);
      }
      update = this.#authoring.make(draft);
      const error = history.fold.tryNext(update);
      if (error) throw error;
    } catch (error) {
      effect({ type: 'failed', token, error: error as Error });
      return;
    }
    this.#authoring.made(update);
    this.#drafts.written(update.bytes.length, nowMs);
    intake.add(update);
    writes.add(token, update);
    effect({ type: 'written', token, update });
    follow();
    if (peers.size > 0)
      effect({ type: 'spread', item: update.bytes, to: peers.nodes, keys: keyring.current.id });
  }
}

const nameOf = ({ session, number }: Undoes): string => `${session} ${number}`;
