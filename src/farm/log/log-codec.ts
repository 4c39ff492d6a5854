/** A Job's log as bytes: as it travels when somebody asks for it, and as it lies in the Job's record on the disk. */
import { type ControlLimits, decodeControl, encodeControl, isNodeId, type NodeId } from '../../wire/index.ts';
import type { JobEvent, JobEventKind, LogSection, NodeWork } from '../contract.ts';
import { isIntegerBelow, MAX_WALL_MS } from '../description.ts';
import { cleanDeviceName } from '../device-info.ts';
import { oneLine } from '../one-line.ts';
import { MAX_TERM } from '../term.ts';
import { MAX_DETAIL, MAX_EVENTS, MAX_NAME, MAX_SECTIONS, MAX_WORKING } from './job-log.ts';

/** By number on the wire: new ones come last. */
const KINDS: readonly JobEventKind[] = [
  ...([
    'submitted',
    'led',
    'paused',
    'resumed',
    'requeued',
    'cancelled',
    'priority',
    'done',
    'failed',
  ] as const),
  ...(['joined', 'failure', 'expired', 'blocked', 'refused', 'wrong', 'left'] as const),
];

const SECTION_FIELDS = 6;
const EVENT_FIELDS = 4;
const WORK_FIELDS = 5;
const NODE_BYTES = 38;
const NUMBER_BYTES = 9;
const EVENT_BYTES = NUMBER_BYTES + 1 + NODE_BYTES + 3 + 3 * MAX_DETAIL;
const WORK_BYTES = NODE_BYTES + 3 + 3 * MAX_NAME + 3 * NUMBER_BYTES;
const SECTION_BYTES = 3 * NUMBER_BYTES + NODE_BYTES + 16 + MAX_WORKING * WORK_BYTES;

export const MAX_LOG_BYTES = MAX_SECTIONS * SECTION_BYTES + MAX_EVENTS * EVENT_BYTES;
const LIMITS: ControlLimits = {
  maxBytes: MAX_LOG_BYTES,
  maxDepth: 3,
  maxElements:
    MAX_SECTIONS * (1 + SECTION_FIELDS + WORK_FIELDS * MAX_WORKING) + EVENT_FIELDS * MAX_EVENTS + 1,
};

/** As a JobLog keeps it: within its bounds. */
export function encodeLog(sections: readonly LogSection[]): Uint8Array {
  return encodeControl(
    sections.map(({ term, version, omitted, events, work }) => [
      ...[term.number, term.node, version, omitted],
      events.flatMap(({ atMs, kind, node, detail }) => [
        atMs,
        KINDS.indexOf(kind),
        node ?? null,
        detail ?? null,
      ]),
      work.flatMap(({ node, name, tasks, failures, expired }) => [node, name, tasks, failures, expired]),
    ]),
    LIMITS,
  );
}

/** Undefined for what is no log. */
export function decodeLog(bytes: Uint8Array): readonly LogSection[] | undefined {
  const { value } = decodeControl(bytes, LIMITS);
  if (!Array.isArray(value) || value.length > MAX_SECTIONS) return undefined;
  const sections: LogSection[] = [];
  for (const one of value) {
    const section = sectionFrom(one);
    if (!section) return undefined;
    sections.push(section);
  }
  const events = sections.reduce((sum, section) => sum + section.events.length, 0);
  return events <= MAX_EVENTS ? sections : undefined;
}

function sectionFrom(value: unknown): LogSection | undefined {
  if (!Array.isArray(value)) return undefined;
  const [number, node, version, omitted, rawEvents, rawWork]: readonly unknown[] = value;
  if (!isIntegerBelow(number, MAX_TERM) || !isNode(node) || !isCount(version) || !isCount(omitted))
    return undefined;
  const events = listFrom(rawEvents, EVENT_FIELDS, MAX_EVENTS, eventFrom);
  const work = listFrom(rawWork, WORK_FIELDS, MAX_WORKING, workFrom);
  return events && work && { term: { number, node }, version, omitted, events, work };
}

/** A flat list of so many fields each. */
function listFrom<T>(
  field: unknown,
  width: number,
  most: number,
  one: (fields: readonly unknown[]) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(field) || field.length % width !== 0 || field.length > width * most) return undefined;
  const list: T[] = [];
  for (let at = 0; at < field.length; at += width) {
    const read = one(field.slice(at, at + width));
    if (read === undefined) return undefined;
    list.push(read);
  }
  return list;
}

function eventFrom([atMs, rawKind, node, detail]: readonly unknown[]): JobEvent | undefined {
  const kind = typeof rawKind === 'number' ? KINDS[rawKind] : undefined;
  if (!isIntegerBelow(atMs, MAX_WALL_MS) || !kind || !(node === null || isNode(node))) return undefined;
  if (!(detail === null || isText(detail, MAX_DETAIL))) return undefined;
  return { atMs, kind, node: node ?? undefined, detail: detail === null ? undefined : oneLine(detail) };
}

function workFrom([node, name, tasks, failures, expired]: readonly unknown[]): NodeWork | undefined {
  if (!isNode(node) || !isText(name, MAX_NAME)) return undefined;
  if (!isCount(tasks) || !isCount(failures) || !isCount(expired)) return undefined;
  return { node, name: cleanDeviceName(name), tasks, failures, expired };
}

const isNode = (value: unknown): value is NodeId => typeof value === 'string' && isNodeId(value);
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most;
const isCount = (value: unknown): value is number => isIntegerBelow(value, Number.MAX_SAFE_INTEGER);
