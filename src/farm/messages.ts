/**
 * What the farm says over the mesh. Steering messages are msgpack arrays on the stream `farm`, each under the name of its type;
 * results are a 32-byte header and the raw bytes on the stream `farm/results`. Decoding holds each type to a size of its
 * own before anything is made of it, and checks every field: undefined means that it is not one of ours, and the message is
 * dropped.
 */
import { concatBytes, fromHex, toHex } from '../runtime/index.ts';
import { type ControlLimits, type ControlValue, decodeControl, encodeControl } from '../wire/index.ts';
import {
  type JobId,
  type JobPhase,
  type LeaseRef,
  MAX_RESULT_BYTES,
  MAX_SPEC_BYTES,
  MAX_WORKERS,
} from './contract.ts';

export const FARM = 'farm';
export const FARM_RESULTS = 'farm/results';
/** Name of the messages on FARM_RESULTS. */
export const RESULT = 'result';

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
  /** Worker to owner: give me work. `isEmptyHanded`: whatever you think I have of this Job, I have nothing. */
  | {
      readonly type: 'pull';
      readonly id: JobId;
      readonly worker: number;
      readonly isEmptyHanded: boolean;
    }
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
  | { readonly type: 'cancel'; readonly id: JobId }
  /** Node to owner: I had lost sight of you. What I had of this Job is void; tell me where it stands. */
  | { readonly type: 'rejoin'; readonly id: JobId };

export interface FarmResult {
  readonly id: JobId;
  readonly worker: number;
  readonly lease: LeaseRef;
  readonly elapsedMs: number;
  readonly bytes: Uint8Array;
}

const MAX_REASON = 500;
const MAX_KIND = 32;
/** A worker never has more: the Coordinator looks no further ahead. */
const MAX_LEASES = 2048;
const JOB_ID = /^[0-9a-f]{32}$/;
const PHASES: readonly JobPhase[] = ['running', 'done', 'cancelled', 'failed'];
const RESULT_HEADER_BYTES = 32;

/** A few numbers and a Job's id. */
const SMALL: ControlLimits = { maxBytes: 96, maxDepth: 1, maxElements: 5 };
/** With a reason of three UTF-8 bytes a character. */
const REASONED: ControlLimits = { maxBytes: 96 + 3 * MAX_REASON, maxDepth: 1, maxElements: 7 };
/** Two numbers a Lease, ten bytes together as long as they are below 2^32. */
const LEASES: ControlLimits = {
  maxBytes: 96 + 10 * MAX_LEASES,
  maxDepth: 2,
  maxElements: 4 + 2 * MAX_LEASES,
};
const LIMITS: Readonly<Record<FarmMessage['type'], ControlLimits>> = {
  job: { maxBytes: MAX_SPEC_BYTES + 256 + 3 * MAX_REASON, maxDepth: 1, maxElements: 8 },
  pull: SMALL,
  grant: LEASES,
  revoke: LEASES,
  failure: REASONED,
  unfit: REASONED,
  release: SMALL,
  inputs: SMALL,
  refused: REASONED,
  cancel: SMALL,
  rejoin: SMALL,
};
export const FARM_MESSAGES = Object.keys(LIMITS) as readonly FarmMessage['type'][];

export function encodeMessage(message: FarmMessage): Uint8Array {
  return encodeControl(fieldsOf(message), LIMITS[message.type]);
}

function fieldsOf(message: FarmMessage): ControlValue {
  const { id } = message;
  switch (message.type) {
    case 'job': {
      const { kind, taskCount, spec, phase, reason } = message;
      return [id, kind, taskCount, spec, phase, reason?.slice(0, MAX_REASON) ?? null];
    }
    case 'pull':
      return [id, message.worker, message.isEmptyHanded];
    case 'release':
      return [id, message.worker];
    case 'grant':
    case 'revoke':
      return [id, message.worker, message.leases.flatMap(({ task, fence }) => [task, fence])];
    case 'failure': {
      const { worker, lease, reason } = message;
      return [id, worker, lease.task, lease.fence, reason.slice(0, MAX_REASON)];
    }
    case 'unfit':
      return [id, message.worker, message.reason.slice(0, MAX_REASON)];
    case 'inputs':
      return [id, message.receivedBytes, message.totalBytes];
    case 'refused':
      return [id, message.reason.slice(0, MAX_REASON)];
    case 'cancel':
    case 'rejoin':
      return [id];
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

export function decodeMessage(type: FarmMessage['type'], bytes: Uint8Array): FarmMessage | undefined {
  const { value: fields } = decodeControl(bytes, LIMITS[type]);
  if (!Array.isArray(fields)) return undefined;
  const [rawId, a, b, c, d, e]: unknown[] = fields;
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
      return isWorker(a) && typeof b === 'boolean' ? { type, id, worker: a, isEmptyHanded: b } : undefined;
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
    case 'rejoin':
      return { type, id };
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
