/**
 * One Blob on its way here, as a pure state machine. Holders are asked for pieces in parallel, a few in flight each; a
 * holder that fails loses its pieces to the others. The name covers the whole only, so when the whole turns out wrong and came
 * from several holders, nobody knows which one lied: then one holder after another must give all of it, and a wrong whole
 * convicts it.
 */
import type { NodeId } from '../../wire/index.ts';

/** A piece is a quarter of a mebibyte: a few frames, a few milliseconds on a LAN, two seconds at 1 Mbit/s. */
export const PIECE_BYTES = 256 * 1024;
/** Pieces asked of one holder at a time: at 20 ms round trip 4 keep 50 MB/s on the way. */
const PIECES_PER_HOLDER = 4;
/** A holder that failed so often (timeouts, short answers) is asked no more. */
const MAX_HOLDER_FAILURES = 3;

export interface PieceRequest {
  readonly holder: NodeId;
  readonly piece: number;
  /** Tells an answer to this round from one to an earlier round. */
  readonly round: number;
}

interface Holder {
  readonly id: NodeId;
  readonly totalBytes: number;
  readonly inFlight: Set<number>;
  failures: number;
}

export type TransferState = 'receiving' | 'complete' | 'starved';

export class Transfer {
  readonly #holders = new Map<NodeId, Holder>();
  readonly #convicted = new Set<NodeId>();
  #bytes: Uint8Array | undefined;
  #missing: number[] = [];
  #contributors = new Set<NodeId>();
  #receivedBytes = 0;
  /** When set, only this holder is asked. */
  #onlyHolder: NodeId | undefined;
  #round = 0;

  /** The size now believed, 0 while no holder is known. */
  get totalBytes(): number {
    return this.#bytes?.length ?? 0;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** All of it, when `state` is `complete`. */
  get bytes(): Uint8Array {
    return this.#bytes ?? new Uint8Array();
  }

  /** The holder whose whole was wrong, the last one. */
  get lastConvicted(): NodeId | undefined {
    return [...this.#convicted].at(-1);
  }

  /** `starved`: no holder is left to ask. */
  get state(): TransferState {
    if (this.#bytes && this.#receivedBytes === this.#bytes.length) return 'complete';
    return this.#usable().length > 0 ? 'receiving' : 'starved';
  }

  isKnown(holder: NodeId): boolean {
    return this.#holders.has(holder) || this.#convicted.has(holder);
  }

  /** A Node says it has the Blob, of that size. @throws RangeError when there is no memory for it */
  holderFound(id: NodeId, totalBytes: number): void {
    if (this.isKnown(id)) return;
    this.#holders.set(id, { id, totalBytes, inFlight: new Set(), failures: 0 });
    if (!this.#bytes || this.#usable().length === 0) this.#restart();
  }

  /** The Node left or does not have the Blob any more. @throws RangeError as `holderFound` */
  holderLost(id: NodeId): void {
    const holder = this.#holders.get(id);
    if (!holder) return;
    this.#holders.delete(id);
    for (const piece of holder.inFlight) this.#missing.push(piece);
    if (this.#usable().length === 0 && this.#holders.size > 0) this.#restart();
  }

  /** What to ask for now. */
  requests(): PieceRequest[] {
    const requests: PieceRequest[] = [];
    const holders = this.#usable();
    for (let slot = 0; slot < PIECES_PER_HOLDER; slot++) {
      for (const holder of holders) {
        if (holder.inFlight.size > slot) continue;
        const piece = this.#missing.shift();
        if (piece === undefined) return requests;
        holder.inFlight.add(piece);
        requests.push({ holder: holder.id, piece, round: this.#round });
      }
    }
    return requests;
  }

  arrived({ holder, piece, round }: PieceRequest, bytes: Uint8Array): void {
    const from = this.#holders.get(holder);
    if (!this.#bytes || round !== this.#round || !from?.inFlight.delete(piece)) return;
    const offset = piece * PIECE_BYTES;
    if (bytes.length !== Math.min(PIECE_BYTES, this.#bytes.length - offset)) {
      this.#missing.unshift(piece);
      // An empty answer says "not here any more"; another length is no piece of this Blob.
      this.holderLost(holder);
      return;
    }
    this.#bytes.set(bytes, offset);
    this.#receivedBytes += bytes.length;
    this.#contributors.add(holder);
  }

  failed({ holder, piece, round }: PieceRequest): void {
    const from = this.#holders.get(holder);
    if (round !== this.#round || !from?.inFlight.delete(piece)) return;
    this.#missing.unshift(piece);
    from.failures++;
    if (from.failures >= MAX_HOLDER_FAILURES) this.holderLost(holder);
  }

  /** The whole does not have the Blob's hash. @throws RangeError as `holderFound` */
  wasCorrupt(): void {
    const [only] = this.#contributors;
    if (this.#contributors.size === 1 && only !== undefined) {
      this.#convicted.add(only);
      this.#holders.delete(only);
    }
    const [next] = this.#holders.values();
    this.#onlyHolder = next?.id;
    this.#restart();
  }

  /** Holders asked now: those that agree on the size being received. */
  #usable(): Holder[] {
    return [...this.#holders.values()].filter(
      ({ id, totalBytes }) =>
        (this.#onlyHolder === undefined || id === this.#onlyHolder) &&
        (this.#bytes === undefined || totalBytes === this.#bytes.length),
    );
  }

  /** From the beginning, with the first holder's size. */
  #restart(): void {
    if (this.#onlyHolder !== undefined && !this.#holders.has(this.#onlyHolder)) {
      const [next] = this.#holders.values();
      this.#onlyHolder = next?.id;
    }
    const [first] = this.#holders.values();
    const leader = this.#onlyHolder === undefined ? first : this.#holders.get(this.#onlyHolder);
    this.#round++;
    this.#receivedBytes = 0;
    this.#contributors = new Set();
    for (const holder of this.#holders.values()) holder.inFlight.clear();
    this.#bytes = undefined;
    this.#missing = [];
    if (!leader) return;
    this.#bytes = new Uint8Array(leader.totalBytes);
    this.#missing = Array.from({ length: Math.ceil(leader.totalBytes / PIECE_BYTES) }, (_, piece) => piece);
  }
}
