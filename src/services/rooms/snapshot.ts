/**
 * A snapshot: the state at a checkpoint, what is closed of each writer and who the members are, in pieces of which the checkpoint has the hashes. Equal states
 * have equal snapshots, so that pieces come from whoever has that state, and a newcomer goes on with another when one dies.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, toHex } from '../../runtime/index.ts';
import { decodeSettled, encodePlain } from './canonical.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Plain } from './contract.ts';
import { decodeMembers, encodeMembers, type Members, membersOf } from './members.ts';
import { sizeOf } from './plain.ts';
import { type Closed, decodeClosed, encodeClosed } from './writers.ts';

/** A quarter of a second on a slow Link. */
const PIECE_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

export interface Snapshot {
  readonly state: Plain;
  readonly closed: Closed;
  readonly members: Members;
}

/** What is closed, the members, then the state, each of the first two after its length: in a list the state would be nested one deeper than it may be. */
export function encodeSnapshot({ state, closed, members }: Snapshot): Uint8Array {
  const parts = [encodeClosed(closed), encodeMembers(members.values())];
  const lengths = parts.map(({ length }) => {
    const bytes = new Uint8Array(LENGTH_BYTES);
    new DataView(bytes.buffer).setUint32(0, length);
    return bytes;
  });
  return concatBytes(...parts.flatMap((part, i) => [lengths[i] ?? part, part]), encodePlain(state));
}

/** Undefined where these bytes are none, or the state is larger than this room's may be. Never throws. */
export function decodeSnapshot(bytes: Uint8Array, maxBytes: number): Snapshot | undefined {
  const first = partOf(bytes);
  const second = first && partOf(first.rest);
  if (!second) return undefined;
  const closed = decodeClosed(first.part);
  const members = decodeMembers(second.part);
  const state = decodeSettled(second.rest);
  if (!closed || !members || state === undefined) return undefined;
  return sizeOf(state) <= maxBytes ? { state, closed, members: membersOf(members) } : undefined;
}

function partOf(bytes: Uint8Array): { readonly part: Uint8Array; readonly rest: Uint8Array } | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (bytes.length < end) return undefined;
  return { part: bytes.subarray(LENGTH_BYTES, end), rest: bytes.subarray(end) };
}

export function piecesOf(snapshot: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(snapshot.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, i) => snapshot.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES));
}

/** What a checkpoint says of it. */
export function measured(
  snapshot: Uint8Array,
  { sha256 }: Pick<Cryptography, 'sha256'>,
): Pick<Checkpoint, 'size' | 'pieces'> {
  return { size: snapshot.length, pieces: piecesOf(snapshot).map((piece) => toHex(sha256(piece))) };
}

/** Whether that is the snapshot of this checkpoint. */
export function isOf(
  checkpoint: Pick<Checkpoint, 'size' | 'pieces'>,
  { size, pieces }: Pick<Checkpoint, 'size' | 'pieces'>,
): boolean {
  return size === checkpoint.size && pieces.join() === checkpoint.pieces.join();
}

/** As it came, with its SHA-256 in hex. */
export interface GivenPiece {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** Its pieces, in any order, until all are here. */
export class SnapshotPieces {
  readonly checkpoint: Checkpoint;
  /** By hash. */
  readonly #pieces = new Map<string, Uint8Array>();

  /** @param before what was begun and is no more to be had: what did not change since is not fetched again */
  constructor(checkpoint: Checkpoint, before?: SnapshotPieces) {
    this.checkpoint = checkpoint;
    const pieces = before ? before.#pieces : new Map<string, Uint8Array>();
    for (const hash of checkpoint.pieces) {
      const piece = pieces.get(hash);
      if (piece) this.#pieces.set(hash, piece);
    }
  }

  /** Those that are not here. */
  get missing(): readonly number[] {
    return this.checkpoint.pieces.flatMap((hash, i) => (this.#pieces.has(hash) ? [] : [i]));
  }

  /** Whether it is that piece. */
  add(index: number, { bytes, hash }: GivenPiece): boolean {
    if (bytes.length > PIECE_BYTES || this.checkpoint.pieces[index] !== hash) return false;
    this.#pieces.set(hash, bytes);
    return true;
  }

  /** Undefined while one is missing. */
  get whole(): Uint8Array | undefined {
    if (this.missing.length > 0) return undefined;
    return concatBytes(...this.checkpoint.pieces.map((hash) => this.#pieces.get(hash) ?? new Uint8Array()));
  }
}
