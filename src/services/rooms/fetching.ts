/**
 * Fetches the snapshot at a checkpoint, piece by piece, a few at a time, from whoever is known to be at it. When a giver dies or gives
 * something else, the others go on with what is missing; when nobody has it any more, a newer one begins with the pieces that are the same.
 */
import type { Cryptography } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointHash } from './contract.ts';
import type { Peers } from './peers.ts';
import { SnapshotPieces } from './snapshot.ts';

/** On their way at once: a piece of 256 KiB is longer than most round trips. */
const MAX_ASKED = 3;
/** Until a giver that did not give is asked again. */
const REST_MS = 5_000;

const NEVER = Number.POSITIVE_INFINITY;

export interface PieceQuestion {
  readonly to: NodeId;
  readonly checkpoint: CheckpointHash;
  readonly index: number;
}

export class Fetching {
  readonly #peers: Peers;
  readonly #cryptography: Pick<Cryptography, 'sha256'>;
  #pieces: SnapshotPieces | undefined;
  #before: SnapshotPieces | undefined;
  /** Who has it, and until when each rests. */
  readonly #givers = new Map<NodeId, number>();
  readonly #asked = new Map<number, NodeId>();
  #againAtMs = NEVER;

  constructor(peers: Peers, cryptography: Pick<Cryptography, 'sha256'>) {
    this.#peers = peers;
    this.#cryptography = cryptography;
  }

  get nextWakeAt(): number {
    return this.#againAtMs;
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#pieces?.checkpoint;
  }

  /** That Node has said that it has it. Of two checkpoints the one that is fetched goes on. */
  begin(checkpoint: Checkpoint, from: NodeId): void {
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
    if (!this.#pieces) return questions;
    const { checkpoint, missing } = this.#pieces;
    for (const index of missing) {
      if (this.#asked.size >= MAX_ASKED) break;
      if (this.#asked.has(index)) continue;
      const to = this.#giver(nowMs);
      if (to === undefined) break;
      this.#asked.set(index, to);
      questions.push({ to, checkpoint: checkpoint.hash, index });
    }
    if (this.#givers.size === 0) this.stop();
    return questions;
  }

  /** @returns whether it gave something else; and the whole snapshot when this was the last piece */
  answered(
    { to, checkpoint, index }: PieceQuestion,
    piece: Uint8Array | undefined,
    nowMs: number,
  ): { readonly isFalse: boolean; readonly whole: Uint8Array | undefined } {
    if (!this.#pieces || this.checkpoint?.hash !== checkpoint || this.#asked.get(index) !== to) {
      return { isFalse: false, whole: undefined };
    }
    this.#asked.delete(index);
    const isGone = piece?.length === 0;
    const isRight = piece !== undefined && this.#pieces.add(index, piece, this.#cryptography);
    if (isGone) this.#givers.delete(to);
    else if (!isRight && this.#givers.has(to)) this.#givers.set(to, nowMs + REST_MS);
    return { isFalse: piece !== undefined && !isGone && !isRight, whole: this.#pieces.whole };
  }

  left(node: NodeId): void {
    this.#givers.delete(node);
    for (const [index, giver] of this.#asked) if (giver === node) this.#asked.delete(index);
  }

  stop(): void {
    this.#before = this.#pieces;
    this.#pieces = undefined;
    this.#givers.clear();
    this.#asked.clear();
    this.#againAtMs = NEVER;
  }

  /** Nothing of it is needed any more. */
  forget(): void {
    this.stop();
    this.#before = undefined;
  }

  /** Of those that have it and do not rest the one with the fewest questions. */
  #giver(nowMs: number): NodeId | undefined {
    let best: NodeId | undefined;
    let fewest = NEVER;
    for (const [node, restsUntilMs] of this.#givers) {
      if (!this.#peers.get(node)) continue;
      if (restsUntilMs > nowMs) {
        this.#againAtMs = Math.min(this.#againAtMs, restsUntilMs);
        continue;
      }
      const questions = [...this.#asked.values()].filter((giver) => giver === node).length;
      if (questions >= fewest) continue;
      fewest = questions;
      best = node;
    }
    return best;
  }
}
