/** Who rendered how much: one bar, and a legend with names, for colours alone say nothing. */
import type { NodeShare } from '../../render/job/index.ts';
import { formatSampleRate } from '../state/format.ts';
import { shareSlices } from '../state/shares.ts';
import { useApp } from './app-context.ts';
import { NodeChip, nodeStyle } from './node-chip.tsx';

export function Shares({ shares }: { readonly shares: readonly NodeShare[] }) {
  const { colours } = useApp();
  const slices = shareSlices(shares);
  if (slices.length === 0) return null;
  return (
    <div class="shares">
      <div class="shares-bar" aria-hidden="true">
        {slices.map(({ node, fraction }) => (
          <i key={node} style={{ ...nodeStyle(colours.of(node)), width: `${100 * fraction}%` }} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ul aria-label="Shares" role="list">
        {slices.map(({ node, deviceName, percent, samplesPerSecond }) => (
          <li key={node} title={formatSampleRate(samplesPerSecond)}>
            <NodeChip id={node} />
            <span class="ellipsis">{deviceName}</span>
            <strong>{percent} %</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
