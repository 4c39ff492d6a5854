/**
 * Blobs on one Node: keeps, serves and fetches immutable bytes by their hash. Whoever has fetched a Blob says so and serves it
 * too, so that the Node it came from need not feed everyone.
 */

import type { MeshNode } from '../../mesh/index.ts';
import { CancelledError, fromHex, log, messageOf, toHex } from '../../runtime/index.ts';
import type { BlobHash, BlobService, FetchOptions, FetchProgress } from './contract.ts';
import { BlobUnavailableError } from './errors.ts';
import { BLOB_PIECE, encodeSize, Fetcher, HAS_BLOB } from './fetcher.ts';
import { decodePieceRequest, hashOf } from './hash.ts';
import { BlobStore } from './store.ts';
import { PIECE_BYTES } from './transfer.ts';

/** Broadcast: 32 bytes of hash, "I have it". */
const HAVE_BLOB = 'blob/have';
/** Scenes of earlier renders kept in case they are rendered again: a few large ones. */
const IDLE_BUDGET_BYTES = 256 * 1024 * 1024;

interface Fetch {
  readonly fetcher: Fetcher;
  readonly listeners: Set<(progress: FetchProgress) => void>;
  /** The `get` calls that wait for it. */
  waiting: number;
}

export interface BlobDependencies {
  readonly node: MeshNode;
  readonly idleBudgetBytes?: number;
}

export function createBlobs({ node, idleBudgetBytes = IDLE_BUDGET_BYTES }: BlobDependencies): BlobService {
  const store = new BlobStore(idleBudgetBytes);
  const fetches = new Map<BlobHash, Fetch>();
  let isClosed = false;

  const unsubscribe = [
    node.serve(HAS_BLOB, ({ body }) => {
      const request = decodePieceRequest(body);
      return encodeSize(request && store.peek(request.hash)?.length);
    }),
    node.serve(BLOB_PIECE, ({ body }) => {
      const request = decodePieceRequest(body);
      const bytes = request && store.peek(request.hash);
      if (!request || !bytes) return new Uint8Array();
      return bytes.subarray(request.piece * PIECE_BYTES, (request.piece + 1) * PIECE_BYTES);
    }),
    node.receive(HAVE_BLOB, ({ from, body }) => {
      if (body.length === 32) fetches.get(toHex(body) as BlobHash)?.fetcher.announced(from);
    }),
    node.events.on('left', ({ id }) => {
      for (const { fetcher } of fetches.values()) fetcher.holderLeft(id);
    }),
  ];

  function startFetch(hash: BlobHash): Fetch {
    const listeners = new Set<(progress: FetchProgress) => void>();
    const fetcher = new Fetcher(node, hash, (progress) => {
      for (const listener of listeners) listener(progress);
    });
    const fetch: Fetch = { fetcher, listeners, waiting: 0 };
    fetches.set(hash, fetch);
    fetcher.done.then(
      (bytes) => {
        if (isClosed) return;
        fetches.delete(hash);
        store.keep(hash, bytes);
        try {
          node.broadcast(HAVE_BLOB, fromHex(hash));
        } catch (error) {
          // The Node closed meanwhile: nobody is there to hear it.
          log('debug', `a fetched blob was not announced: ${messageOf(error)}`);
        }
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
      const hash = await hashOf(bytes);
      store.keep(hash, bytes);
      store.acquire(hash);
      return hash;
    },
    has: (hash) => store.has(hash),
    async get(hash, options) {
      if (options.signal?.aborted) throw new CancelledError('fetching the data');
      if (isClosed) throw new BlobUnavailableError(hash, 'this node is closed');
      const here = store.acquire(hash);
      if (here) {
        options.onProgress?.({ receivedBytes: here.length, totalBytes: here.length });
        return here;
      }
      const fetch = fetches.get(hash) ?? startFetch(hash);
      const followed = follow(hash, fetch, options);
      fetch.fetcher.addHolders(options.holders);
      return followed;
    },
    release(hash) {
      store.release(hash);
    },
    drop(hash) {
      store.drop(hash);
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
      store.clear();
    },
  };
}
