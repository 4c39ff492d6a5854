/** A Job's log for the terminal: a line for each thing that happened, a table of what each device did; or a record for programs. */
import { eventText, type JobEvent, type NodeWork, type ReadableLog } from '../farm/index.ts';
import { type Column, inColumns } from './columns.ts';
import { jobName, SHORT_ID } from './job-text.ts';
import { counted } from './numbers.ts';
import { printableLine } from './printable.ts';

/** What a member calls itself now; undefined of whoever is not there. */
export type NameOf = (node: string) => string | undefined;

interface Named {
  readonly id: string;
  readonly title: string;
}

/** Lines without a line break at the end; times by this machine's clock. */
export function logLines(job: Named, log: ReadableLog, nameOf: NameOf): string {
  const names = namesIn(log, nameOf);
  const who = (node: string | undefined): string =>
    node === undefined ? '' : (names(node) ?? node.slice(0, SHORT_ID));
  const events: readonly Column<JobEvent>[] = [
    { title: 'time', cell: ({ atMs }) => localTime(new Date(atMs)) },
    { title: 'device', cell: ({ node }) => who(node) },
    { title: jobName(job), cell: (event) => printableLine(eventText(event)) },
  ];
  const work: readonly Column<NodeWork>[] = [
    { title: 'device', cell: ({ node }) => who(node) },
    { title: 'tasks', cell: ({ tasks }) => String(tasks) },
    { title: 'failed', cell: ({ failures }) => String(failures) },
    { title: 'not in time', cell: ({ expired }) => String(expired) },
  ];
  return [
    inColumns(events, log.events),
    ...(log.omitted > 0 ? [`${counted(log.omitted, 'event')} after the first are not kept`] : []),
    ...(log.work.length > 0 ? ['', inColumns(work, log.work)] : []),
  ].join('\n');
}

export function logRecord(
  { id, title }: Named,
  { events, omitted, work, names: then }: ReadableLog,
  nameOf: NameOf,
): object {
  const names = namesIn({ names: then }, nameOf);
  return {
    job: id,
    title: printableLine(title),
    events: events.map(({ atMs, kind, node, detail }) => ({
      at: new Date(atMs).toISOString(),
      kind,
      node: node ?? null,
      name: (node !== undefined && names(node)) || null,
      detail: detail === undefined ? null : printableLine(detail),
    })),
    omitted,
    work: work.map(({ name, ...did }) => ({ ...did, name: names(did.node) ?? null })),
  };
}

/** What it calls itself, or was called when the log was written. */
function namesIn({ names }: Pick<ReadableLog, 'names'>, nameOf: NameOf): NameOf {
  const then = new Map<string, string>(names);
  return (node) => {
    const name = nameOf(node) ?? then.get(node);
    return name ? printableLine(name) : undefined;
  };
}

/** `2026-11-26 14:02:11`, for people. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
