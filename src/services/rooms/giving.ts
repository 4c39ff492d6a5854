/**
 * What others get who ask: what follows on what they know, updates and checkpoints in order; or, who knows nothing of what is closed, or
 * would get more of it than there is state, the newest checkpoint of which there is a snapshot here.
 */
import { NO_CHECKPOINT } from './checkpoint.ts';
import type { CheckpointHash, UpdateHash } from './contract.ts';
import type { History } from './history.ts';
import type { Segment } from './history-contract.ts';
import type { CatchUpAnswer, Known } from './messages.ts';
import { encodeSnapshot, piecesOf } from './snapshot.ts';

/** Of updates in one answer: a quarter of a second on a slow Link. */
const PIECE_BYTES = 256 * 1024;

/** Whoever was away for a moment gets each update, as if it had been here. */
const FEW_BYTES = 64 * 1024;

/** Gives pieces of one snapshot after the other: the last one made is kept, for whoever asks for its next piece. */
export class Giving {
  readonly #history: History;
  #made: { readonly hash: CheckpointHash; readonly pieces: readonly Uint8Array[] } | undefined;

  constructor(history: History) {
    this.#history = history;
  }

  /** The piece that somebody gets who knows these. */
  answerTo({ checkpoint, hashes }: Known): CatchUpAnswer {
    const { segments, fold } = this.#history;
    const at = segments.findIndex(({ anchor }) => hashOf(anchor) === checkpoint);
    const isNew = checkpoint === NO_CHECKPOINT && hashes.length === 0;
    const newest = segments.findLast(({ anchor }) => anchor.state !== undefined)?.anchor.checkpoint;
    const after = segments.slice(at + 1);
    const isMore = after.reduce((sum, { bytes }) => sum + bytes, 0) > Math.max(FEW_BYTES, newest?.size ?? 0);
    const isBehind = at < 0 || (after.length > 0 && (isNew || isMore));
    if (isBehind && newest && newest.hash !== checkpoint) {
      return { items: [newest.bytes], left: 0, isSnapshot: true };
    }
    if (at < 0) return { items: [], left: 0, isSnapshot: false };
    const has = this.#ancestryOf(hashes);
    return pieceOf([
      ...after.flatMap(({ anchor, updates }) => [
        ...updates.flatMap(({ hash, bytes }) => (has.has(hash) ? [] : [bytes])),
        ...(anchor.checkpoint ? [anchor.checkpoint.bytes] : []),
      ]),
      ...fold.order.flatMap(({ hash, bytes }) => (has.has(hash) ? [] : [bytes])),
    ]);
  }

  /** Undefined: that snapshot is not here. */
  snapshotPiece(checkpoint: CheckpointHash, index: number): Uint8Array | undefined {
    if (this.#made?.hash !== checkpoint) {
      const anchor = this.#history.segments.find((segment) => hashOf(segment.anchor) === checkpoint)?.anchor;
      if (anchor?.state === undefined || !anchor.checkpoint) return undefined;
      const { state, closed, members } = anchor;
      this.#made = { hash: checkpoint, pieces: piecesOf(encodeSnapshot({ state, closed, members })) };
    }
    return this.#made.pieces[index];
  }

  #ancestryOf(hashes: readonly UpdateHash[]): ReadonlySet<UpdateHash> {
    const found = new Set<UpdateHash>();
    const next = [...hashes];
    for (let hash = next.pop(); hash !== undefined; hash = next.pop()) {
      const update = found.has(hash) ? undefined : this.#history.get(hash);
      if (!update) continue;
      found.add(hash);
      next.push(...update.parents);
    }
    return found;
  }
}

function hashOf({ checkpoint }: Segment['anchor']): CheckpointHash {
  return checkpoint?.hash ?? NO_CHECKPOINT;
}

function pieceOf(all: readonly Uint8Array[]): CatchUpAnswer {
  let bytes = 0;
  const end = all.findIndex((item, i) => {
    bytes += item.length;
    return i > 0 && bytes > PIECE_BYTES;
  });
  const items = end < 0 ? all : all.slice(0, end);
  return { items, left: all.length - items.length, isSnapshot: false };
}
