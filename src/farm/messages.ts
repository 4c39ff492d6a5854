/**
 * What the farm says over the mesh. Steering messages are msgpack arrays under the name `farm` on the control stream; results are
 * a 32-byte header and the raw bytes under `farm/result` on the results stream. Decoding checks every field: undefined means
 * that it is not one of ours, and the message is dropped.
 */
import { Packr } from 'msgpackr';
import { concatBytes, fromHex, toHex } from '../runtime/index.ts';
import {
  type JobId,
  type JobPhase,
  type LeaseRef,
  MAX_RESULT_BYTES,
  MAX_SPEC_BYTES,
  MAX_WORKERS,
} from './contract.ts';

export const FARM = 'farm';
export const FARM_RESULT = 'farm/result';

export type FarmMessage =
  /** Owner to everyone: the Job and where it stands; again when that changes. */
  | {
      readonly type: 'job';
      readonly id: JobId;
      readonly kind: string;
      readonly taskCount: number;
      readonly spec: Uint8Array;
      readonly phase: JobPhase;
      readonly reason: string | undefined;
    }
  /** Worker to owner: give me work. */
  | { readonly type: 'pull'; readonly id: JobId; readonly worker: number }
  /** Owner to worker; empty: wait. */
  | {
      readonly type: 'grant';
      readonly id: JobId;
      readonly worker: number;
      readonly leases: readonly LeaseRef[];
    }
  /** Owner to worker: do not begin these. */
  | {
      readonly type: 'revoke';
      readonly id: JobId;
      readonly worker: number;
      readonly leases: readonly LeaseRef[];
    }
  /** Worker to owner: I could not do this Task. */
  | {
      readonly type: 'failure';
      readonly id: JobId;
      readonly worker: number;
      readonly lease: LeaseRef;
      readonly reason: string;
    }
  /** Worker to owner: I can do nothing of this Job. */
  | { readonly type: 'unfit'; readonly id: JobId; readonly worker: number; readonly reason: string }
  /** Worker to owner: I stop; what I have is yours again. */
  | { readonly type: 'release'; readonly id: JobId; readonly worker: number }
  /** Node to owner: how far the inputs have come. */
  | {
      readonly type: 'inputs';
      readonly id: JobId;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  /** Node to owner: I do not take part. */
  | { readonly type: 'refused'; readonly id: JobId; readonly reason: string }
  /** Anyone to the owner. */
  | { readonly type: 'cancel'; readonly id: JobId };

export interface FarmResult {
  readonly id: JobId;
  readonly worker: number;
  readonly lease: LeaseRef;
  readonly elapsedMs: number;
  readonly bytes: Uint8Array;
}

const MAX_REASON = 500;
const MAX_KIND = 32;
const MAX_LEASES = 4096;
const JOB_ID = /^[0-9a-f]{32}$/;
const PHASES: readonly JobPhase[] = ['running', 'done', 'cancelled', 'failed'];
const RESULT_HEADER_BYTES = 32;

const packr = new Packr({ useRecords: false });

export function encodeMessage(message: FarmMessage): Uint8Array {
  const { type, id } = message;
  switch (message.type) {
    case 'job': {
      const { kind, taskCount, spec, phase, reason } = message;
      return packr.pack([type, id, kind, taskCount, spec, phase, reason?.slice(0, MAX_REASON) ?? null]);
    }
    case 'pull':
    case 'release':
      return packr.pack([type, id, message.worker]);
    case 'grant':
    case 'revoke': {
      const flat = message.leases.flatMap(({ task, fence }) => [task, fence]);
      return packr.pack([type, id, message.worker, flat]);
    }
    case 'failure': {
      const { worker, lease, reason } = message;
      return packr.pack([type, id, worker, lease.task, lease.fence, reason.slice(0, MAX_REASON)]);
    }
    case 'unfit':
      return packr.pack([type, id, message.worker, message.reason.slice(0, MAX_REASON)]);
    case 'inputs':
      return packr.pack([type, id, message.receivedBytes, message.totalBytes]);
    case 'refused':
      return packr.pack([type, id, message.reason.slice(0, MAX_REASON)]);
    case 'cancel':
      return packr.pack([type, id]);
  }
}

const isCount = (value: unknown, below = Number.MAX_SAFE_INTEGER): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < below;
const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max;
const isWorker = (value: unknown): value is number => isCount(value, MAX_WORKERS);

function leasesFrom(flat: unknown): LeaseRef[] | undefined {
  if (!Array.isArray(flat) || flat.length % 2 !== 0 || flat.length > 2 * MAX_LEASES) return undefined;
  const leases: LeaseRef[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [task, fence]: unknown[] = [flat[i], flat[i + 1]];
    if (!isCount(task) || !isCount(fence)) return undefined;
    leases.push({ task, fence });
  }
  return leases;
}

export function decodeMessage(bytes: Uint8Array): FarmMessage | undefined {
  let fields: unknown;
  try {
    fields = packr.unpack(bytes);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [type, rawId, a, b, c, d, e]: unknown[] = fields;
  if (!isText(rawId, 32) || !JOB_ID.test(rawId)) return undefined;
  const id = rawId as JobId;
  switch (type) {
    case 'job': {
      const phase = PHASES.find((one) => one === d);
      if (!isText(a, MAX_KIND) || !isCount(b) || b === 0 || !(c instanceof Uint8Array) || !phase)
        return undefined;
      if (c.length > MAX_SPEC_BYTES || (e !== null && !isText(e, MAX_REASON))) return undefined;
      return { type, id, kind: a, taskCount: b, spec: new Uint8Array(c), phase, reason: e ?? undefined };
    }
    case 'pull':
    case 'release':
      return isWorker(a) ? { type, id, worker: a } : undefined;
    case 'grant':
    case 'revoke': {
      const leases = leasesFrom(b);
      return isWorker(a) && leases ? { type, id, worker: a, leases } : undefined;
    }
    case 'failure':
      if (!isWorker(a) || !isCount(b) || !isCount(c) || !isText(d, MAX_REASON)) return undefined;
      return { type, id, worker: a, lease: { task: b, fence: c }, reason: d };
    case 'unfit':
      return isWorker(a) && isText(b, MAX_REASON) ? { type, id, worker: a, reason: b } : undefined;
    case 'inputs':
      return isCount(a) && isCount(b) ? { type, id, receivedBytes: a, totalBytes: b } : undefined;
    case 'refused':
      return isText(a, MAX_REASON) ? { type, id, reason: a } : undefined;
    case 'cancel':
      return { type, id };
    default:
      return undefined;
  }
}

/** Header: id (16 bytes), Task (u32), fence (u32), worker (u16), two zero bytes, elapsed ms (f32); then the result. */
export function encodeResult({ id, worker, lease, elapsedMs, bytes }: FarmResult): Uint8Array {
  const header = new Uint8Array(RESULT_HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(fromHex(id));
  view.setUint32(16, lease.task, true);
  view.setUint32(20, lease.fence, true);
  view.setUint16(24, worker, true);
  view.setFloat32(28, elapsedMs, true);
  return concatBytes(header, bytes);
}

export function decodeResult(message: Uint8Array): FarmResult | undefined {
  if (message.length < RESULT_HEADER_BYTES || message.length > RESULT_HEADER_BYTES + MAX_RESULT_BYTES) {
    return undefined;
  }
  const view = new DataView(message.buffer, message.byteOffset, RESULT_HEADER_BYTES);
  const worker = view.getUint16(24, true);
  const elapsedMs = view.getFloat32(28, true);
  if (!isWorker(worker) || !(elapsedMs >= 0) || !Number.isFinite(elapsedMs)) return undefined;
  return {
    id: toHex(message.subarray(0, 16)) as JobId,
    worker,
    lease: { task: view.getUint32(16, true), fence: view.getUint32(20, true) },
    elapsedMs,
    bytes: message.subarray(RESULT_HEADER_BYTES),
  };
}
