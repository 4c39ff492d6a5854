/** The debug panel below everything, while it is open. */
import { isDebugOpen } from '../state/debug.ts';
import { LazyPart } from './lazy-part.tsx';

const load = async () => (await import('../debug/debug-panel.tsx')).DebugPanel;
const close = (): void => {
  isDebugOpen.value = false;
};

export function DebugDock() {
  if (!isDebugOpen.value) return null;
  return (
    <aside class="debug-dock" aria-label="Debug panel">
      <LazyPart name="the debug panel" load={load} onFailed={close} />
    </aside>
  );
}
