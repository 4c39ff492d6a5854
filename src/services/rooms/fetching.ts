/**
 * Fetches the snapshot at a checkpoint, piece by piece, a few at a time, from whoever is known to be at it. When a giver dies or gives
 * something else, the others go on with what is missing; when nobody has it any more, a newer one begins with the pieces that are the same.
 * What a giver takes long for, another is asked for as well; where there is no other, a newer one may take the place of this one.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointHash } from './contract.ts';
import type { Peers } from './peers.ts';
import { type GivenPiece, SnapshotPieces } from './snapshot.ts';

/** On their way at once: a piece of 256 KiB is longer than most round trips. */
const MAX_ASKED = 3;
/** Until a giver that did not give is asked again. */
const REST_MS = 5_000;
/** Then it is slow, or after twice what the last piece took: at 600 kbit/s three are there by then. A guess. */
const SLOW_MS = 10_000;

/** More than questions at one giver. */
const SLOW_COST = 1_000;

const NEVER = Number.POSITIVE_INFINITY;

export interface PieceQuestion {
  readonly to: NodeId;
  readonly checkpoint: CheckpointHash;
  readonly index: number;
}

interface Asked extends PieceQuestion {
  readonly atMs: number;
}

export class Fetching {
  readonly #peers: Peers;
  #pieces: SnapshotPieces | undefined;
  #before: SnapshotPieces | undefined;
  /** Who has it, and until when each rests. */
  readonly #givers = new Map<NodeId, number>();
  readonly #asked: Asked[] = [];
  #slowMs = SLOW_MS;
  #againAtMs = NEVER;
  #isStalled = false;

  constructor(peers: Peers) {
    this.#peers = peers;
  }

  get nextWakeAt(): number {
    return this.#againAtMs;
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#pieces?.checkpoint;
  }

  /** Nobody gives any of it now. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** That Node has said that it has it. Of two checkpoints the one that is fetched goes on, while it does. */
  begin(checkpoint: Checkpoint, from: NodeId): void {
    if (this.#isStalled && this.checkpoint?.hash !== checkpoint.hash) this.stop();
    this.#pieces ??= new SnapshotPieces(checkpoint, this.#before);
    this.#before = undefined;
    this.hasIt(from, checkpoint.hash);
  }

  /** That Node is at that checkpoint. */
  hasIt(node: NodeId, checkpoint: CheckpointHash): void {
    if (this.checkpoint?.hash === checkpoint && !this.#givers.has(node)) this.#givers.set(node, 0);
  }

  /** What to ask now. */
  questions(nowMs: number): readonly PieceQuestion[] {
    const questions: PieceQuestion[] = [];
    this.#againAtMs = NEVER;
    this.#isStalled = false;
    if (!this.#pieces) return questions;
    const { checkpoint, missing } = this.#pieces;
    const isSlow = ({ atMs }: Asked): boolean => nowMs >= atMs + this.#slowMs;
    for (const one of this.#asked) if (isSlow(one)) this.#isSlow(one.to, true);
    for (const index of missing) {
      const quick = this.#asked.filter((one) => !isSlow(one));
      if (quick.length >= MAX_ASKED) break;
      const same = this.#asked.filter((one) => one.index === index);
      if (!same.every(isSlow)) continue;
      const to = this.#giver(
        nowMs,
        same.map((one) => one.to),
      );
      if (to === undefined) continue;
      const question = { to, checkpoint: checkpoint.hash, index };
      this.#asked.push({ ...question, atMs: nowMs });
      questions.push(question);
    }
    if (this.#givers.size === 0) this.stop();
    this.#isStalled = this.#pieces !== undefined && this.#asked.every(isSlow);
    for (const { atMs } of this.#asked)
      if (nowMs < atMs + this.#slowMs) this.#againAtMs = Math.min(this.#againAtMs, atMs + this.#slowMs);
    return questions;
  }

  /** @returns whether it gave something else; and the whole snapshot when this was the last piece */
  answered(
    { to, checkpoint, index }: PieceQuestion,
    piece: GivenPiece | undefined,
    nowMs: number,
  ): { readonly isFalse: boolean; readonly whole: Uint8Array | undefined } {
    const at = this.#asked.findIndex((one) => one.index === index && one.to === to);
    const [asked] = at < 0 || this.checkpoint?.hash !== checkpoint ? [] : this.#asked.splice(at, 1);
    if (!this.#pieces || !asked) return { isFalse: false, whole: undefined };
    const tookMs = nowMs - asked.atMs;
    this.#isSlow(to, piece === undefined || tookMs >= this.#slowMs);
    const isGone = piece?.bytes.length === 0;
    const isRight = piece !== undefined && this.#pieces.add(index, piece);
    if (isRight) this.#slowMs = Math.max(SLOW_MS, Math.min(2 * tookMs, 2 * this.#slowMs));
    if (isGone) this.#givers.delete(to);
    else if (!isRight && this.#givers.has(to)) this.#givers.set(to, nowMs + REST_MS);
    return { isFalse: piece !== undefined && !isGone && !isRight, whole: this.#pieces.whole };
  }

  left(node: NodeId): void {
    this.#givers.delete(node);
    this.#forget((one) => one.to === node);
  }

  stop(): void {
    this.#before = this.#pieces;
    this.#pieces = undefined;
    this.#givers.clear();
    this.#forget(() => true);
    this.#againAtMs = NEVER;
    this.#isStalled = false;
  }

  /** Nothing of it is needed any more. */
  forget(): void {
    this.stop();
    this.#before = undefined;
  }

  #forget(isGone: (one: Asked) => boolean): void {
    for (let i = this.#asked.length - 1; i >= 0; i--) {
      const one = this.#asked[i];
      if (one && isGone(one)) this.#asked.splice(i, 1);
    }
  }

  #isSlow(node: NodeId, isSlow: boolean): void {
    const peer = this.#peers.get(node);
    if (peer) peer.isSlow = isSlow;
  }

  /** Of those that have it and do not rest one that is not slow, if there is one, with the fewest questions. */
  #giver(nowMs: number, but: readonly NodeId[]): NodeId | undefined {
    let best: NodeId | undefined;
    let least = NEVER;
    for (const [node, restsUntilMs] of this.#givers) {
      const peer = this.#peers.get(node);
      if (!peer || but.includes(node)) continue;
      if (restsUntilMs > nowMs) {
        this.#againAtMs = Math.min(this.#againAtMs, restsUntilMs);
        continue;
      }
      const questions = this.#asked.filter(({ to }) => to === node).length;
      const cost = questions + (peer.isSlow ? SLOW_COST : 0);
      if (cost >= least) continue;
      least = cost;
      best = node;
    }
    return best;
  }
}
