/**
 * Drives the fetching of one Blob over the mesh: looks what the disk has of it, finds out who else has some, gets its table, asks for pieces and
 * checks each. One Fetcher serves every `get` of its Blob; it stops when the last of them is cancelled.
 */

import type { MeshStream } from '../../mesh/index.ts';
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BlobDisk } from './blob-disk.ts';
import type { BlobHash, FetchProgress } from './contract.ts';
import { BlobCorruptError, BlobUnavailableError } from './errors.ts';
import { KeptPieces } from './kept-pieces.ts';
import {
  decodeHolding,
  decodePiece,
  encodePieceRequest,
  encodeQuestion,
  encodeTableRequest,
  type SentPiece,
} from './messages.ts';
import { Pace } from './pace.ts';
import type { Packer } from './packing.ts';
import { Questions } from './questions.ts';
import type { Coming } from './served.ts';
import { isPiece, MAX_BLOB_BYTES, type PieceTable, pieceBytes, sizeProblem } from './table.ts';
import { TableFinder } from './table-finder.ts';
import { type PieceRequest, Transfer } from './transfer.ts';

/** Request on the stream of small messages: what do you have of it? */
export const HAS = 'has';
/** Requests on the bulk stream: its table, and a piece of it. */
export const TABLE = 'table';
export const PIECE = 'piece';
const HAS_TIMEOUT_MS = 5_000;
/** Four pieces in a row on a link of 1 Mbit/s take 8 s; a frozen source costs this long once per failure. For a table all may be hashed. */
const PIECE_TIMEOUT_MS = 20_000;
/** So often those that fetch the same are asked what they have got meanwhile. */
const TICK_MS = 500;
const TICKS_PER_SECOND = 2;
/** Asked in addition, once a second, while it comes slowly. */
const MORE_SOURCES = 16;
/** Others that fetch the same: more would know no more. Whoever names others names as many as it likes. */
const MAX_PARTNERS = 24;

export interface FetcherPort {
  readonly self: NodeId;
  readonly clock: Clock;
  readonly timers: Timers;
  /** For questions. */
  readonly index: MeshStream;
  /** For tables and pieces. */
  readonly pieces: MeshStream;
  readonly disk: BlobDisk | undefined;
  loadPacker(): Promise<Packer | undefined>;
  /** Pieces of it that are here as those of other Blobs. */
  alike(table: PieceTable, take: (piece: number, bytes: Uint8Array) => void): Promise<void>;
  members(): readonly NodeId[];
  onProgress(progress: FetchProgress): void;
}

export class Fetcher {
  readonly done: Promise<Uint8Array>;
  readonly #port: FetcherPort;
  readonly #hash: BlobHash;
  /** Once the table is here. */
  #transfer: Transfer | undefined;
  #table: PieceTable | undefined;
  #packer: Packer | undefined;
  readonly #finder: TableFinder;
  readonly #questions = new Questions();
  readonly #asked = new Set<NodeId>();
  /** They fetch it, too. */
  readonly #partners = new Set<NodeId>();
  /** They sent what is nothing of it. */
  readonly #liars = new Set<NodeId>();
  readonly #pace = new Pace();
  readonly #kept: KeptPieces | undefined;
  #expectedBytes: number | undefined;
  /** Until the disk has answered, nobody is asked. */
  #isRecalling: boolean;
  #arrivedBytes = 0;
  #ticks = 0;
  #isOver = false;
  #asking = 0;
  #askedEveryone = false;
  #lastReason = 'no node has it';
  #stopTimer: () => void;
  #resolve: (bytes: Uint8Array) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(hash: BlobHash, port: FetcherPort) {
    this.#port = port;
    this.#hash = hash;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => {}); // with nobody left who waits a failure interests no one
    this.#finder = new TableFinder(hash, {
      fetch: (holder) => this.#fetchTable(holder),
      found: (table) => void this.#begin(table),
      convict: (holder) => this.#convict(holder),
      settled: (reason) => {
        this.#asking--;
        this.#lastReason = reason ?? this.#lastReason;
        this.#step();
      },
    });
    // It is on its way while others are asked who has what.
    void port.loadPacker();
    this.#kept = port.disk && new KeptPieces(hash, port.disk);
    this.#isRecalling = port.disk !== undefined;
    if (port.disk) void this.#recall(port.disk);
    this.#stopTimer = port.timers.after(TICK_MS, () => this.#tick());
  }

  get progress(): FetchProgress {
    return { receivedBytes: this.#transfer?.receivedBytes ?? 0, totalBytes: this.#table?.totalBytes ?? 0 };
  }

  /** Once it is known; never of what the disk had. */
  get table(): PieceTable | undefined {
    return this.#table;
  }

  /** What others may have of it already. */
  get coming(): Coming | undefined {
    const [table, transfer] = [this.#table, this.#transfer];
    return table && transfer && !transfer.isComplete ? { table, transfer } : undefined;
  }

  /** The size is known from elsewhere. */
  expect(totalBytes: number): void {
    this.#expectedBytes ??= totalBytes;
  }

  /** Asks these Nodes too. */
  addHolders(holders: readonly NodeId[]): void {
    for (const holder of holders) {
      if (holder === this.#port.self || this.#asked.has(holder)) continue;
      this.#asked.add(holder);
      if (!this.#isRecalling) void this.#ask(holder);
    }
    this.#step();
  }

  /** A Node says that it has the Blob now, whatever it said before. */
  announced(holder: NodeId, totalBytes: number): void {
    this.#asked.add(holder);
    this.#found(holder, totalBytes, undefined);
    this.#step();
  }

  /** A Node fetches it, too. */
  partner(node: NodeId): void {
    if (node === this.#port.self || this.#partners.size >= MAX_PARTNERS) return;
    if (this.#port.members().includes(node)) this.#partners.add(node);
  }

  holderLeft(holder: NodeId): void {
    // Back again, it may be asked again.
    this.#asked.delete(holder);
    this.#partners.delete(holder);
    this.#finder.lose(holder);
    this.#transfer?.lose(holder);
    this.#step();
  }

  cancel(reason: unknown): void {
    this.#end(() => this.#reject(reason));
  }

  get #now(): number {
    return this.#port.clock.now();
  }

  async #recall(disk: BlobDisk): Promise<void> {
    const bytes = await disk.read(this.#hash);
    if (bytes) {
      this.#end(() => {
        this.#port.onProgress({ receivedBytes: bytes.length, totalBytes: bytes.length });
        this.#resolve(bytes);
      });
      return;
    }
    if (this.#isOver) return;
    this.#isRecalling = false;
    for (const holder of this.#asked) void this.#ask(holder);
    this.#step();
  }

  async #ask(holder: NodeId): Promise<void> {
    this.#asking++;
    try {
      const question = encodeQuestion(this.#hash, true);
      const answer = await this.#questions.ask(this.#port.index, holder, HAS, question, HAS_TIMEOUT_MS);
      const holding = decodeHolding(answer);
      if (!holding) this.#lastReason = 'no node has it';
      else this.#found(holder, holding.totalBytes, holding.bits);
      for (const peer of holding?.peers ?? []) this.partner(peer);
    } catch (error) {
      this.#lastReason = messageOf(error);
    } finally {
      this.#asking--;
      this.#step();
    }
  }

  #found(holder: NodeId, totalBytes: number, bits: Uint8Array | undefined): void {
    if (totalBytes > MAX_BLOB_BYTES) {
      this.#lastReason = `it is larger than ${MAX_BLOB_BYTES} bytes`;
      return;
    }
    // Of the wrong size are those bits, too.
    if (totalBytes !== (this.#table?.totalBytes ?? this.#expectedBytes ?? totalBytes)) {
      this.#lastReason = 'no node has it in the size that was announced';
      return;
    }
    if (bits) this.partner(holder);
    if (this.#liars.has(holder)) return;
    if (this.#transfer) this.#transfer.found(holder, bits);
    else this.#finder.add(holder, bits);
  }

  #fetchTable(holder: NodeId): Promise<Uint8Array> {
    this.#asking++;
    const question = encodeTableRequest(this.#hash);
    return this.#questions.ask(this.#port.pieces, holder, TABLE, question, PIECE_TIMEOUT_MS);
  }

  async #begin(table: PieceTable): Promise<void> {
    if (this.#table || this.#isOver || !this.#checkSize(table)) return;
    this.#table = table;
    const transfer = new Transfer(table.totalBytes, this.#port.self);
    const keep = (piece: number, bytes: Uint8Array): void => this.#change(() => transfer.keep(piece, bytes));
    await this.#kept?.recall(table, keep);
    await this.#port.alike(table, keep);
    this.#packer = await this.#port.loadPacker();
    this.#transfer = transfer;
    for (const [holder, bits] of this.#finder.holders) transfer.found(holder, bits);
    this.#step();
  }

  /** The table's size is what the name says. */
  #checkSize(table: PieceTable): boolean {
    const reason = sizeProblem(table, this.#expectedBytes);
    if (reason === undefined) return true;
    this.#end(() => this.#reject(new BlobUnavailableError(this.#hash, reason)));
    return false;
  }

  async #fetchPiece(transfer: Transfer, table: PieceTable, request: PieceRequest): Promise<void> {
    try {
      const mayBePacked = this.#packer !== undefined;
      const question = encodePieceRequest({ hash: this.#hash, menu: request.menu, mayBePacked });
      const answer = await this.#questions.ask(
        this.#port.pieces,
        request.source,
        PIECE,
        question,
        PIECE_TIMEOUT_MS,
      );
      if (answer.length === 0) {
        this.#change(() => transfer.refused(request));
        return;
      }
      const came = decodePiece(answer);
      const sent = await this.#unpacked(came, table);
      this.#arrivedBytes += sent?.bytes.length ?? 0;
      const isRight =
        sent !== undefined &&
        request.menu.includes(sent.piece) &&
        (await isPiece(table, sent.piece, sent.bytes));
      if (!isRight) {
        this.#convict(request.source);
        return;
      }
      // A copy: it may be a part of more that came.
      if (came !== sent && came) this.#packer?.keep(this.#hash, sent.piece, came.bytes.slice());
      this.#change(() => {
        transfer.arrived(request, sent.piece, sent.bytes, this.#now);
        this.#kept?.arrived(transfer, sent.piece);
        this.#port.onProgress(this.progress);
      });
    } catch (error) {
      this.#lastReason = messageOf(error);
      this.#change(() => transfer.failed(request));
    }
  }

  /** Undefined where it is nothing that unfolds to that piece. */
  async #unpacked(sent: SentPiece | undefined, { totalBytes }: PieceTable): Promise<SentPiece | undefined> {
    const packer = this.#packer;
    if (!packer || !sent) return sent;
    const length = pieceBytes(totalBytes, sent.piece);
    if (sent.bytes.length >= length) return sent;
    const bytes = await packer.unpacked(sent.bytes, length);
    return bytes && { ...sent, bytes };
  }

  /** What it sent is not what the name says. */
  #convict(node: NodeId): void {
    this.#liars.add(node);
    this.#partners.delete(node);
    log(
      'warn',
      `node ${node.slice(0, 8)} sends other data than ${this.#hash.slice(0, 8)}; it is asked no more`,
    );
    this.#change(() => this.#transfer?.lose(node));
  }

  #tick(): void {
    if (this.#isOver) return;
    this.#stopTimer = this.#port.timers.after(TICK_MS, () => this.#tick());
    for (const partner of this.#partners) void this.#ask(partner);
    if (++this.#ticks % TICKS_PER_SECOND !== 0) {
      this.#step();
      return;
    }
    this.#pace.tick(this.#arrivedBytes);
    if (this.#pace.isHopeless(this.progress.totalBytes)) {
      const reason = 'for a minute it came too slowly';
      this.#end(() => this.#reject(new BlobUnavailableError(this.#hash, reason)));
      return;
    }
    if (this.#pace.isSlow) {
      const others = this.#port.members().filter((id) => !this.#asked.has(id));
      this.addHolders(others.slice(0, MORE_SOURCES));
    }
    if (!this.#table) this.#finder.askNext();
    this.#change(() => this.#transfer?.tick(this.#now));
  }

  /** Changes the transfer, which may need memory, and goes on. */
  #change(change: () => void): void {
    if (this.#isOver) return;
    try {
      change();
    } catch (cause) {
      const error = new BlobUnavailableError(this.#hash, 'it does not fit into memory', { cause });
      this.#end(() => this.#reject(error));
      return;
    }
    this.#step();
  }

  #step(): void {
    if (this.#isOver) return;
    const [table, transfer] = [this.#table, this.#transfer];
    if (!table || !transfer) {
      if (!table && this.#finder.holders.size === 0) this.#starved();
      return;
    }
    if (transfer.isComplete) this.#end(() => this.#resolve(transfer.bytes));
    else if (transfer.isStarved) this.#starved();
    else for (const request of transfer.requests(this.#now)) void this.#fetchPiece(transfer, table, request);
  }

  #starved(): void {
    if (this.#asking > 0 || this.#isRecalling) return;
    if (!this.#askedEveryone) {
      this.#askedEveryone = true;
      this.addHolders(this.#port.members());
      return;
    }
    const liar = [...this.#liars].at(-1);
    const error = liar
      ? new BlobCorruptError(this.#hash, liar)
      : new BlobUnavailableError(this.#hash, this.#lastReason);
    this.#end(() => this.#reject(error));
  }

  #end(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer();
    settle();
    this.#questions.abort();
  }
}
