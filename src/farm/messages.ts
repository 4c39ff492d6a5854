/**
 * What the farm says over the mesh to steer: msgpack arrays on the stream `farm`, each under the name of its type. Decoding holds
 * each type to a size of its own before anything is made of it, and checks every field: undefined means that it is not one of ours,
 * and the message is dropped. Results and parts have a form of their own (payload.ts).
 */

import type { NodeId } from '../wire/index.ts';
import {
  type ControlLimits,
  type ControlValue,
  decodeControl,
  encodeControl,
  isNodeId,
} from '../wire/index.ts';
import {
  type JobControl,
  type JobDescription,
  type JobId,
  type JobWish,
  type LeaseRef,
  type Liar,
  MAX_WORKERS,
} from './contract.ts';
import { MAX_PRIORITY, MAX_VERSION, PHASES } from './control.ts';
import { DESCRIPTION_LIMITS, descriptionFrom, isIntegerBelow, isJobId, MAX_TASKS } from './description.ts';
import { packedFrom, packU32 } from './packed.ts';
import { MAX_TERM } from './term.ts';
import type { CheckRef } from './trust/checks.ts';
import { MAX_LIARS } from './trust/liars.ts';
import { liarsFromFields, liarsToFields } from './trust/liars-codec.ts';

export const FARM = 'farm';

export interface Beat extends WorkReport {
  readonly type: 'beat';
  readonly id: JobId;
  /** Number of the sender's term: nobody speaks for another. */
  readonly term: number;
  readonly control: JobControl;
  readonly liars: readonly Liar[];
}

/** How the work stands, as its coordinator says. */
export interface WorkReport {
  readonly standby: NodeId | undefined;
  /** Some that have the inputs, the best first. */
  readonly holders: readonly NodeId[];
  readonly doneCost: number;
  readonly totalCost: number;
  /** Leases and checks given out now. */
  readonly inWork: number;
  /** Results that others have found right. */
  readonly checked: number;
}

/** About a worker of a Node; `term` is the term of the coordinator that is meant, or that speaks. */
interface AboutWorker {
  readonly id: JobId;
  readonly term: number;
  readonly worker: number;
}

export type FarmMessage =
  /** Coordinator to everyone, now and then and when something changes. */
  | Beat
  /** To a coordinator: are you there? `isNew`: and what is this Job? */
  | { readonly type: 'ask'; readonly id: JobId; readonly isNew: boolean }
  | { readonly type: 'description'; readonly id: JobId; readonly description: JobDescription }
  | { readonly type: 'wish'; readonly id: JobId; readonly wish: JobWish }
  /**
   * Worker to coordinator: give me work. `isEmptyHanded`: whatever you think I have of this Job, I have nothing. `held`: Tasks whose
   * results this Node has, of which it has not told you.
   */
  | (AboutWorker & { readonly type: 'pull'; readonly isEmptyHanded: boolean; readonly held: Uint32Array })
  /** Coordinator to worker; empty: wait. */
  | (AboutWorker & { readonly type: 'grant'; readonly leases: readonly LeaseRef[] })
  /** Coordinator to worker: do not begin these. */
  | (AboutWorker & { readonly type: 'revoke'; readonly leases: readonly LeaseRef[] })
  /** Coordinator to worker: do these pieces of Tasks, whose results others have brought. */
  | (AboutWorker & { readonly type: 'check'; readonly checks: readonly CheckRef[] })
  /** Coordinator to worker: you get no more of this Job. */
  | (AboutWorker & { readonly type: 'blocked'; readonly reason: string })
  /** Worker to coordinator: I could not do this Task. */
  | (AboutWorker & { readonly type: 'failure'; readonly lease: LeaseRef; readonly reason: string })
  /** Worker to coordinator: I can do nothing of this Job. */
  | (AboutWorker & { readonly type: 'unfit'; readonly reason: string })
  /** Worker to coordinator: I stop; what I have is yours again. */
  | (AboutWorker & { readonly type: 'release' })
  /** Node to coordinator: how far the inputs have come. */
  | {
      readonly type: 'inputs';
      readonly id: JobId;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  /** Node to coordinator: I do not take part. */
  | { readonly type: 'refused'; readonly id: JobId; readonly reason: string }
  /** Node to coordinator: I cannot keep the second copy. */
  | { readonly type: 'unable'; readonly id: JobId }
  /** Node to coordinator: what I have of the results, from part `first` on. */
  | { readonly type: 'versions'; readonly id: JobId; readonly first: number; readonly versions: Uint32Array }
  /** Coordinator to Node: send me these; none: I have all that you have, from part `first` on. */
  | { readonly type: 'want'; readonly id: JobId; readonly first: number; readonly parts: Uint32Array };

export const MAX_REASON = 500;
/** Tasks in one grant: a worker never has more at a time. */
export const MAX_LEASES = 2048;
/** Checks in one message. */
export const MAX_CHECKS = 256;
export const MAX_HOLDERS = 16;
/** Held results named in one pull. */
export const MAX_HELD = 1024;
/** Versions in one message; a store with more parts needs several. */
export const MAX_VERSIONS = 65_536;
export const MAX_WANTED = 256;

/** A few numbers and a Job's id. */
const SMALL: ControlLimits = { maxBytes: 96, maxDepth: 1, maxElements: 6 };
/** With a reason of three UTF-8 bytes a character. */
const REASONED: ControlLimits = { maxBytes: 96 + 3 * MAX_REASON, maxDepth: 1, maxElements: 8 };
/** With a list of 32-bit numbers as bytes. */
const packed = (count: number): ControlLimits => ({ maxBytes: 96 + 4 * count, maxDepth: 1, maxElements: 7 });
const LEASES = packed(2 * MAX_LEASES);
const NODE_BYTES = 40;
const LIMITS: Readonly<Record<FarmMessage['type'], ControlLimits>> = {
  beat: {
    maxBytes: 176 + 3 * MAX_REASON + NODE_BYTES * (MAX_HOLDERS + 1) + (NODE_BYTES + 9) * MAX_LIARS,
    maxDepth: 2,
    maxElements: 15 + MAX_HOLDERS + 2 * MAX_LIARS,
  },
  ask: SMALL,
  description: { ...DESCRIPTION_LIMITS, maxBytes: DESCRIPTION_LIMITS.maxBytes + 40, maxElements: 8 },
  wish: SMALL,
  pull: packed(MAX_HELD),
  grant: LEASES,
  revoke: LEASES,
  check: packed(4 * MAX_CHECKS),
  blocked: REASONED,
  failure: REASONED,
  unfit: REASONED,
  release: SMALL,
  inputs: SMALL,
  refused: REASONED,
  unable: SMALL,
  versions: packed(MAX_VERSIONS),
  want: packed(MAX_WANTED),
};
export const FARM_MESSAGES = Object.keys(LIMITS) as readonly FarmMessage['type'][];

/** What is said of a failure is for people: its beginning is enough. */
export const shortReason = (reason: string): string => reason.slice(0, MAX_REASON);

export function encodeMessage(message: FarmMessage): Uint8Array {
  return encodeControl([message.id, ...fieldsOf(message)], LIMITS[message.type]);
}

function fieldsOf(message: FarmMessage): readonly ControlValue[] {
  switch (message.type) {
    case 'beat': {
      const { term, control, standby, holders, doneCost, totalCost, inWork, checked, liars } = message;
      const { version, phase, reason, priority } = control;
      const said = reason === undefined ? null : shortReason(reason);
      return [
        ...[term, version, phase, said, priority, standby ?? null, holders, doneCost, totalCost, inWork],
        ...[checked, liarsToFields(liars)],
      ];
    }
    case 'ask':
      return [message.isNew];
    case 'description': {
      const { kind, title, taskCount, spec, submitter, submittedAtMs } = message.description;
      return [kind, title, taskCount, spec, submitter, submittedAtMs];
    }
    case 'wish': {
      const { wish } = message;
      return wish.type === 'priority' ? [wish.type, wish.priority] : [wish.type];
    }
    case 'pull':
      return [message.term, message.worker, message.isEmptyHanded, packU32(message.held)];
    case 'grant':
    case 'revoke':
      return [
        message.term,
        message.worker,
        packU32(message.leases.flatMap(({ task, fence }) => [task, fence])),
      ];
    case 'check': {
      const flat = message.checks.flatMap(({ task, fence, range }) => [
        task,
        fence,
        range.first,
        range.count,
      ]);
      return [message.term, message.worker, packU32(flat)];
    }
    case 'failure': {
      const { term, worker, lease, reason } = message;
      return [term, worker, lease.task, lease.fence, shortReason(reason)];
    }
    case 'blocked':
    case 'unfit':
      return [message.term, message.worker, shortReason(message.reason)];
    case 'release':
      return [message.term, message.worker];
    case 'inputs':
      return [message.receivedBytes, message.totalBytes];
    case 'refused':
      return [shortReason(message.reason)];
    case 'unable':
      return [];
    case 'versions':
      return [message.first, packU32(message.versions)];
    case 'want':
      return [message.first, packU32(message.parts)];
  }
}

const isCost = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isReason = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_REASON;
const isNode = (value: unknown): value is NodeId => typeof value === 'string' && isNodeId(value);
const isCount = (value: unknown): value is number => isIntegerBelow(value, Number.MAX_SAFE_INTEGER);

export function decodeMessage(type: FarmMessage['type'], bytes: Uint8Array): FarmMessage | undefined {
  const { value } = decodeControl(bytes, LIMITS[type]);
  if (!Array.isArray(value)) return undefined;
  const [id, ...fields]: readonly unknown[] = value;
  if (!isJobId(id)) return undefined;
  const [a, b] = fields;
  switch (type) {
    case 'beat':
      return beatFrom(id, fields);
    case 'ask':
      return typeof a === 'boolean' ? { type, id, isNew: a } : undefined;
    case 'description': {
      const description = descriptionFrom(fields);
      return description?.id === id ? { type, id, description } : undefined;
    }
    case 'wish': {
      const wish = wishFrom(a, b);
      return wish && { type, id, wish };
    }
    case 'inputs':
      return isCount(a) && isCount(b) ? { type, id, receivedBytes: a, totalBytes: b } : undefined;
    case 'refused':
      return isReason(a) ? { type, id, reason: a } : undefined;
    case 'unable':
      return { type, id };
    case 'versions': {
      const versions = packedFrom(b, MAX_VERSIONS);
      return isIntegerBelow(a, MAX_TASKS) && versions ? { type, id, first: a, versions } : undefined;
    }
    case 'want': {
      const parts = packedFrom(b, MAX_WANTED);
      return isIntegerBelow(a, MAX_TASKS) && parts ? { type, id, first: a, parts } : undefined;
    }
    default:
      return aboutWorkerFrom(type, id, fields);
  }
}

function beatFrom(id: JobId, fields: readonly unknown[]): Beat | undefined {
  const [term, version, rawPhase, said, priority, node, nodes, doneCost, totalCost, inWork, checked] = fields;
  const phase = PHASES.find((one) => one === rawPhase);
  if (!isIntegerBelow(term, MAX_TERM) || !isIntegerBelow(version, MAX_VERSION) || !phase) return undefined;
  if (!(said === null || isReason(said)) || !isIntegerBelow(priority, MAX_PRIORITY + 1)) return undefined;
  if (!(node === null || isNode(node)) || !Array.isArray(nodes)) return undefined;
  const holders: readonly unknown[] = nodes;
  if (holders.length > MAX_HOLDERS || !holders.every(isNode)) return undefined;
  if (!isCost(doneCost) || !isCost(totalCost) || !isCount(inWork) || !isCount(checked)) return undefined;
  const liars = liarsFromFields(fields[11]);
  if (!liars) return undefined;
  const control = { version, phase, reason: said ?? undefined, priority };
  return {
    ...{ type: 'beat', id, term, control, standby: node ?? undefined, holders },
    ...{ doneCost, totalCost, inWork, checked, liars },
  };
}

function wishFrom(type: unknown, priority: unknown): JobWish | undefined {
  switch (type) {
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'requeue':
      return { type };
    case 'priority':
      return isIntegerBelow(priority, MAX_PRIORITY + 1) ? { type, priority } : undefined;
    default:
      return undefined;
  }
}

type AboutWorkerType = (FarmMessage & AboutWorker)['type'];

function aboutWorkerFrom(
  type: AboutWorkerType,
  id: JobId,
  [term, worker, a, b, c]: readonly unknown[],
): FarmMessage | undefined {
  if (!isIntegerBelow(term, MAX_TERM) || !isIntegerBelow(worker, MAX_WORKERS)) return undefined;
  const about = { id, term, worker };
  switch (type) {
    case 'pull': {
      const held = packedFrom(b, MAX_HELD);
      return typeof a === 'boolean' && held ? { type, ...about, isEmptyHanded: a, held } : undefined;
    }
    case 'grant':
    case 'revoke': {
      const leases = leasesFrom(a);
      return leases && { type, ...about, leases };
    }
    case 'check': {
      const checks = checksFrom(a);
      return checks && { type, ...about, checks };
    }
    case 'failure':
      if (!isIntegerBelow(a, MAX_TASKS) || !isIntegerBelow(b, MAX_TASKS) || !isReason(c)) return undefined;
      return { type, ...about, lease: { task: a, fence: b }, reason: c };
    case 'blocked':
    case 'unfit':
      return isReason(a) ? { type, ...about, reason: a } : undefined;
    case 'release':
      return { type, ...about };
  }
}

function checksFrom(field: unknown): readonly CheckRef[] | undefined {
  const flat = packedFrom(field, 4 * MAX_CHECKS);
  if (!flat || flat.length % 4 !== 0) return undefined;
  const checks: CheckRef[] = [];
  for (let i = 0; i < flat.length; i += 4) {
    const [task = 0, fence = 0, first = 0, count = 0] = flat.subarray(i, i + 4);
    checks.push({ task, fence, range: { first, count } });
  }
  return checks;
}

function leasesFrom(field: unknown): readonly LeaseRef[] | undefined {
  const flat = packedFrom(field, 2 * MAX_LEASES);
  if (!flat || flat.length % 2 !== 0) return undefined;
  const leases: LeaseRef[] = [];
  for (let i = 0; i < flat.length; i += 2) leases.push({ task: flat[i] ?? 0, fence: flat[i + 1] ?? 0 });
  return leases;
}
