/**
 * A publication of up to 8 MiB over a mesh that broadcasts 1 MiB at most: it begins with its length, and so does its first piece; the rest
 * follow right behind it, in the order that the mesh keeps.
 */
import { concatBytes } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { MAX_PAYLOAD_LIMIT } from '../contract.ts';

export const PIECE_BYTES = 512 * 1024;
const LENGTH_BYTES = 4;
/** Of unfinished ones, of all Nodes together: a few send such at a time, and a crowd that begins and never ends must not fill the memory. */
const MAX_UNFINISHED_BYTES = 64 * 1024 * 1024;
/** A whole one with its subject, reply and picks. */
const MAX_WHOLE_BYTES = MAX_PAYLOAD_LIMIT + 4 * PIECE_BYTES;

export interface Piece {
  readonly name: 'whole' | 'first' | 'more';
  readonly bytes: Uint8Array;
}

/** @param bytes publications, one or several */
export function piecesOf(bytes: Uint8Array): readonly Piece[] {
  if (bytes.length <= PIECE_BYTES) return [{ name: 'whole', bytes }];
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push({ name: at === 0 ? 'first' : 'more', bytes: bytes.subarray(at, at + PIECE_BYTES) });
  }
  return pieces;
}

interface Unfinished {
  readonly pieces: Uint8Array[];
  /** Bytes that are to come, as it says: nothing is made for them before. */
  left: number;
}

/** One unfinished publication for each Node; above a bound the one that began first is given up. */
export class Assembly {
  readonly #unfinished = new Map<NodeId, Unfinished>();
  readonly #onGivenUp: (from: NodeId) => void;
  #bytes = 0;

  constructor(onGivenUp: (from: NodeId) => void) {
    this.#onGivenUp = onGivenUp;
  }

  /** `malformed`: what it says of its length is not true. Undefined: more is to come. */
  take(from: NodeId, { name, bytes }: Piece): Uint8Array | 'malformed' | undefined {
    if (name === 'whole') return bytes;
    if (name === 'first') {
      this.forget(from);
      const length =
        bytes.length < LENGTH_BYTES
          ? 0
          : LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      if (length <= PIECE_BYTES || length > MAX_WHOLE_BYTES) return 'malformed';
      this.#unfinished.set(from, { pieces: [], left: length });
    }
    return this.#add(from, bytes);
  }

  /** Something of it will not come any more. */
  forget(from: NodeId): void {
    const unfinished = this.#unfinished.get(from);
    if (!unfinished) return;
    this.#unfinished.delete(from);
    this.#bytes -= heldBytes(unfinished);
  }

  /** All but the last are full: crumbs would cost more than they weigh. */
  #add(from: NodeId, bytes: Uint8Array): Uint8Array | 'malformed' | undefined {
    const unfinished = this.#unfinished.get(from);
    if (!unfinished || bytes.length !== Math.min(PIECE_BYTES, unfinished.left)) {
      this.forget(from);
      return 'malformed';
    }
    unfinished.pieces.push(bytes);
    unfinished.left -= bytes.length;
    this.#bytes += bytes.length;
    if (unfinished.left === 0) {
      this.forget(from);
      return concatBytes(...unfinished.pieces);
    }
    for (const [oldest] of this.#unfinished) {
      if (this.#bytes <= MAX_UNFINISHED_BYTES) break;
      this.forget(oldest);
      this.#onGivenUp(oldest);
    }
    return undefined;
  }
}

const heldBytes = ({ pieces }: Unfinished): number => pieces.reduce((sum, { length }) => sum + length, 0);
