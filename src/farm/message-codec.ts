/**
 * Farm messages as bytes: msgpack arrays on the stream `farm`, each under the name of its type. Decoding holds each type to a size of its
 * own before anything is made of it, and checks every field: undefined means that it is not one of ours, and the message is dropped.
 */
import {
  type ControlLimits,
  type ControlValue,
  decodeControl,
  encodeControl,
  isNodeId,
  type NodeId,
} from '../wire/index.ts';
import { type JobId, type JobWish, type LeaseRef, MAX_WORKERS } from './contract.ts';
import { MAX_PRIORITY, MAX_VERSION, PHASES } from './control.ts';
import { DESCRIPTION_LIMITS, descriptionFrom, isIntegerBelow, isJobId, MAX_TASKS } from './description.ts';
import { decodeLog, encodeLog, MAX_LOG_BYTES } from './log/log-codec.ts';
import {
  type AboutWorker,
  type Beat,
  type FarmMessage,
  MAX_CHECKS,
  MAX_HELD,
  MAX_HOLDERS,
  MAX_LEASES,
  MAX_REASON,
  MAX_VERSIONS,
  MAX_WANTED,
  shortReason,
} from './messages.ts';
import { oneLine } from './one-line.ts';
import { packedFrom, packU32 } from './packed.ts';
import { MAX_TERM } from './term.ts';
import type { CheckRef } from './trust/checks.ts';
import { MAX_LIARS } from './trust/liars.ts';
import { liarsFromFields, liarsToFields } from './trust/liars-codec.ts';

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
  'ask-log': SMALL,
  log: { maxBytes: MAX_LOG_BYTES + 48, maxDepth: 1, maxElements: 3 },
};
export const FARM_MESSAGES = Object.keys(LIMITS) as readonly FarmMessage['type'][];

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
    case 'ask-log':
      return [message.known ?? null];
    case 'log':
      return [encodeLog(message.sections)];
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
      return isReason(a) ? { type, id, reason: oneLine(a) } : undefined;
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
    case 'ask-log':
      return a === null || isCount(a) ? { type, id, known: a ?? undefined } : undefined;
    case 'log': {
      const sections = a instanceof Uint8Array ? decodeLog(a) : undefined;
      return sections && { type, id, sections };
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
  const control = { version, phase, reason: said === null ? undefined : oneLine(said), priority };
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
      return { type, ...about, lease: { task: a, fence: b }, reason: oneLine(c) };
    case 'blocked':
    case 'unfit':
      return isReason(a) ? { type, ...about, reason: oneLine(a) } : undefined;
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
