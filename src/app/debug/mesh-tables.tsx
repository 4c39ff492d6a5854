/** What the mesh knows beyond its Links: sessions, suspicions, and what others may cost us. */
import type { MeshSnapshot, SuspicionSnapshot } from '../../mesh/index.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { formatBytes, formatDuration, formatRtt, percentOf } from '../state/format.ts';
import { DebugTable } from './debug-table.tsx';

export function LinkTable({ links }: Pick<MeshSnapshot, 'links'>) {
  return (
    <DebugTable
      caption="Links"
      none="none"
      head={['Node', 'Why', 'Tree', 'Round trip', 'In', 'Out', 'Queued']}
      rows={links.map((link) => ({
        key: link.peer,
        cells: [
          <NodeChip key="id" id={link.peer} />,
          link.why,
          link.isTreeEdge ? 'yes' : 'no',
          formatRtt(link.rttMs),
          formatBytes(link.bytesIn),
          formatBytes(link.bytesOut),
          formatBytes(link.queuedBytes),
        ],
      }))}
    />
  );
}

export function SessionTable({ sessions }: Pick<MeshSnapshot, 'sessions'>) {
  return (
    <DebugTable
      caption="Sessions"
      none="none"
      head={['Node', 'Session', 'Life', 'Path', 'Kept for it']}
      rows={sessions.map(({ peer, session, life, path, budgetBytes }) => ({
        key: peer,
        cells: [
          <NodeChip key="id" id={peer} />,
          session.toString(16).padStart(8, '0'),
          formatLife(life),
          path,
          formatBytes(budgetBytes),
        ],
      }))}
    />
  );
}

/** A life is the wall time at its start where it is one of ours; any growing number will do for others. */
export function formatLife(life: number): string {
  const isTime = life > Date.UTC(2020, 0) && life < Date.UTC(2100, 0);
  return isTime ? new Date(life).toISOString().slice(0, 19).replace('T', ' ') : String(life);
}

export function SuspicionTable({ suspicions }: Pick<MeshSnapshot, 'suspicions'>) {
  return (
    <DebugTable
      caption="Suspected"
      none="nobody"
      head={['Node', 'Not heard by', 'Called dead in']}
      rows={suspicions.map((suspicion) => ({
        key: suspicion.id,
        cells: [
          <NodeChip key="id" id={suspicion.id} />,
          <Witnesses key="witnesses" suspicion={suspicion} />,
          formatDuration(suspicion.leftMs / 1000),
        ],
      }))}
    />
  );
}

export function Witnesses({ suspicion }: { readonly suspicion: SuspicionSnapshot }) {
  if (suspicion.witnesses.length === 0) return <>nobody says so yet</>;
  return (
    <span class="chips">
      {suspicion.witnesses.map((id) => (
        <NodeChip key={id} id={id} />
      ))}
    </span>
  );
}

/** What is kept because of others, against what may be. */
export function MemoryMeter({ memory, sessions }: Pick<MeshSnapshot, 'memory' | 'sessions'>) {
  const { usedBytes, limitBytes, peerLimitBytes } = memory;
  const most = sessions.reduce((least, { budgetBytes }) => Math.max(least, budgetBytes), 0);
  return (
    <dl class="facts">
      <Use name="For all" used={usedBytes} limit={limitBytes} />
      <Use name="Most for one" used={most} limit={peerLimitBytes} />
    </dl>
  );
}

function Use({
  name,
  used,
  limit,
}: {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}) {
  const text = `${formatBytes(used)} of ${formatBytes(limit)}`;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text}
        <meter aria-label={`${name}: ${text}`} min={0} max={100} value={percentOf(used, limit)} />
      </dd>
    </div>
  );
}
