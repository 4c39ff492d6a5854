/** A Job's log as the page shows it: of all devices or of one, with the names that are known, and as a text to copy. */
import { eventText, type ReadableLog, workText } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface LogRow {
  readonly atMs: number;
  readonly node: NodeId | undefined;
  /** Of the device; empty where it was nobody's doing. */
  readonly name: string;
  readonly text: string;
}

export interface LogDevice {
  readonly node: NodeId;
  readonly name: string;
  /** What it did; empty where it did nothing. */
  readonly work: string;
}

export interface LogView {
  readonly rows: readonly LogRow[];
  /** Events after the first that are no longer kept. */
  readonly omitted: number;
  /** Whoever the log names, those that did most first. */
  readonly devices: readonly LogDevice[];
}

/** @param nameOf what a device calls itself, while it is here */
export function logView(
  { events, omitted, work, names }: ReadableLog,
  nameOf: (node: NodeId) => string | undefined,
): LogView {
  const name = (node: NodeId): string => nameOf(node) || names.get(node) || `${node.slice(0, 4)} (gone)`;
  const did = new Map(work.map((one) => [one.node, workText(one)]));
  const nodes = new Set([...did.keys(), ...events.flatMap(({ node }) => node ?? [])]);
  return {
    rows: events.map((event) => ({
      ...{ atMs: event.atMs, node: event.node, text: eventText(event) },
      name: event.node === undefined ? '' : name(event.node),
    })),
    omitted,
    devices: [...nodes].map((node) => ({ node, name: name(node), work: did.get(node) ?? '' })),
  };
}

/** Only what has to do with that device, and what has to do with none. */
export function logOf({ rows, omitted, devices }: LogView, node: NodeId): LogView {
  return {
    rows: rows.filter((row) => row.node === node || row.node === undefined),
    omitted,
    devices: devices.filter((device) => device.node === node),
  };
}

/** `9:05:07`, by this machine's clock. */
export function clockTime(atMs: number): string {
  const date = new Date(atMs);
  return [date.getHours(), ...[date.getMinutes(), date.getSeconds()].map(two)].join(':');
}

/** `2026-11-26 9:05:07` */
export function dateTime(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(atMs)}`;
}

/** A line for each event, then one for each device that did something. */
export function logText(title: string, { rows, omitted, devices }: LogView): string {
  return [
    title,
    ...rows.map(({ atMs, name, text }) => `${dateTime(atMs)}  ${name === '' ? text : `${name} ${text}`}`),
    ...(omitted > 0 ? [`${omitted} more after the first are not kept`] : []),
    ...devices.flatMap(({ name, work }) => (work === '' ? [] : [`${name}: ${work}`])),
  ].join('\n');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
