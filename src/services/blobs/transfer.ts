/**
 * Brings the pieces of one Blob here from all that have some, as a pure state machine. What comes in was checked against the table, so it does
 * not matter from whom it is.
 *
 * *Rarest first* (after BitTorrent, Cohen 2003): of the pieces that a source has, those are asked for that the fewest others have, in an order that
 * is another one on every Node, so that many Nodes that fetch at once soon have something for each other. Who has all is the well of them all:
 * it is asked for what nobody else is known to have, of which it chooses itself what it has given least (given.ts), and for the rest one
 * piece at a time. So it need not send everything to everyone.
 *
 * A source that fails loses its pieces to the others; one that is quiet is set aside while there are better ones; what a slow source still
 * owes at the end is asked of a second one, too. Memory is taken as pieces come.
 */
import type { NodeId } from '../../wire/index.ts';
import { hasBit, MAX_MENU } from './messages.ts';
import { PIECE_BYTES, pieceBytes, pieceCount } from './table.ts';

/**
 * Requests to one source at a time: at 20 ms round trip 4 keep 50 MB/s on the way. Of a source that takes long, because many ask it at once, fewer:
 * what waits there could be asked of another one.
 */
const REQUESTS_PER_SOURCE = 4;
const AMPLE_MS = 1_000;
/** Weight of the newest answer in how long a source takes. */
const SMOOTHING = 0.3;
/** A source that failed so often (timeouts) is asked no more. */
const MAX_FAILURES = 3;
/** A source that owes pieces and sent none for so long, and for so many times what it took before, is quiet: less than 52 KiB/s. */
export const QUIET_MS = 5_000;
const QUIET_TIMES = 4;
/** A piece asked for so long ago, or so many times that, is asked of a second source, once nothing else is left to ask for. */
const OVERDUE_MS = 1_000;
const OVERDUE_TIMES = 4;
/** The first room for the bytes; doubled as they come. */
const FIRST_ROOM_BYTES = 4 * 1024 * 1024;
/** Pieces that lie together come together: a chunk of the disk. */
const NEIGHBOURS = 4;

export interface PieceRequest {
  readonly source: NodeId;
  /** One of these. */
  readonly menu: readonly number[];
  readonly atMs: number;
}

interface Source {
  readonly id: NodeId;
  /** Undefined: it has all. */
  bits: Uint8Array | undefined;
  readonly inFlight: Set<PieceRequest>;
  /** Of its last piece, or of the first request after it owed nothing. */
  heardAtMs: number;
  /** From a request to its answer, smoothed; undefined before the first. */
  responseMs: number | undefined;
  failures: number;
  isAside: boolean;
}

const limitOf = ({ responseMs }: Source): number =>
  responseMs === undefined
    ? REQUESTS_PER_SOURCE / 2
    : Math.max(1, Math.min(REQUESTS_PER_SOURCE, Math.floor(AMPLE_MS / responseMs)));

export class Transfer {
  readonly totalBytes: number;
  readonly #sources = new Map<NodeId, Source>();
  readonly #bits: Uint8Array;
  /** Pieces that are not here, in this Node's own order. */
  #missing: number[];
  #bytes = new Uint8Array();
  #receivedBytes = 0;

  /** @param self whose order it is */
  constructor(totalBytes: number, self: NodeId) {
    this.totalBytes = totalBytes;
    const pieces = pieceCount(totalBytes);
    this.#bits = new Uint8Array(Math.ceil(pieces / 8));
    const seed = Number.parseInt(self.slice(0, 8), 16);
    const rankOf = (piece: number): number => scrambled(seed ^ Math.floor(piece / NEIGHBOURS));
    this.#missing = Array.from({ length: pieces }, (_, piece) => piece)
      .map((piece) => ({ piece, rank: rankOf(piece) }))
      .sort((a, b) => a.rank - b.rank || a.piece - b.piece)
      .map(({ piece }) => piece);
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get isComplete(): boolean {
    return this.#receivedBytes === this.totalBytes;
  }

  /** All of it, when complete. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** A bit a piece: what is here, as a copy. */
  get bits(): Uint8Array {
    return this.#bits.slice();
  }

  /** Nobody has, or is yet to give, what is missing. */
  get isStarved(): boolean {
    return !this.isComplete && ![...this.#sources.values()].some((source) => this.#canGive(source));
  }

  get sources(): readonly NodeId[] {
    return [...this.#sources.keys()];
  }

  has(piece: number): boolean {
    return hasBit(this.#bits, piece);
  }

  /** What that Node has now. `bits` undefined: all. */
  found(id: NodeId, bits: Uint8Array | undefined): void {
    const known = this.#sources.get(id);
    if (known) known.bits = known.bits && bits;
    else {
      const unknown = { responseMs: undefined, heardAtMs: 0, failures: 0, isAside: false };
      this.#sources.set(id, { id, bits, inFlight: new Set(), ...unknown });
    }
  }

  /** The Node left, has nothing of the Blob any more, or sends what is nothing of it. */
  lose(id: NodeId): void {
    this.#sources.delete(id);
  }

  /** What to ask for now. */
  requests(nowMs: number): PieceRequest[] {
    const requests: PieceRequest[] = [];
    const asked = this.#askedFor();
    for (let slot = 0; slot < REQUESTS_PER_SOURCE; slot++) {
      for (const source of this.#sources.values()) {
        if (source.isAside || source.inFlight.size > slot || slot >= limitOf(source)) continue;
        const menu = this.#menuFor(source, asked, nowMs);
        if (menu.length === 0) continue;
        if (source.inFlight.size === 0) source.heardAtMs = nowMs;
        const request = { source: source.id, menu, atMs: nowMs };
        source.inFlight.add(request);
        for (const piece of menu) asked.set(piece, (asked.get(piece) ?? 0) + 1);
        requests.push(request);
      }
    }
    return requests;
  }

  /** A piece, checked. @throws RangeError when there is no memory for it */
  arrived(request: PieceRequest, piece: number, bytes: Uint8Array, nowMs: number): void {
    const source = this.#sources.get(request.source);
    if (source?.inFlight.delete(request)) {
      const tookMs = nowMs - request.atMs;
      source.heardAtMs = nowMs;
      source.responseMs =
        source.responseMs === undefined
          ? tookMs
          : source.responseMs + SMOOTHING * (tookMs - source.responseMs);
    }
    this.keep(piece, bytes);
  }

  /** Takes a checked piece from elsewhere. @throws RangeError when there is no memory for it */
  keep(piece: number, bytes: Uint8Array): void {
    if (this.has(piece)) return;
    this.#makeRoom(piece * PIECE_BYTES + bytes.length);
    this.#bytes.set(bytes, piece * PIECE_BYTES);
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) | (1 << (piece & 7));
    this.#missing = this.#missing.filter((one) => one !== piece);
    this.#receivedBytes += bytes.length;
    if (this.isComplete) this.#bytes = this.#bytes.subarray(0, this.totalBytes);
  }

  /** The source has none of those that were asked for. */
  refused(request: PieceRequest): void {
    const source = this.#sources.get(request.source);
    if (!source?.inFlight.delete(request)) return;
    if (!source.bits) {
      this.lose(source.id);
      return;
    }
    for (const piece of request.menu) {
      source.bits[piece >> 3] = (source.bits[piece >> 3] ?? 0) & ~(1 << (piece & 7));
    }
  }

  failed(request: PieceRequest): void {
    const source = this.#sources.get(request.source);
    if (!source?.inFlight.delete(request)) return;
    source.failures++;
    if (source.failures >= MAX_FAILURES) this.lose(source.id);
  }

  /** Call about once a second: sets aside who is quiet where others are not; those set aside are asked again when there is nobody else. */
  tick(nowMs: number): void {
    const all = [...this.#sources.values()];
    for (const source of all) {
      const patienceMs = Math.max(QUIET_MS, QUIET_TIMES * (source.responseMs ?? 0));
      const isQuiet = source.inFlight.size > 0 && nowMs - source.heardAtMs >= patienceMs;
      const isSpare = this.#active.some((other) => other !== source && this.#canGive(other));
      if (!source.isAside && isQuiet && isSpare) source.isAside = true;
    }
    if (this.#active.some((source) => this.#canGive(source))) return;
    for (const source of all) {
      source.isAside = false;
      source.heardAtMs = nowMs;
    }
  }

  /** A view of it, when it is here. */
  piece(piece: number): Uint8Array | undefined {
    const start = piece * PIECE_BYTES;
    return piece < pieceCount(this.totalBytes)
      ? this.range(start, start + pieceBytes(this.totalBytes, piece))
      : undefined;
  }

  /** The bytes from `start` to `end` when all of them are here: a view. */
  range(start: number, end: number): Uint8Array | undefined {
    for (let piece = Math.floor(start / PIECE_BYTES); piece * PIECE_BYTES < end; piece++) {
      if (!this.has(piece)) return undefined;
    }
    return this.#bytes.subarray(start, end);
  }

  #canGive({ bits, inFlight }: Source): boolean {
    return !bits || inFlight.size > 0 || this.#missing.some((piece) => hasBit(bits, piece));
  }

  #menuFor(source: Source, asked: ReadonlyMap<number, number>, nowMs: number): readonly number[] {
    const { bits } = source;
    const free = this.#missing.filter((piece) => !asked.has(piece) && (!bits || hasBit(bits, piece)));
    if (free.length === 0) return this.#spare(source, asked) ?? this.#overdue(source, nowMs);
    const others = this.#active.filter((other) => other !== source && other.bits);
    const holders = (piece: number): number =>
      others.reduce((sum, one) => sum + (one.bits && hasBit(one.bits, piece) ? 1 : 0), 0);
    if (bits) return [least(free, holders)];
    const isRare = (piece: number): boolean => !others.some((one) => one.bits && hasBit(one.bits, piece));
    const rare = free.filter(isRare);
    if (rare.length === 0) return this.#inFlight < REQUESTS_PER_SOURCE ? [least(free, holders)] : [];
    const wells = this.#active.filter((one) => !one.bits).length;
    const share = Math.floor(rare.length / (REQUESTS_PER_SOURCE * wells));
    return rare.slice(0, Math.max(1, Math.min(MAX_MENU, share)));
  }

  get #inFlight(): number {
    return this.#active.reduce((sum, { inFlight }) => sum + inFlight.size, 0);
  }

  get #active(): readonly Source[] {
    return [...this.#sources.values()].filter(({ isAside }) => !isAside);
  }

  /** How often each piece is asked for now. */
  #askedFor(): Map<number, number> {
    const asked = new Map<number, number>();
    for (const { inFlight } of this.#active)
      for (const { menu } of inFlight)
        for (const piece of menu) asked.set(piece, (asked.get(piece) ?? 0) + 1);
    return asked;
  }

  /** One of those among which another source has the choice, the likeliest not to be chosen. */
  #spare(asker: Source, asked: ReadonlyMap<number, number>): readonly number[] | undefined {
    const { bits } = asker;
    for (const { inFlight } of this.#active) {
      for (const { menu } of inFlight) {
        const spare = menu
          .slice(1)
          .findLast((piece) => asked.get(piece) === 1 && !this.has(piece) && (!bits || hasBit(bits, piece)));
        if (spare !== undefined) return [spare];
      }
    }
    return undefined;
  }

  /** A piece that another source was asked for long ago. */
  #overdue(asker: Source, nowMs: number): readonly number[] {
    const own = new Set([...asker.inFlight].flatMap(({ menu }) => menu));
    const { bits } = asker;
    let oldest: { readonly piece: number; readonly atMs: number } | undefined;
    for (const source of this.#sources.values()) {
      if (source === asker) continue;
      const patienceMs = Math.max(OVERDUE_MS, OVERDUE_TIMES * (source.responseMs ?? 0));
      for (const { menu, atMs } of source.inFlight) {
        if (nowMs - atMs < patienceMs || (oldest && atMs >= oldest.atMs)) continue;
        const piece = menu.find((one) => !this.has(one) && !own.has(one) && (!bits || hasBit(bits, one)));
        if (piece !== undefined) oldest = { piece, atMs };
      }
    }
    return oldest ? [oldest.piece] : [];
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const room = new Uint8Array(Math.min(this.totalBytes, Math.max(FIRST_ROOM_BYTES, 2 * bytes)));
    room.set(this.#bytes);
    this.#bytes = room;
  }
}

/** The first of those of which that is the least. */
function least(pieces: readonly number[], of: (piece: number) => number): number {
  let best = pieces[0] ?? 0;
  let count = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const own = of(piece);
    if (own < count) [best, count] = [piece, own];
    if (count === 0) break;
  }
  return best;
}

/** The finalizer of MurmurHash3. */
function scrambled(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
