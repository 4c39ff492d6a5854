/**
 * Writers and what is closed of them. A writer is an author from one opening of the room to the next: it numbers its updates 1, 2, 3 ...,
 * and each of them follows from the one before. So what a checkpoint has closed of a room is said by one number for each writer, however
 * long its history was, and whether an update that is not here any more was closed is known from its writer and number.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import type { AuthorId } from './contract.ts';

/** Lower-case hex of the first bytes of a hash of author and session. */
export type WriterId = string & { readonly brand: 'WriterId' };

/** Which update of which writer. */
export interface Place {
  readonly writer: WriterId;
  readonly number: number;
}

/** Of each writer the number up to which all is closed. */
export type Closed = ReadonlyMap<WriterId, number>;

/** Nobody finds a second author and session with the same in 2^96 tries. */
const WRITER_BYTES = 12;
export const PLACE_BYTES = WRITER_BYTES + 4;
export const MAX_NUMBER = 2 ** 32 - 1;
/** That a checkpoint can name: 256 KiB. Whoever opens the room and writes is one more, until there are new keys. */
export const MAX_WRITERS = 16_384;

const LABEL = new TextEncoder().encode('leafcutter room writer session\n');

export function writerOf(
  author: AuthorId,
  session: number,
  { sha256 }: Pick<Cryptography, 'sha256'>,
): WriterId {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, session);
  return toHex(sha256(concatBytes(LABEL, fromHex(author), number)).subarray(0, WRITER_BYTES)) as WriterId;
}

export function isClosed(closed: Closed, { writer, number }: Place): boolean {
  return number <= (closed.get(writer) ?? 0);
}

/** Whether all that is closed in the second is closed in the first. */
export function covers(closed: Closed, other: Closed): boolean {
  return [...other].every(([writer, number]) => isClosed(closed, { writer, number }));
}

/** What is closed when these are, too. */
export function closing(closed: Closed, places: Iterable<Place>): Closed {
  const all = new Map(closed);
  for (const { writer, number } of places) all.set(writer, Math.max(number, all.get(writer) ?? 0));
  return all;
}

export function encodePlace({ writer, number }: Place): Uint8Array {
  const bytes = new Uint8Array(PLACE_BYTES);
  bytes.set(fromHex(writer));
  new DataView(bytes.buffer).setUint32(WRITER_BYTES, number);
  return bytes;
}

/** @param bytes PLACE_BYTES of them */
export function decodePlace(bytes: Uint8Array): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PLACE_BYTES);
  return {
    writer: toHex(bytes.subarray(0, WRITER_BYTES)) as WriterId,
    number: view.getUint32(WRITER_BYTES),
  };
}

/** By writer, ascending: equal ones have equal bytes. */
export function encodeClosed(closed: Closed): Uint8Array {
  const entries = [...closed].sort(([a], [b]) => (a < b ? -1 : 1));
  return concatBytes(...entries.map(([writer, number]) => encodePlace({ writer, number })));
}

/** Undefined where these bytes are not what `encodeClosed` writes. */
export function decodeClosed(bytes: Uint8Array): Closed | undefined {
  if (bytes.length % PLACE_BYTES !== 0 || bytes.length > MAX_WRITERS * PLACE_BYTES) return undefined;
  const closed = new Map<WriterId, number>();
  let before = '';
  for (let at = 0; at < bytes.length; at += PLACE_BYTES) {
    const { writer, number } = decodePlace(bytes.subarray(at, at + PLACE_BYTES));
    if (writer <= before || number === 0) return undefined;
    closed.set(writer, number);
    before = writer;
  }
  return closed;
}
