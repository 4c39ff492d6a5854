/** Loads the debug panel when it is first opened: nobody else pays for it. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { isDebugOpen } from '../state/debug.ts';
import { useApp } from './app-context.ts';

export function DebugDock() {
  const { notices } = useApp();
  const panel = useSignal<ComponentType | undefined>(undefined);
  const isOpen = isDebugOpen.value;
  useEffect(() => {
    if (!isOpen || panel.value) return;
    import('../debug/debug-panel.tsx').then(
      ({ DebugPanel }) => {
        panel.value = DebugPanel;
      },
      (error: unknown) => {
        isDebugOpen.value = false;
        notices.add('error', 'page', 'The debug panel could not be loaded', [messageOf(error)]);
      },
    );
  }, [isOpen, panel, notices]);
  if (!isOpen) return null;
  const Content = panel.value;
  return (
    <aside class="debug-dock" aria-label="Debug panel">
      {Content ? <Content /> : <p class="muted debug-loading">Loading the debug panel …</p>}
    </aside>
  );
}
