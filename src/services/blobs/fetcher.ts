/**
 * Drives one race for a Blob over the mesh: looks what the disk has of it, finds out who else has it, asks for pieces, checks the
 * whole. One Fetcher serves every `get` of its Blob; it stops when the last of them is cancelled.
 */

import type { MeshStream, RequestOptions } from '../../mesh/index.ts';
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BlobDisk } from './blob-disk.ts';
import type { BlobHash, FetchProgress } from './contract.ts';
import { BlobCorruptError, BlobUnavailableError } from './errors.ts';
import { decodeSize, encodePieceRequest, hashOf } from './hash.ts';
import { KeptPieces } from './kept-pieces.ts';
import { Pace } from './pace.ts';
import { TransferRace } from './race.ts';
import type { PieceRequest, Transfer } from './transfer.ts';

/** Request on the stream of small messages: do you have it? The answer is its size. */
export const HAS = 'has';
/** Request on the bulk stream: a piece of it. */
export const PIECE = 'piece';

/** Above it a Blob is refused: a browser tab cannot hold and render more. */
export const MAX_BLOB_BYTES = 1024 * 1024 * 1024;
const HAS_TIMEOUT_MS = 5_000;
/** Four pieces in a row on a link of 1 Mbit/s take 8 s; a frozen source costs this long once per failure. */
const PIECE_TIMEOUT_MS = 20_000;
const TICK_MS = 1_000;
/** Asked in addition, once a second, while it comes slowly. */
const MORE_SOURCES = 16;

export interface FetcherPort {
  readonly self: NodeId;
  readonly clock: Clock;
  readonly timers: Timers;
  /** For questions. */
  readonly index: MeshStream;
  /** For pieces. */
  readonly pieces: MeshStream;
  readonly disk: BlobDisk | undefined;
  members(): readonly NodeId[];
  onProgress(progress: FetchProgress): void;
}

export class Fetcher {
  readonly done: Promise<Uint8Array>;
  readonly #port: FetcherPort;
  readonly #hash: BlobHash;
  readonly #race = new TransferRace();
  /** One a request under way: listeners on a shared signal would add up. */
  readonly #requests = new Set<AbortController>();
  readonly #asked = new Set<NodeId>();
  readonly #pace = new Pace();
  readonly #kept: KeptPieces | undefined;
  /** Until the disk has answered, nobody is asked. */
  #isRecalling: boolean;
  #receivedBytes = 0;
  #isOver = false;
  #asking = 0;
  #askedEveryone = false;
  #isChecking = false;
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
    // Whoever waits attaches its own handlers; with nobody left a failure interests no one.
    this.done.catch(() => {});
    this.#kept = port.disk && new KeptPieces(hash, port.disk);
    this.#isRecalling = port.disk !== undefined;
    if (port.disk) void this.#recall(port.disk);
    this.#stopTimer = port.timers.after(TICK_MS, () => this.#tick());
  }

  get progress(): FetchProgress {
    const leader = this.#race.leader;
    return { receivedBytes: leader?.receivedBytes ?? 0, totalBytes: leader?.totalBytes ?? 0 };
  }

  /** The size is known from elsewhere. */
  expect(totalBytes: number): void {
    this.#race.expect(totalBytes);
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
    this.#found(holder, totalBytes);
  }

  holderLeft(holder: NodeId): void {
    // Back again, it may be asked again.
    this.#asked.delete(holder);
    this.#change(() => this.#race.lost(holder, this.#now));
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
    const { expectedBytes } = this.#race;
    if (expectedBytes !== undefined) {
      for await (const { offset, bytes: part } of disk.parts(this.#hash, expectedBytes)) {
        this.#change(() => this.#race.keep(expectedBytes, offset, part, this.#now));
      }
    }
    if (this.#isOver) return;
    this.#isRecalling = false;
    for (const holder of this.#asked) void this.#ask(holder);
    this.#step();
  }

  async #ask(holder: NodeId): Promise<void> {
    this.#asking++;
    try {
      const question = encodePieceRequest(this.#hash, 0);
      const answer = await this.#request(this.#port.index, holder, HAS, question, {
        timeoutMs: HAS_TIMEOUT_MS,
      });
      const totalBytes = decodeSize(answer);
      if (totalBytes === undefined) this.#lastReason = 'no node has it';
      else this.#found(holder, totalBytes);
    } catch (error) {
      this.#lastReason = messageOf(error);
    } finally {
      this.#asking--;
      this.#step();
    }
  }

  #found(holder: NodeId, totalBytes: number): void {
    if (totalBytes > MAX_BLOB_BYTES) {
      this.#lastReason = `it is larger than ${MAX_BLOB_BYTES} bytes`;
      return;
    }
    this.#change(() => {
      const isSource = this.#race.found(holder, totalBytes, this.#now);
      if (!isSource) this.#lastReason = 'no node has it in the size that was announced';
    });
  }

  async #fetchPiece(request: PieceRequest): Promise<void> {
    try {
      const question = encodePieceRequest(this.#hash, request.piece);
      const bytes = await this.#request(this.#port.pieces, request.source, PIECE, question, {
        timeoutMs: PIECE_TIMEOUT_MS,
      });
      this.#receivedBytes += bytes.length;
      this.#change(() => this.#race.arrived(request, bytes, this.#now));
      if (request.transfer.totalBytes === this.#race.expectedBytes) this.#kept?.arrived(request);
      if (!this.#isOver) this.#port.onProgress(this.progress);
    } catch (error) {
      this.#lastReason = messageOf(error);
      this.#change(() => this.#race.failed(request, this.#now));
    }
  }

  async #request(
    stream: MeshStream,
    holder: NodeId,
    name: string,
    body: Uint8Array,
    options: RequestOptions,
  ): Promise<Uint8Array> {
    const abort = new AbortController();
    this.#requests.add(abort);
    try {
      return await stream.request(holder, name, body, { ...options, signal: abort.signal });
    } finally {
      this.#requests.delete(abort);
    }
  }

  #tick(): void {
    if (this.#isOver) return;
    this.#stopTimer = this.#port.timers.after(TICK_MS, () => this.#tick());
    this.#pace.tick(this.#receivedBytes);
    if (this.#pace.isHopeless(this.progress.totalBytes) && !this.#isChecking) {
      const reason = 'for a minute it came too slowly';
      this.#end(() => this.#reject(new BlobUnavailableError(this.#hash, reason)));
      return;
    }
    if (this.#pace.isSlow) {
      const others = this.#port.members().filter((id) => !this.#asked.has(id));
      this.addHolders(others.slice(0, MORE_SOURCES));
    }
    this.#change(() => this.#race.tick(this.#now));
  }

  /** Changes the race, which may need memory, and goes on. */
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
    const { complete, state } = this.#race;
    if (complete && !this.#isChecking) {
      this.#isChecking = true;
      void this.#check(complete);
    }
    if (state === 'starved') this.#starved();
    else for (const request of this.#race.requests(this.#now)) void this.#fetchPiece(request);
  }

  async #check(transfer: Transfer): Promise<void> {
    const { bytes } = transfer;
    const hash = await hashOf(bytes);
    this.#isChecking = false;
    if (this.#isOver) return;
    if (hash === this.#hash) {
      this.#end(() => this.#resolve(bytes));
      return;
    }
    this.#kept?.spoiled();
    log('warn', `the data ${this.#hash.slice(0, 8)} arrived damaged; trying its holders one by one`);
    this.#change(() => this.#race.wasCorrupt(transfer, this.#now));
  }

  #starved(): void {
    if (this.#asking > 0 || this.#isRecalling) return;
    if (!this.#askedEveryone) {
      this.#askedEveryone = true;
      this.addHolders(this.#port.members());
      return;
    }
    const liar = this.#race.lastConvicted;
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
    for (const abort of this.#requests) abort.abort();
  }
}
