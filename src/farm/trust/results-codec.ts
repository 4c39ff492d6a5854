/**
 * Results that have come into a part, as the second copy takes them: as they were brought, for it folds them as the first one did. What
 * it made itself is named, not sent: it has that.
 *
 * Layout, little-endian: each result: Task (u32), index of its worker (u32), number of its maker among the part's (u32), length (u32; 2^32
 * - 1: the reader made it, there are none here); then its bytes.
 */
import { concatBytes } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { MAX_WORKERS, type WorkerRef } from '../contract.ts';
import { damaged } from './part-codec.ts';

export interface TakenResult {
  readonly task: number;
  readonly worker: WorkerRef;
  readonly bytes: Uint8Array;
}

/** Without bytes: the reader made it. */
export type NamedResult = Omit<TakenResult, 'bytes'> & { readonly bytes: Uint8Array | undefined };

const HEADER_BYTES = 16;
const READERS_OWN = 0xffff_ffff;

/** @param makers all whose results these are. @param reader who has its own */
export function encodeResults(
  results: readonly TakenResult[],
  makers: readonly NodeId[],
  reader: NodeId,
): Uint8Array {
  return concatBytes(
    ...results.flatMap(({ task, worker, bytes }) => {
      const isOwn = worker.node === reader;
      const length = isOwn ? READERS_OWN : bytes.length;
      const header = Uint32Array.of(task, worker.index, makers.indexOf(worker.node), length);
      return [new Uint8Array(header.buffer), isOwn ? new Uint8Array() : bytes];
    }),
  );
}

/** Views of `bytes`. @throws LeafcutterError `bad-part` */
export function decodeResults(bytes: Uint8Array, makers: readonly NodeId[]): readonly NamedResult[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const results: NamedResult[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + HEADER_BYTES > bytes.length) throw damaged();
    const [task, index, maker, length] = [0, 4, 8, 12].map((offset) => view.getUint32(at + offset, true)) as [
      number,
      number,
      number,
      number,
    ];
    const node = makers[maker];
    const start = at + HEADER_BYTES;
    const isOwn = length === READERS_OWN;
    at = isOwn ? start : start + length;
    if (node === undefined || index >= MAX_WORKERS || at > bytes.length) throw damaged();
    results.push({ task, worker: { node, index }, bytes: isOwn ? undefined : bytes.subarray(start, at) });
  }
  return results;
}
