/** Who is still receiving the scene, who does not help, and why, and whose results were wrong. */
import type { JobProgress, RenderJob } from '../../render/job/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { formatSamples, percentOf, sentence } from '../state/format.ts';
import { receiving, transferText } from '../state/transfer-text.ts';
import { useApp } from './app-context.ts';
import { NodeChip } from './node-chip.tsx';

type Liars = RenderJob['liars'];

interface Props extends Pick<JobProgress, 'helpers'> {
  readonly liars: Liars;
  readonly isRunning: boolean;
}

export function Transfers({ helpers, liars, isRunning }: Props) {
  const isLiar = (id: NodeId): boolean => liars.some(({ node }) => node === id);
  return (
    <>
      <SceneTransfers transfers={receiving(helpers, isRunning)} />
      <NoHelp
        helpers={helpers.filter(
          ({ node, state }) => (state === 'blocked' || state === 'refused') && !isLiar(node),
        )}
      />
      <WrongResults liars={liars} />
    </>
  );
}

function WrongResults({ liars }: { readonly liars: Liars }) {
  const { nameOf, session } = useApp();
  if (liars.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ul class="transfers" aria-label="Devices whose results were wrong" role="list">
      {liars.map(({ node, withdrawnCost }) => (
        <li key={node}>
          <NodeChip id={node} />
          <span class="muted">
            {node === session.node.id ? 'This device' : (nameOf(node) ?? 'A device that left')} rendered
            something else than the others, and gets no more of this render.{' '}
            {withdrawnCost > 0 && `${formatSamples(withdrawnCost)} were rendered again.`}
          </span>
        </li>
      ))}
    </ul>
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
          <span class="muted">{transferText(receivedBytes, totalBytes)}</span>
          <div class="bar">
            <i style={{ width: `${percentOf(receivedBytes, totalBytes)}%` }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
