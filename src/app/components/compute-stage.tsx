/** Any function on every device, in place of the stage. */
import { useMemo } from 'preact/hooks';
import { useApp } from './app-context.ts';
import { Departure } from './departure.tsx';
import { LazyPart } from './lazy-part.tsx';
import { Notices } from './notices.tsx';

const load = async () => (await import('../compute/compute-view.tsx')).ComputeView;

export function ComputeStage() {
  const { view } = useApp();
  const back = useMemo(
    () => (): void => {
      view.value = 'render';
    },
    [view],
  );
  return (
    <div class="compute-stage">
      <Departure />
      <Notices />
      <LazyPart name="the editor" load={load} onFailed={back} />
    </div>
  );
}
