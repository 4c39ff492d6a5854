/** What carries work over the mesh: a fixed header and the raw bytes, on streams of their own in the bulk lane. */
import { concatBytes, toHex } from '../runtime/index.ts';
import { type JobId, type LeaseRef, MAX_RESULT_BYTES, MAX_WORKERS } from './contract.ts';
import { JOB_ID_BYTES, jobIdToBytes } from './description.ts';
import { MAX_TERM } from './term.ts';
import { MAX_PART_BYTES } from './trust/part-codec.ts';

export const FARM_RESULTS = 'farm/results';
/** Name of the messages on FARM_RESULTS. */
export const RESULT = 'result';
export const FARM_PARTS = 'farm/parts';
/** Name of the messages on FARM_PARTS. */
export const PART = 'part';

export interface FarmResult {
  readonly id: JobId;
  /** Number of the term that gave the Lease. */
  readonly term: number;
  readonly worker: number;
  readonly lease: LeaseRef;
  readonly elapsedMs: number;
  readonly bytes: Uint8Array;
}

export interface FarmPart {
  readonly id: JobId;
  readonly part: number;
  readonly bytes: Uint8Array;
}

/** A part to send: its bytes may be on their way from a disk. */
export interface OutgoingPart extends Omit<FarmPart, 'bytes'> {
  readonly bytes: Uint8Array | Promise<Uint8Array>;
}

const RESULT_HEADER_BYTES = JOB_ID_BYTES + 24;
const PART_HEADER_BYTES = JOB_ID_BYTES + 8;

/** Header: id (16 bytes), Task (u32), fence (u32), term (f64), elapsed ms (f32), worker (u16), two zero bytes; then the result. */
export function encodeResult({ id, term, worker, lease, elapsedMs, bytes }: FarmResult): Uint8Array {
  const header = new Uint8Array(RESULT_HEADER_BYTES);
  const view = new DataView(header.buffer, JOB_ID_BYTES);
  header.set(jobIdToBytes(id));
  view.setUint32(0, lease.task, true);
  view.setUint32(4, lease.fence, true);
  view.setFloat64(8, term, true);
  view.setFloat32(16, elapsedMs, true);
  view.setUint16(20, worker, true);
  return concatBytes(header, bytes);
}

export function decodeResult(message: Uint8Array): FarmResult | undefined {
  const view = bodyOf(message, RESULT_HEADER_BYTES, MAX_RESULT_BYTES);
  if (!view) return undefined;
  const term = view.getFloat64(8, true);
  const elapsedMs = view.getFloat32(16, true);
  const worker = view.getUint16(20, true);
  if (worker >= MAX_WORKERS || !(elapsedMs >= 0) || !Number.isFinite(elapsedMs)) return undefined;
  if (!Number.isInteger(term) || term < 0 || term >= MAX_TERM) return undefined;
  return {
    id: idOf(message),
    term,
    worker,
    lease: { task: view.getUint32(0, true), fence: view.getUint32(4, true) },
    elapsedMs,
    bytes: message.subarray(RESULT_HEADER_BYTES),
  };
}

/** Header: id (16 bytes), part (u32), four zero bytes; then the part. */
export function encodePart({ id, part, bytes }: FarmPart): Uint8Array {
  const header = new Uint8Array(PART_HEADER_BYTES);
  header.set(jobIdToBytes(id));
  new DataView(header.buffer).setUint32(JOB_ID_BYTES, part, true);
  return concatBytes(header, bytes);
}

export function decodePart(message: Uint8Array): FarmPart | undefined {
  const view = bodyOf(message, PART_HEADER_BYTES, MAX_PART_BYTES);
  if (!view) return undefined;
  return { id: idOf(message), part: view.getUint32(0, true), bytes: message.subarray(PART_HEADER_BYTES) };
}

const idOf = (message: Uint8Array): JobId => toHex(message.subarray(0, JOB_ID_BYTES)) as JobId;

/** A view of the header behind the id, where the message has a possible length. */
function bodyOf(message: Uint8Array, headerBytes: number, mostBytes: number): DataView | undefined {
  if (message.length < headerBytes || message.length > headerBytes + mostBytes) return undefined;
  return new DataView(message.buffer, message.byteOffset + JOB_ID_BYTES, headerBytes - JOB_ID_BYTES);
}
