/**
 * A look into the mesh: its graph, one Node in detail, the frames as they pass, and switches that break things; or, beside the graph, the
 * messages of subjects, or the room's history.
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { LazyPart } from '../components/lazy-part.tsx';
import { SwitchNav } from '../components/switch-nav.tsx';
import { isDebugOpen } from '../state/debug.ts';
import { watchMesh } from './mesh-watch.ts';
import { MessageLog } from './message-log.tsx';
import { NodeDetails } from './node-details.tsx';
import { PANES, shownPane, shownView, VIEWS } from './panes.ts';
import { TopologyGraph } from './topology-graph.tsx';
import './debug.css';
import './log.css';
import './panes.css';

const loadRoom = async () => (await import('../room/dag-pane.tsx')).DagPane;
const loadMessages = async () => (await import('../messages/messages-panel.tsx')).MessagesPanel;

export function DebugPanel() {
  const { session } = useApp();
  const { node } = session;
  const watch = useMemo(() => watchMesh(node), [node]);
  useEffect(() => () => watch.stop(), [watch]);
  const selected = useSignal<NodeId>(node.id);
  // Once it is open it goes on, also while another pane is in front.
  const isMessagesOpen = useSignal(false);
  useSignalEffect(() => {
    if (shownPane.value === 'messages' || shownPane.value === 'room') shownView.value = shownPane.value;
    else if (shownPane.value !== 'graph') shownView.value = 'mesh';
  });
  useSignalEffect(() => {
    if (shownView.value === 'messages') isMessagesOpen.value = true;
  });
  const { members } = watch.view.value.snapshot;
  const shown = members.some((member) => member.id === selected.value) ? selected.value : node.id;

  return (
    <>
      <header class="debug-head">
        <h2 class="visually-hidden">Debug panel</h2>
        <SwitchNav name="Debug views" class="segmented debug-views" parts={VIEWS} shown={shownView} />
        <SwitchNav name="Debug panes" class="debug-tabs" parts={PANES} shown={shownPane} />
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
      <div class="debug-panes" data-pane={shownPane.value} data-view={shownView.value}>
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
        <section class="debug-pane" data-id="log" aria-label="Frame log">
          <MessageLog />
        </section>
        {isMessagesOpen.value && (
          <section class="debug-pane" data-id="messages" aria-label="Messages">
            <LazyPart
              name="the messages"
              load={loadMessages}
              onFailed={() => {
                shownPane.value = 'graph';
                shownView.value = 'mesh';
                isMessagesOpen.value = false;
              }}
            />
          </section>
        )}
        {shownView.value === 'room' && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
          <section class="debug-pane" data-id="room" aria-label="Room history" tabIndex={0}>
            <LazyPart
              name="the room's history"
              load={loadRoom}
              onFailed={() => {
                shownPane.value = 'graph';
                shownView.value = 'mesh';
              }}
            />
          </section>
        )}
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
