/** Test support: Nodes with Blobs in virtual time, honest ones and liars. */

import { seededRandom } from '../src/runtime/index.ts';
import { BlobDisk } from '../src/services/blobs/blob-disk.ts';
import { HAS, PIECE, TABLE } from '../src/services/blobs/fetcher.ts';
import { decodePieceRequest, encodeHolding, encodePiece } from '../src/services/blobs/messages.ts';
import { type Codec, Packer } from '../src/services/blobs/packing.ts';
import { BLOB_INDEX, BLOBS, createBlobs } from '../src/services/blobs/service.ts';
import { encodeTable, type PieceTable } from '../src/services/blobs/table.ts';
import { MemoryDisk } from '../src/services/disk/memory.testing.ts';
import { Shelf } from '../src/services/disk/shelf.ts';
import { FakeMesh } from './fake-mesh.testing.ts';

export const payload = (bytes: number, seed = 1): Uint8Array => seededRandom(seed).bytes(bytes);

export const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

/** A promise whose outcome can be looked at while virtual time runs. */
export function watch<T>(promise: Promise<T>) {
  const watched: { value?: T; error?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(watched, { value, isSettled: true }),
    (error: unknown) => Object.assign(watched, { error, isSettled: true }),
  );
  return watched;
}

export function setUp(seed = 1) {
  const mesh = new FakeMesh(seed);
  const packingOf = (codec?: Codec) => async () => codec && new Packer(codec);
  const add = (idleBudgetBytes?: number, codec?: Codec, packing = packingOf(codec)) => {
    const { node, host } = mesh.add();
    const options = idleBudgetBytes === undefined ? {} : { idleBudgetBytes };
    return {
      node,
      host,
      blobs: createBlobs({
        node,
        clock: host,
        timers: host,
        packing,
        ...options,
      }),
    };
  };
  /** A Node of a device with a disk: what it left there is found by the next one with the same. */
  const addWithDisk = (disk = new MemoryDisk(), idleBudgetBytes?: number) => {
    const { node, host } = mesh.add();
    const shelf = new Shelf(disk, host, async () => Number.POSITIVE_INFINITY);
    const kept = new BlobDisk(shelf, mesh);
    const options = idleBudgetBytes === undefined ? {} : { idleBudgetBytes };
    const blobs = createBlobs({ node, clock: host, timers: host, disk: kept, ...options });
    return { node, host, disk, shelf, blobs };
  };
  /**
   * A Node that claims to have every Blob in that size, has that table for it, the right one or another, and answers for pieces as it
   * pleases.
   */
  const addLiar = (
    totalBytes: number,
    table: PieceTable | undefined,
    bytesOf: (piece: number) => Uint8Array | Promise<Uint8Array>,
  ) => {
    const { node, host } = mesh.add();
    const index = node.stream(BLOB_INDEX);
    const pieces = node.stream(BLOBS, { lane: 'bulk' });
    index.serve(HAS, () => encodeHolding({ totalBytes, bits: undefined, peers: [] }));
    pieces.serve(TABLE, () => (table ? encodeTable(table) : new Uint8Array(100)));
    pieces.serve(PIECE, async ({ body }) => {
      const [piece = 0] = decodePieceRequest(body)?.menu ?? [];
      return encodePiece({ piece, bytes: await bytesOf(piece) });
    });
    return { node, host, index };
  };
  return { mesh, add, addWithDisk, addLiar };
}
