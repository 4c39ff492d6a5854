/**
 * Drives one Transfer over the mesh: finds out who has the Blob, asks for pieces, checks the whole. One Fetcher serves every `get` of
 * its Blob; it stops when the last of them is cancelled.
 */

import { type MeshNode, type RequestOptions, Streams } from '../../mesh/index.ts';
import { log, messageOf } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BlobHash, FetchProgress } from './contract.ts';
import { BlobCorruptError, BlobUnavailableError } from './errors.ts';
import { encodePieceRequest, hashOf } from './hash.ts';
import { type PieceRequest, Transfer } from './transfer.ts';

export const HAS_BLOB = 'blob/has';
export const BLOB_PIECE = 'blob/piece';

/** Above it a Blob is refused before memory is taken for it: a browser tab cannot hold and render more. */
export const MAX_BLOB_BYTES = 1024 * 1024 * 1024;
const HAS_TIMEOUT_MS = 5_000;
/** Four pieces in a row on a link of 1 Mbit/s take 8 s; a frozen holder costs this long once per failure. */
const PIECE_TIMEOUT_MS = 20_000;

export class Fetcher {
  readonly done: Promise<Uint8Array>;
  readonly #node: MeshNode;
  readonly #hash: BlobHash;
  readonly #transfer = new Transfer();
  /** One a request under way: listeners on a shared signal would add up. */
  readonly #requests = new Set<AbortController>();
  #isOver = false;
  readonly #onProgress: (progress: FetchProgress) => void;
  readonly #asked = new Set<NodeId>();
  #asking = 0;
  #askedEveryone = false;
  #isChecking = false;
  #lastReason = 'no node has it';
  #resolve: (bytes: Uint8Array) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(node: MeshNode, hash: BlobHash, onProgress: (progress: FetchProgress) => void) {
    this.#node = node;
    this.#hash = hash;
    this.#onProgress = onProgress;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever waits attaches its own handlers; with nobody left a failure interests no one.
    this.done.catch(() => {});
  }

  get progress(): FetchProgress {
    return { receivedBytes: this.#transfer.receivedBytes, totalBytes: this.#transfer.totalBytes };
  }

  /** Asks these Nodes too. */
  addHolders(holders: readonly NodeId[]): void {
    for (const holder of holders) {
      if (holder === this.#node.id || this.#asked.has(holder)) continue;
      this.#asked.add(holder);
      void this.#ask(holder);
    }
    this.#step();
  }

  /** A Node says that it has the Blob now, whatever it said before. */
  announced(holder: NodeId): void {
    if (!this.#transfer.isKnown(holder)) this.#asked.delete(holder);
    this.addHolders([holder]);
  }

  holderLeft(holder: NodeId): void {
    // Back again, it may be asked again.
    this.#asked.delete(holder);
    this.#change(() => this.#transfer.holderLost(holder));
  }

  cancel(reason: unknown): void {
    this.#end(() => this.#reject(reason));
  }

  async #ask(holder: NodeId): Promise<void> {
    this.#asking++;
    try {
      const answer = await this.#request(holder, HAS_BLOB, 0, { timeoutMs: HAS_TIMEOUT_MS });
      const totalBytes = decodeSize(answer);
      if (totalBytes === undefined) this.#lastReason = 'no node has it';
      else if (totalBytes > MAX_BLOB_BYTES) this.#lastReason = `it is larger than ${MAX_BLOB_BYTES} bytes`;
      else this.#change(() => this.#transfer.holderFound(holder, totalBytes));
    } catch (error) {
      this.#lastReason = messageOf(error);
    } finally {
      this.#asking--;
      this.#step();
    }
  }

  async #fetchPiece(request: PieceRequest): Promise<void> {
    try {
      const bytes = await this.#request(request.holder, BLOB_PIECE, request.piece, {
        stream: Streams.bulk,
        timeoutMs: PIECE_TIMEOUT_MS,
      });
      this.#change(() => this.#transfer.arrived(request, bytes));
      if (!this.#isOver) this.#onProgress(this.progress);
    } catch (error) {
      this.#lastReason = messageOf(error);
      this.#change(() => this.#transfer.failed(request));
    }
  }

  async #request(holder: NodeId, name: string, piece: number, options: RequestOptions): Promise<Uint8Array> {
    const abort = new AbortController();
    this.#requests.add(abort);
    try {
      const body = encodePieceRequest(this.#hash, piece);
      return await this.#node.request(holder, name, body, { ...options, signal: abort.signal });
    } finally {
      this.#requests.delete(abort);
    }
  }

  /** Changes the Transfer, which may need memory, and goes on. */
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
    if (this.#isOver || this.#isChecking) return;
    switch (this.#transfer.state) {
      case 'receiving':
        for (const request of this.#transfer.requests()) void this.#fetchPiece(request);
        return;
      case 'complete':
        this.#isChecking = true;
        void this.#check();
        return;
      case 'starved':
        this.#starved();
    }
  }

  async #check(): Promise<void> {
    const bytes = this.#transfer.bytes;
    const hash = await hashOf(bytes);
    this.#isChecking = false;
    if (this.#isOver) return;
    if (hash === this.#hash) {
      this.#end(() => this.#resolve(bytes));
      return;
    }
    log('warn', `the data ${this.#hash.slice(0, 8)} arrived damaged; trying its holders one by one`);
    this.#change(() => this.#transfer.wasCorrupt());
  }

  #starved(): void {
    if (this.#asking > 0) return;
    if (!this.#askedEveryone) {
      this.#askedEveryone = true;
      this.addHolders(this.#node.members().map(({ id }) => id));
      return;
    }
    const liar = this.#transfer.lastConvicted;
    const error = liar
      ? new BlobCorruptError(this.#hash, liar)
      : new BlobUnavailableError(this.#hash, this.#lastReason);
    this.#end(() => this.#reject(error));
  }

  #end(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    settle();
    for (const abort of this.#requests) abort.abort();
  }
}

/** The answer to HAS_BLOB: the size as a little-endian float64, or nothing. */
export function encodeSize(totalBytes: number | undefined): Uint8Array {
  if (totalBytes === undefined) return new Uint8Array();
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, totalBytes, true);
  return bytes;
}

function decodeSize(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 8) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
