/** Every render of this Network that the page knows of; the list comes with the first one. */
import { signal } from '@preact/signals';
import type { ComingRender } from '../late-render-farm.ts';
import { useApp } from './app-context.ts';
import { LazyPart } from './lazy-part.tsx';

const load = async () => (await import('./job-list.tsx')).JobList;
const hasFailed = signal(false);
const failed = (): void => {
  hasFailed.value = true;
};

export function Jobs() {
  const { jobs, session } = useApp();
  const coming = session.farm.coming.value;
  const count = jobs.list.value.length;
  return (
    <div class="jobs">
      <h2 tabIndex={-1}>Renders</h2>
      {count === 0 && (
        <p class="muted">
          {coming ? comingText(coming) : 'Renders of everyone in this network appear here.'}
        </p>
      )}
      {count > 0 && !hasFailed.value && <LazyPart name="the list of renders" load={load} onFailed={failed} />}
    </div>
  );
}

function comingText({ problem }: ComingRender): string {
  if (problem === undefined) return 'A render is here; what shows it is loading …';
  return `A render is here, but what shows it could not be loaded (${problem}). It is tried again.`;
}
