/** Every render of this Network that the page knows of; the list comes with the first one. */
import { signal } from '@preact/signals';
import { useApp } from './app-context.ts';
import { LazyPart } from './lazy-part.tsx';

const load = async () => (await import('./job-list.tsx')).JobList;
const hasFailed = signal(false);
const failed = (): void => {
  hasFailed.value = true;
};

export function Jobs() {
  const { jobs } = useApp();
  const count = jobs.list.value.length;
  return (
    <div class="jobs">
      <h2 tabIndex={-1}>Renders</h2>
      {count === 0 && <p class="muted">Renders of everyone in this network appear here.</p>}
      {count > 0 && !hasFailed.value && <LazyPart name="the list of renders" load={load} onFailed={failed} />}
    </div>
  );
}
