/** The Jobs of a Network, as rows for programs and as a table for people. */
import { deviceInfoOf, type JobPhase, type JobView } from '../farm/index.ts';
import type { Member, NodeId } from '../library/index.node.ts';
import { type Column, inColumns } from './columns.ts';
import { SHORT_ID, shareDone } from './job-text.ts';
import { percent } from './numbers.ts';
import { printableLine } from './printable.ts';

/** As `--json` prints it; null is nobody, or nothing. */
export interface JobRow {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly phase: JobPhase;
  /** Why it is paused, or ended without a result. */
  readonly reason: string | null;
  /** 0..1 */
  readonly done: number;
  /** 0 to 4; 2 is normal. */
  readonly priority: number;
  /** The Node that coordinates it; null while nobody in reach does. */
  readonly coordinator: string | null;
  readonly coordinatorName: string | null;
  /** The Node that keeps the second copy. */
  readonly standby: string | null;
  readonly standbyName: string | null;
  /** Results of which others have found, this coordinator says, that they are right. */
  readonly checked: number;
  /** Whose results were wrong; `withdrawn`: what was taken back because of it, 1 being the whole job. */
  readonly liars: readonly {
    readonly node: string;
    readonly name: string | null;
    readonly withdrawn: number;
  }[];
  /** ISO 8601, by the clock of who asked for it. */
  readonly submittedAt: string;
}

/** Beyond it a date is no date; in ms. */
const MAX_TIME = 8.64e15;

/** Newest first. */
export function jobRows(jobs: readonly JobView[], members: readonly Member[]): readonly JobRow[] {
  const nameOf = (node: NodeId | undefined): string | null =>
    node === undefined ? null : deviceInfoOf(members.find(({ id }) => id === node)?.attributes ?? {}).name;
  return jobs
    .toSorted((a, b) => b.description.submittedAtMs - a.description.submittedAtMs)
    .map((job) => {
      const { description, control, standby, isAttended, term, checked, totalCost } = job;
      const liars = job.liars.map(({ node, withdrawnCost }) => ({
        ...{ node, name: nameOf(node) },
        withdrawn: totalCost > 0 ? Number((withdrawnCost / totalCost).toFixed(4)) : 0,
      }));
      const { id, title, kind, submittedAtMs } = description;
      const { phase, reason, priority } = control;
      const coordinator = isAttended ? term.node : undefined;
      return {
        ...{
          id,
          title: printableLine(title),
          kind,
          phase,
          reason: reason === undefined ? null : printableLine(reason),
          done: shareDone(job),
          priority,
        },
        ...{ coordinator: coordinator ?? null, coordinatorName: nameOf(coordinator) },
        ...{ standby: standby ?? null, standbyName: nameOf(standby) },
        ...{ checked, liars },
        submittedAt: new Date(Math.min(submittedAtMs, MAX_TIME)).toISOString(),
      };
    });
}

const COLUMNS: readonly Column<JobRow>[] = [
  { title: 'job', cell: ({ id }) => id.slice(0, SHORT_ID) },
  { title: 'title', cell: ({ title }) => title },
  { title: 'state', cell: stateOf },
  { title: 'done', cell: ({ done }) => percent(done) },
  { title: 'priority', cell: ({ priority }) => String(priority) },
  { title: 'led by', cell: ({ coordinatorName }) => coordinatorName ?? '-' },
  { title: 'second copy', cell: ({ standbyName }) => standbyName ?? '-' },
];

/** Lines of equal columns, without a line break at the end. */
export function jobsTable(rows: readonly JobRow[]): string {
  return rows.length === 0 ? 'nobody in the network knows of any job' : inColumns(COLUMNS, rows);
}

function stateOf({ phase, reason, coordinator }: JobRow): string {
  if (phase === 'running' && coordinator === null) return 'waits for somebody to lead it';
  return reason === null || phase === 'cancelled' ? phase : `${phase}: ${reason}`;
}
