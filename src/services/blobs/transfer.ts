/**
 * One try to bring a Blob of a given size here, as a pure state machine: several sources are asked for pieces in parallel, a
 * few in flight each. A source that fails loses its pieces to the others; one that is quiet is set aside by whoever knows
 * that there are better ones; what a slow source still owes at the end is asked of a second one, too. Memory is taken as
 * pieces come, never because of what a source claims. What an earlier try left on the disk is not asked for again.
 */
import type { NodeId } from '../../wire/index.ts';

/** A piece is a quarter of a mebibyte: a few frames, a few milliseconds on a LAN, two seconds at 1 Mbit/s. */
export const PIECE_BYTES = 256 * 1024;
/** Pieces asked of one source at a time: at 20 ms round trip 4 keep 50 MB/s on the way. */
const PIECES_PER_SOURCE = 4;
/** A source that failed so often (timeouts) is asked no more. */
const MAX_FAILURES = 3;
/** A source that owes pieces and sent none for so long is quiet: less than 52 KiB/s. */
export const QUIET_MS = 5_000;
/** A piece asked for so long ago is asked of a second source, once nothing else is left to ask for. */
const OVERDUE_MS = 1_000;
/** The first room for the bytes; doubled as they come. */
const FIRST_ROOM_BYTES = 4 * 1024 * 1024;

export interface PieceRequest {
  readonly transfer: Transfer;
  readonly source: NodeId;
  readonly piece: number;
}

interface Source {
  readonly id: NodeId;
  /** When each piece was asked for. */
  readonly inFlight: Map<number, number>;
  /** Of its last piece, or of the first request after it owed nothing. */
  heardAtMs: number;
  failures: number;
  isAside: boolean;
}

export class Transfer {
  readonly totalBytes: number;
  readonly #sources = new Map<NodeId, Source>();
  readonly #contributors = new Set<NodeId>();
  readonly #isHere: Uint8Array;
  /** Pieces that nobody was asked for, the next one first. */
  readonly #missing: number[];
  #bytes = new Uint8Array();
  #receivedBytes = 0;
  #hasKept = false;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
    const pieces = Math.ceil(totalBytes / PIECE_BYTES);
    this.#isHere = new Uint8Array(pieces);
    this.#missing = Array.from({ length: pieces }, (_, piece) => piece);
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

  /** Pieces of an earlier try are in it: nobody knows any more whose they were. */
  get hasKept(): boolean {
    return this.#hasKept;
  }

  /** Whose pieces are in it. */
  get contributors(): ReadonlySet<NodeId> {
    return this.#contributors;
  }

  get sources(): readonly NodeId[] {
    return [...this.#sources.keys()];
  }

  /** Sources that are asked now. */
  get active(): readonly NodeId[] {
    return [...this.#sources.values()].flatMap(({ id, isAside }) => (isAside ? [] : [id]));
  }

  add(id: NodeId): void {
    if (this.#sources.has(id)) return;
    this.#sources.set(id, { id, inFlight: new Map(), heardAtMs: 0, failures: 0, isAside: false });
  }

  /** The Node left or does not have the Blob any more. */
  lose(id: NodeId): void {
    const source = this.#sources.get(id);
    this.#sources.delete(id);
    if (source) this.#giveBack(source);
  }

  /** It is asked no more while others are there; what it still sends counts. */
  setAside(id: NodeId): void {
    const source = this.#sources.get(id);
    if (!source) return;
    source.isAside = true;
    for (const piece of source.inFlight.keys()) this.#want(piece);
  }

  /** There is nobody better than those who were set aside. */
  readmit(nowMs: number): void {
    for (const source of this.#sources.values()) {
      source.isAside = false;
      source.heardAtMs = nowMs;
    }
  }

  /** Sources that owe pieces and are quiet. */
  quiet(nowMs: number): readonly NodeId[] {
    return [...this.#sources.values()].flatMap(({ id, inFlight, heardAtMs, isAside }) =>
      !isAside && inFlight.size > 0 && nowMs - heardAtMs >= QUIET_MS ? [id] : [],
    );
  }

  /** What to ask for now. */
  requests(nowMs: number): PieceRequest[] {
    const requests: PieceRequest[] = [];
    for (let slot = 0; slot < PIECES_PER_SOURCE; slot++) {
      for (const source of this.#sources.values()) {
        if (source.isAside || source.inFlight.size > slot) continue;
        const piece = this.#missing.shift() ?? this.#overdue(source, nowMs);
        if (piece === undefined) continue;
        if (source.inFlight.size === 0) source.heardAtMs = nowMs;
        source.inFlight.set(piece, nowMs);
        requests.push({ transfer: this, source: source.id, piece });
      }
    }
    return requests;
  }

  /** @throws RangeError when there is no memory for it */
  arrived({ source: id, piece }: PieceRequest, bytes: Uint8Array, nowMs: number): void {
    const source = this.#sources.get(id);
    if (!source?.inFlight.has(piece)) return;
    const offset = piece * PIECE_BYTES;
    if (bytes.length !== Math.min(PIECE_BYTES, this.totalBytes - offset)) {
      // An empty answer says "not here any more"; another length is no piece of this Blob.
      this.lose(id);
      return;
    }
    source.inFlight.delete(piece);
    source.heardAtMs = nowMs;
    if (this.#take(piece, bytes)) this.#contributors.add(id);
  }

  /** Takes what an earlier try left of it, from that byte on: whole pieces. @throws RangeError when there is no memory for it */
  keep(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const isNew = this.#take((offset + at) / PIECE_BYTES, bytes.subarray(at, at + PIECE_BYTES));
      if (isNew) this.#hasKept = true;
    }
  }

  /** The bytes from `start` to `end` when all of them are here: a view. */
  range(start: number, end: number): Uint8Array | undefined {
    for (let piece = Math.floor(start / PIECE_BYTES); piece * PIECE_BYTES < end; piece++) {
      if (this.#isHere[piece] !== 1) return undefined;
    }
    return this.#bytes.subarray(start, end);
  }

  failed({ source: id, piece }: PieceRequest): void {
    const source = this.#sources.get(id);
    if (!source?.inFlight.delete(piece)) return;
    this.#want(piece);
    source.failures++;
    if (source.failures >= MAX_FAILURES) this.lose(id);
  }

  /** Whether it was not here yet. */
  #take(piece: number, bytes: Uint8Array): boolean {
    if (this.#isHere[piece] !== 0) return false;
    this.#isHere[piece] = 1;
    const waiting = this.#missing.indexOf(piece);
    if (waiting >= 0) this.#missing.splice(waiting, 1);
    const offset = piece * PIECE_BYTES;
    this.#makeRoom(offset + bytes.length);
    this.#bytes.set(bytes, offset);
    this.#receivedBytes += bytes.length;
    if (this.isComplete) this.#bytes = this.#bytes.subarray(0, this.totalBytes);
    return true;
  }

  /** A piece that another source was asked for long ago. */
  #overdue(asker: Source, nowMs: number): number | undefined {
    let oldest: { piece: number; atMs: number } | undefined;
    for (const source of this.#sources.values()) {
      if (source === asker) continue;
      for (const [piece, atMs] of source.inFlight) {
        if (nowMs - atMs < OVERDUE_MS || this.#isHere[piece] === 1 || asker.inFlight.has(piece)) continue;
        if (!oldest || atMs < oldest.atMs) oldest = { piece, atMs };
      }
    }
    return oldest?.piece;
  }

  #giveBack(source: Source): void {
    for (const piece of source.inFlight.keys()) this.#want(piece);
    source.inFlight.clear();
  }

  /** First in line again, unless it is here, waits already, or another source is at it. */
  #want(piece: number): void {
    if (this.#isHere[piece] === 1 || this.#missing.includes(piece)) return;
    for (const { inFlight, isAside } of this.#sources.values()) if (!isAside && inFlight.has(piece)) return;
    this.#missing.unshift(piece);
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const room = new Uint8Array(Math.min(this.totalBytes, Math.max(FIRST_ROOM_BYTES, 2 * bytes)));
    room.set(this.#bytes);
    this.#bytes = room;
  }
}
