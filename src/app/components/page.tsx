/** The whole page: header, the stage, the panel beside it, and what lies above them. */
import type { App } from '../state/app.ts';
import { AppContext } from './app-context.ts';
import { ComputeStage } from './compute-stage.tsx';
import { DebugDock } from './debug-dock.tsx';
import { DropZone } from './drop-zone.tsx';
import { Header } from './header.tsx';
import { Panel } from './panel.tsx';
import { RoomSide } from './room-side.tsx';
import { Stage } from './stage.tsx';

export function Page({ app }: { readonly app: App }) {
  return (
    <AppContext.Provider value={app}>
      <div class="page">
        <Header />
        <main class="workspace">
          {app.view.value === 'compute' ? <ComputeStage /> : <Stage />}
          <RoomSide />
          <Panel />
        </main>
        <DebugDock />
        <DropZone opens={app} />
      </div>
    </AppContext.Provider>
  );
}
