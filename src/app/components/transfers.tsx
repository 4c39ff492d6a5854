/** Who is still receiving the scene. */
import type { JobProgress } from '../../render/job/index.ts';
import { formatBytes, percentOf } from '../state/format.ts';
import { NodeChip } from './node-chip.tsx';

export function Transfers({ transfers }: { readonly transfers: JobProgress['transfers'] }) {
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
