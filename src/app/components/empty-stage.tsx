/** Before there is a scene: what this is, and the ways to begin. */
import { useApp } from './app-context.ts';
import { EmptyStageLook } from './empty-stage-look.tsx';
import { OpenButtons } from './open-buttons.tsx';

export function EmptyStage() {
  const app = useApp();
  return (
    <EmptyStageLook onSample={(name) => void app.openSample(name)}>
      <OpenButtons />
    </EmptyStageLook>
  );
}
