/** A look into the mesh: its graph, one Node in detail, the messages as they pass, and switches that break things. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { SwitchNav } from '../components/switch-nav.tsx';
import { isDebugOpen } from '../state/debug.ts';
import { watchMesh } from './mesh-watch.ts';
import { MessageLog } from './message-log.tsx';
import { NodeDetails } from './node-details.tsx';
import { TopologyGraph } from './topology-graph.tsx';
import './debug.css';
import './log.css';
import './panes.css';

const PANES = [
  { id: 'graph', title: 'Topology' },
  { id: 'details', title: 'Node' },
  { id: 'log', title: 'Messages' },
] as const;

export function DebugPanel() {
  const { session } = useApp();
  const { node } = session;
  const watch = useMemo(() => watchMesh(node), [node]);
  useEffect(() => () => watch.stop(), [watch]);
  const selected = useSignal<NodeId>(node.id);
  const pane = useSignal<(typeof PANES)[number]['id']>('graph');
  const { members } = watch.view.value.snapshot;
  const shown = members.some((member) => member.id === selected.value) ? selected.value : node.id;

  return (
    <>
      <header class="debug-head">
        <h2>Mesh</h2>
        <SwitchNav name="Debug panes" class="debug-tabs" parts={PANES} shown={pane} />
        <PauseSending onChange={watch.refresh} />
        <button
          type="button"
          class="button quiet icon"
          aria-label="Close debug panel"
          onClick={() => {
            isDebugOpen.value = false;
          }}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="debug-panes" data-pane={pane.value}>
        <section class="debug-pane" data-id="graph" aria-label="Topology">
          <TopologyGraph
            view={watch.view}
            selected={shown}
            onSelect={(id) => {
              selected.value = id;
            }}
          />
        </section>
        {/* Another Node's details begin at the top. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it */}
        <section key={shown} class="debug-pane" data-id="details" aria-label="Node details" tabIndex={0}>
          <NodeDetails id={shown} view={watch.view} onChange={watch.refresh} />
        </section>
        <section class="debug-pane" data-id="log" aria-label="Message log">
          <MessageLog />
        </section>
      </div>
    </>
  );
}

function PauseSending({ onChange }: { readonly onChange: () => void }) {
  const { faults } = useApp().session.node.inspection;
  const isPaused = useSignal(faults.sendingPaused);
  return (
    <button
      type="button"
      class="button"
      role="switch"
      aria-checked={isPaused.value}
      data-danger={isPaused.value}
      title="While paused nothing leaves this Node, not even health datagrams: watch the others suspect it"
      onClick={() => {
        faults.setSendingPaused(!faults.sendingPaused);
        isPaused.value = faults.sendingPaused;
        onChange();
      }}
    >
      <span class="toggle" aria-hidden="true" />
      Pause sending
    </button>
  );
}
