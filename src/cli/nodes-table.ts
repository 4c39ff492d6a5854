/** The members of a Network and what speaks for each, as rows for programs and as a table for people. */
import { deviceInfoOf } from '../farm/index.ts';
import type { Member, Mesh, NodeHealth, PathKind } from '../library/index.node.ts';
import type { LinkSnapshot, TableEntry } from '../mesh/index.ts';
import { type Column, inColumns } from './columns.ts';

/** As `--json` prints it; null is not known. */
export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly isSelf: boolean;
  /** 0 for ourselves, 1 for a neighbour. */
  readonly hops: number | null;
  readonly rttMs: number | null;
  /** 0..1 */
  readonly loss: number | null;
  /** Of our Link with it. */
  readonly path: PathKind | null;
  readonly health: NodeHealth;
  /** Since it was last heard, ms. */
  readonly heardMs: number | null;
  /** Who told us of it; itself when we have heard it. */
  readonly heardFrom: string | null;
}

export async function nodeRows(mesh: Mesh): Promise<readonly NodeRow[]> {
  const { members, links, table } = mesh.node.inspection.snapshot();
  const paths = new Map<string, PathKind | undefined>();
  await Promise.all(links.map(async ({ peer }) => paths.set(peer, await mesh.pathTo(peer))));
  return members.map((member) =>
    rowOf(
      member,
      links.find(({ peer }) => peer === member.id),
      table.find(({ id }) => id === member.id),
      paths.get(member.id),
    ),
  );
}

export function rowOf(
  member: Member,
  link: LinkSnapshot | undefined,
  entry: TableEntry | undefined,
  path: PathKind | undefined,
): NodeRow {
  const { id, attributes, isSelf, hops, health } = member;
  const rtt = link?.rttMs ?? entry?.rttMs ?? (isSelf ? undefined : member.rttMs);
  const loss = link?.loss ?? entry?.loss;
  const rounded = (value: number | undefined, digits: number): number | null =>
    value === undefined ? null : Number(value.toFixed(digits));
  return {
    id,
    name: deviceInfoOf(attributes).name,
    isSelf,
    hops: hops ?? null,
    rttMs: rounded(rtt, 1),
    loss: isSelf ? null : rounded(loss, 3),
    path: path ?? null,
    health,
    heardMs: isSelf ? null : rounded(entry?.lastProofMs, 0),
    heardFrom: entry?.heardFrom ?? null,
  };
}

const COLUMNS: readonly Column<NodeRow>[] = [
  { title: 'node', cell: ({ id }) => id.slice(0, 8) },
  { title: 'name', cell: ({ name, isSelf }) => (isSelf ? `${name} (this one)` : name) },
  { title: 'hops', cell: ({ hops }) => known(hops) },
  { title: 'rtt', cell: ({ rttMs }) => (rttMs === null ? '-' : `${rttMs} ms`) },
  { title: 'loss', cell: ({ loss }) => (loss === null ? '-' : `${Math.round(100 * loss)} %`) },
  { title: 'path', cell: ({ path }) => path ?? '-' },
  { title: 'health', cell: ({ health }) => health },
  {
    title: 'heard',
    cell: ({ heardMs }) => (heardMs === null ? '-' : `${(heardMs / 1000).toFixed(1)} s ago`),
  },
];

/** Lines of equal columns, without a line break at the end. */
export function nodesTable(rows: readonly NodeRow[]): string {
  return inColumns(COLUMNS, rows);
}

function known(value: number | null): string {
  return value === null ? '-' : String(value);
}
