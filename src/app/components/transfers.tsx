/** Who is still receiving the scene, and who does not help, and why. */
import type { JobProgress } from '../../render/job/index.ts';
import { formatBytes, percentOf, sentence } from '../state/format.ts';
import { NodeChip } from './node-chip.tsx';

export function Transfers({ helpers }: Pick<JobProgress, 'helpers'>) {
  return (
    <>
      <SceneTransfers transfers={helpers.filter(({ state }) => state === 'fetching')} />
      <NoHelp helpers={helpers.filter(({ state }) => state === 'blocked' || state === 'refused')} />
    </>
  );
}

function NoHelp({ helpers }: Pick<JobProgress, 'helpers'>) {
  if (helpers.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ul class="transfers" aria-label="Devices that do not help" role="list">
      {helpers.map(({ node, reason }) => (
        <li key={node}>
          <NodeChip id={node} />
          <span class="muted">does not help. {reason !== undefined && sentence(reason)}</span>
        </li>
      ))}
    </ul>
  );
}

function SceneTransfers({ transfers }: { readonly transfers: JobProgress['helpers'] }) {
  if (transfers.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ul class="transfers" aria-label="Scene transfers" role="list">
      {transfers.map(({ node, receivedBytes, totalBytes }) => (
        <li key={node}>
          <NodeChip id={node} />
          <span class="muted">
            receiving the scene: {formatBytes(receivedBytes)} of {formatBytes(totalBytes)}
          </span>
          <div class="bar">
            <i style={{ width: `${percentOf(receivedBytes, totalBytes)}%` }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
