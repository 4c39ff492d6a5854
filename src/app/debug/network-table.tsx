/** The network table of a Node: whom it knows, who told it so, and what speaks for each. Another Node has to be asked. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TableEntry } from '../../mesh/index.ts';
import { messageOf } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { formatDuration, formatRtt, sentence } from '../state/format.ts';
import { nodeTag } from '../state/node-colours.ts';
import { DebugTable } from './debug-table.tsx';

interface Props {
  readonly id: NodeId;
  readonly isSelf: boolean;
  /** Our own. */
  readonly own: readonly TableEntry[];
}

export function NetworkTable({ id, isSelf, own }: Props) {
  return isSelf ? <Table caption="Network table" entries={own} /> : <AskedTable key={id} id={id} />;
}

function AskedTable({ id }: { readonly id: NodeId }) {
  const { inspection } = useApp().session.node;
  const answer = useSignal<readonly TableEntry[] | string | undefined>(undefined);
  const asking = useSignal<AbortController | undefined>(undefined);
  useEffect(() => () => asking.value?.abort(), [asking]);
  const ask = async (): Promise<void> => {
    const abort = new AbortController();
    asking.value = abort;
    try {
      answer.value = await inspection.table(id, { signal: abort.signal });
    } catch (error) {
      if (!abort.signal.aborted) answer.value = sentence(messageOf(error));
    }
    asking.value = undefined;
  };
  return (
    <>
      <p class="switches">
        <button
          type="button"
          class="button small"
          disabled={asking.value !== undefined}
          title="Asks this Node whom it has heard itself in the last minute"
          onClick={() => void ask()}
        >
          {asking.value ? 'Asking …' : 'Ask for its network table'}
        </button>
      </p>
      <div aria-live="polite">
        {typeof answer.value === 'string' && <p class="field-error">{answer.value}</p>}
        {typeof answer.value === 'object' && (
          <Table caption={`Network table of ${nodeTag(id)}`} entries={answer.value} />
        )}
      </div>
    </>
  );
}

function Table({ caption, entries }: { readonly caption: string; readonly entries: readonly TableEntry[] }) {
  return (
    <DebugTable
      caption={caption}
      none="it knows of nobody"
      head={['Node', 'Told by', 'Last heard', 'Round trip', 'Loss']}
      rows={entries.map(({ id, heardFrom, lastProofMs, rttMs, loss }) => ({
        key: id,
        cells: [
          <NodeChip key="id" id={id} />,
          heardFrom === id ? 'itself' : <NodeChip key="from" id={heardFrom} />,
          lastProofMs === undefined ? 'never' : `${formatDuration(lastProofMs / 1000)} ago`,
          formatRtt(rttMs),
          loss === undefined ? '–' : `${Math.round(100 * loss)} %`,
        ],
      }))}
    />
  );
}
