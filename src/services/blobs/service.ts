/**
 * Blobs on one Node: keeps, serves and fetches immutable bytes by their hash. Whoever is fetching a Blob serves what it has of it, and those who
 * fetch the same are told of each other, so that the Node it came from need not feed everyone.
 */

import type { MeshNode } from '../../mesh/index.ts';
import { CancelledError, type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';
import { Askers } from './askers.ts';
import type { BlobDisk } from './blob-disk.ts';
import type { BlobHash, BlobService, FetchOptions, FetchProgress } from './contract.ts';
import { BlobUnavailableError } from './errors.ts';
import { Fetcher, HAS, PIECE, TABLE } from './fetcher.ts';
import {
  decodeOffer,
  decodePieceRequest,
  decodeQuestion,
  decodeTableRequest,
  encodeHolding,
  encodeOffer,
  encodePiece,
} from './messages.ts';
import type { Packer } from './packing.ts';
import { Served } from './served.ts';
import { BlobStore } from './store.ts';
import { encodeTable, nameOf, tableOf } from './table.ts';

/** Pieces; beside them, so that a question does not wait behind a mebibyte, who has what. */
export const BLOBS = 'blobs';
export const BLOB_INDEX = 'blobs/index';
/** Broadcast on the index: "I have it", an offer. */
const HAVE = 'have';
/** Scenes of earlier renders kept in case they are rendered again: a few large ones. */
const IDLE_BUDGET_BYTES = 256 * 1024 * 1024;

interface Fetch {
  readonly fetcher: Fetcher;
  readonly listeners: Set<(progress: FetchProgress) => void>;
  /** The `get` calls that wait for it. */
  waiting: number;
}

/** What `createBlobs` needs. `idleBudgetBytes`: how much may stay in memory that nobody needs. */
export interface BlobDependencies {
  readonly node: MeshNode;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly idleBudgetBytes?: number;
  /** Keeps what is put and fetched, and what came of it when a fetch breaks off. Closed with the service. */
  readonly disk?: BlobDisk;
  /** Makes pieces smaller on their way. */
  readonly packing?: () => Promise<Packer | undefined>;
}

/** Serves and fetches Blobs on a Node; once a Node. */
export function createBlobs(dependencies: BlobDependencies): BlobService {
  const { node, clock, timers, disk, packing, idleBudgetBytes = IDLE_BUDGET_BYTES } = dependencies;
  const pieces = node.stream(BLOBS, { lane: 'bulk' });
  const index = node.stream(BLOB_INDEX);
  const store = new BlobStore(idleBudgetBytes);
  const fetches = new Map<BlobHash, Fetch>();
  const askers = new Askers();
  const served = new Served({
    ...{ store, disk, largestBytes: idleBudgetBytes },
    comingOf: (hash) => fetches.get(hash)?.fetcher.coming,
  });
  let packer: Promise<Packer | undefined> | undefined;
  const loadPacker = async (): Promise<Packer | undefined> => (packer ??= packing?.());
  let isClosed = false;
  disk?.protect((hash) => store.isNeeded(hash) || fetches.has(hash));
  disk?.onLoss(() => {
    for (const [hash, bytes] of store.needed()) void disk.keepWhole(hash, bytes);
  });

  const unsubscribe = [
    index.serve(HAS, ({ from, body }) => {
      const question = decodeQuestion(body);
      if (!question) return new Uint8Array();
      const { hash, isFetching } = question;
      const holding = served.holdingOf(hash);
      const fetcher = fetches.get(hash)?.fetcher;
      if (isFetching && (holding || fetcher)) askers.note(hash, from, clock.now());
      if (isFetching) fetcher?.partner(from);
      return encodeHolding(holding && { ...holding, peers: askers.of(hash, from) });
    }),
    pieces.serve(TABLE, async ({ body }) => {
      const hash = decodeTableRequest(body);
      const table = hash && (await served.tableOf(hash));
      if (table) void loadPacker(); // pieces are asked for next
      return table ? encodeTable(table) : new Uint8Array();
    }),
    pieces.serve(PIECE, async ({ body }) => {
      const request = decodePieceRequest(body);
      const sent = request && (await served.pieceOf(request.hash, request.menu));
      const packer = sent && request.mayBePacked ? await loadPacker() : undefined;
      if (!sent || !packer) return encodePiece(sent);
      const { piece, bytes } = sent;
      return encodePiece({ piece, bytes: await packer.packed(request.hash, piece, bytes) });
    }),
    index.receive(HAVE, ({ from, body }) => {
      const offer = decodeOffer(body);
      if (offer) fetches.get(offer.hash)?.fetcher.announced(from, offer.totalBytes);
    }),
    node.events.on('left', ({ id }) => {
      askers.left(id);
      for (const { fetcher } of fetches.values()) fetcher.holderLeft(id);
    }),
  ];

  function startFetch(hash: BlobHash): Fetch {
    const listeners = new Set<(progress: FetchProgress) => void>();
    const fetcher = new Fetcher(hash, {
      self: node.id,
      clock,
      timers,
      index,
      pieces,
      disk,
      loadPacker,
      alike: (table, take) => served.alike(table, take),
      members: () => node.members().map(({ id }) => id),
      onProgress(progress) {
        for (const listener of listeners) listener(progress);
      },
    });
    const fetch: Fetch = { fetcher, listeners, waiting: 0 };
    fetches.set(hash, fetch);
    fetcher.done.then(
      (bytes) => {
        if (isClosed) return;
        fetches.delete(hash);
        store.keep(hash, bytes);
        if (fetcher.table) served.note(hash, fetcher.table);
        void disk?.keepWhole(hash, bytes, fetcher.table);
        index.broadcast(HAVE, encodeOffer(hash, bytes.length)).catch((error: unknown) => {
          // The Node closed meanwhile: nobody is there to hear it.
          log('debug', `a fetched blob was not announced: ${messageOf(error)}`);
        });
      },
      () => {
        if (fetches.get(hash) === fetch) fetches.delete(hash);
      },
    );
    return fetch;
  }

  /** Waits for a shared transfer under one caller's signal. */
  function follow(hash: BlobHash, fetch: Fetch, { onProgress, signal }: FetchOptions): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      fetch.waiting++;
      if (onProgress) fetch.listeners.add(onProgress);
      let isOver = false;
      const over = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        signal?.removeEventListener('abort', cancelled);
        if (onProgress) fetch.listeners.delete(onProgress);
        fetch.waiting--;
        settle();
      };
      const cancelled = (): void =>
        over(() => {
          const error = new CancelledError('fetching the data');
          reject(error);
          if (fetch.waiting > 0) return;
          fetches.delete(hash);
          fetch.fetcher.cancel(error);
        });
      signal?.addEventListener('abort', cancelled, { once: true });
      fetch.fetcher.done.then(
        (bytes) => over(() => resolve(store.acquire(hash) ?? bytes)),
        (error: unknown) => over(() => reject(error)),
      );
    });
  }

  return {
    async put(bytes) {
      const table = await tableOf(bytes);
      const hash = await nameOf(table);
      store.keep(hash, bytes);
      served.note(hash, table);
      store.acquire(hash);
      void disk?.keepWhole(hash, bytes, table);
      return hash;
    },
    has: (hash) => store.has(hash),
    isKept: async (hash) => (await disk?.has(hash)) ?? false,
    async get(hash, options) {
      if (options.signal?.aborted) throw new CancelledError('fetching the data');
      if (isClosed) throw new BlobUnavailableError(hash, 'this node is closed');
      const here = store.acquire(hash);
      if (here) {
        options.onProgress?.({ receivedBytes: here.length, totalBytes: here.length });
        return here;
      }
      const fetch = fetches.get(hash) ?? startFetch(hash);
      if (options.totalBytes !== undefined) fetch.fetcher.expect(options.totalBytes);
      const followed = follow(hash, fetch, options);
      fetch.fetcher.addHolders(options.holders);
      return followed;
    },
    release(hash) {
      store.release(hash);
    },
    drop(hash) {
      store.drop(hash);
      void disk?.remove(hash);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      log('debug', `blobs closed with ${fetches.size} transfers under way`);
      for (const off of unsubscribe) off();
      for (const [hash, { fetcher }] of fetches) {
        fetcher.cancel(new BlobUnavailableError(hash, 'this node is closed'));
      }
      fetches.clear();
      pieces.close();
      index.close();
      disk?.close();
      store.clear();
    },
  };
}
