/** What the mesh knows beyond its Links: sessions, suspicions, and what others may cost us. */
import type { MeshSnapshot, SuspicionSnapshot } from '../../mesh/index.ts';
import { NodeChip } from '../components/node-chip.tsx';
import {
  formatBytes,
  formatDuration,
  formatLife,
  formatRtt,
  formatSince,
  percentOf,
} from '../state/format.ts';
import { DebugTable } from './debug-table.tsx';

export function LinkTable({ links }: Pick<MeshSnapshot, 'links'>) {
  return (
    <DebugTable
      caption="Links"
      none="none"
      head={['Node', 'Why', 'Round trip', 'In', 'Out']}
      rows={links.map((link) => ({
        key: link.peer,
        cells: [
          <NodeChip key="id" id={link.peer} />,
          <span key="why" class="folds">
            <span>{link.why}</span>
            {link.isTreeEdge && (
              <span class="tag" title="We push broadcasts over it">
                tree
              </span>
            )}
          </span>,
          formatRtt(link.rttMs),
          formatBytes(link.bytesIn),
          formatBytes(link.bytesOut),
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
      head={['Node', 'Session', 'Alive since', 'Path', 'Kept']}
      rows={sessions.map(({ peer, session, life, path, budgetBytes }) => ({
        key: peer,
        cells: [
          <NodeChip key="id" id={peer} />,
          session.toString(16).padStart(8, '0'),
          <span key="life" title={formatLife(life)}>
            {formatSince(life, Date.now())}
          </span>,
          path,
          formatBytes(budgetBytes),
        ],
      }))}
    />
  );
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
