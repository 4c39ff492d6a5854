/** Every render of this Network that the page knows of: choose one to see it on the stage. */
import type { JobState } from '../../render/job/index.ts';
import { shortEffort } from '../state/effort.ts';
import { formatDuration, percentOf } from '../state/format.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { NodeChip } from './node-chip.tsx';

const STATE: Record<JobState, { readonly text: string; readonly tone: string }> = {
  preparing: { text: 'sending scene', tone: 'warn' },
  rendering: { text: 'rendering', tone: 'good' },
  waiting: { text: 'waiting', tone: 'warn' },
  paused: { text: 'paused', tone: 'warn' },
  done: { text: 'done', tone: 'good' },
  cancelled: { text: 'cancelled', tone: '' },
  failed: { text: 'failed', tone: 'bad' },
};

export function Jobs() {
  const { jobs } = useApp();
  return (
    <div class="jobs">
      <h2>Renders</h2>
      {jobs.list.value.length === 0 ? (
        <p class="muted">Renders of everyone in this network appear here.</p>
      ) : (
        // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
        <ul aria-label="Renders" role="list">
          {jobs.list.value.map((view) => (
            <li key={view.job.id} class="job-item">
              <JobLine view={view} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function JobLine({ view }: { readonly view: JobView }) {
  const app = useApp();
  const { job } = view;
  const { samplesDone, samplesTotal, elapsedSeconds } = view.progress.value;
  const { state, reason } = view.standing.value;
  const { text, tone } = STATE[state];
  const { width, height } = job.spec.settings;
  const isShown = app.stage.value === 'picture' && app.shownJob.value === view;
  return (
    <>
      <button type="button" class="job" aria-pressed={isShown} onClick={() => app.showJob(view)}>
        <NodeChip id={job.submitter} />
        <span class="job-text">
          <span class="job-title">
            <span class="ellipsis">{job.title}</span>
            <span class={`tag ${tone}`}>{text}</span>
          </span>
          <span class="muted">
            {width} × {height} · {shortEffort(job.spec.settings)} ·{' '}
            {view.isRunning.value && state !== 'preparing'
              ? `${percentOf(samplesDone, samplesTotal)} %`
              : formatDuration(elapsedSeconds)}
          </span>
        </span>
      </button>
      {reason !== undefined && (state === 'failed' || state === 'waiting') && (
        <p class="job-reason">{reason}</p>
      )}
    </>
  );
}
