/** The renders of this Network, newest first: choose one to see it on the stage. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { JobState } from '../../render/job/index.ts';
import { systemTimers } from '../../runtime/index.ts';
import { shortEffort } from '../state/effort.ts';
import { countOf, formatDuration, percentOf, sentence } from '../state/format.ts';
import { priorityText } from '../state/job-choices.ts';
import { isAtWork, type JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { JobMenu } from './job-menu.tsx';
import { JobThumbnail } from './job-thumbnail.tsx';
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

const NO_WORKERS = { text: 'no workers', tone: 'warn' };

export function JobList() {
  const { list, press } = useStillList(useApp().jobs.list.value);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ul aria-label="Renders" role="list" onPointerDown={press}>
      {list.map((view) => (
        <JobItem key={view.job.id} view={view} />
      ))}
    </ul>
  );
}

/** As it is, but while a pointer is down, as it was then: what is pressed does not move away under the pointer when another render comes. */
function useStillList(now: readonly JobView[]) {
  const isPressed = useSignal(false);
  const list = useRef(now);
  if (!isPressed.value) list.current = now;
  const press = ({ button }: PointerEvent): void => {
    if (button !== 0) return; // of what opens a menu the end may never come
    isPressed.value = true;
    const ended = new AbortController();
    const release = (): void => {
      ended.abort();
      // Its click comes first.
      systemTimers.after(0, () => {
        isPressed.value = false;
      });
    };
    for (const end of ['pointerup', 'pointercancel'])
      addEventListener(end, release, { signal: ended.signal });
  };
  return { list: list.current, press };
}

function JobItem({ view }: { readonly view: JobView }) {
  const item = useRef<HTMLLIElement>(null);
  // Its end comes while the row still stands.
  useLayoutEffect(() => () => passFocusOn(item.current), []);
  return (
    <li ref={item} class="job-item">
      <JobLine view={view} />
    </li>
  );
}

/** From one that goes, to the one that takes its place, or stands before it. */
function passFocusOn(item: HTMLElement | null): void {
  if (!item?.contains(document.activeElement)) return;
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector('button');
  (next ?? item.closest('.jobs')?.querySelector('h2'))?.focus();
}

function JobLine({ view }: { readonly view: JobView }) {
  const app = useApp();
  const { job } = view;
  const { samplesDone, samplesTotal, elapsedSeconds, etaSeconds, shares } = view.progress.value;
  const { state, reason, priority, liars } = view.standing.value;
  const { text, tone } = isAtWork(state) && app.lentWorkers.value === 0 ? NO_WORKERS : STATE[state];
  const { width, height } = job.spec.settings;
  const isShown = app.stage.value === 'picture' && app.shownJob.value === view;
  const percent = percentOf(samplesDone, samplesTotal);
  const working = shares.filter(({ samplesPerSecond }) => samplesPerSecond > 0).length;
  const isWorked = view.isRunning.value && state !== 'preparing';
  const facts = [
    `${width} × ${height}`,
    shortEffort(job.spec.settings),
    isWorked ? `${percent} %` : undefined,
    !isWorked && state !== 'preparing' && elapsedSeconds > 0 ? formatDuration(elapsedSeconds) : undefined,
    state === 'rendering' && etaSeconds !== undefined ? `${formatDuration(etaSeconds)} left` : undefined,
    state === 'rendering' && working > 0 ? countOf(working, 'device') : undefined,
    view.isRunning.value ? priorityText(priority) || undefined : undefined,
    liars.length > 0 ? `${countOf(liars.length, 'device')} wrong` : undefined,
  ];
  return (
    <>
      <button type="button" class="job" aria-pressed={isShown} onClick={() => app.showJob(view)}>
        <JobThumbnail view={view} />
        <span class="job-text">
          <span class="job-title">
            <span class="ellipsis">{job.title}</span>
            <span class={`tag ${tone}`}>{text}</span>
          </span>
          <span class="muted">{facts.filter((fact) => fact !== undefined).join(' · ')}</span>
          {isWorked && (
            <span class="bar" data-state={state} aria-hidden="true">
              <i style={{ width: `${percent}%` }} />
            </span>
          )}
          <span class="muted job-by">
            <NodeChip id={job.submitter} />
            <span class="ellipsis">
              {job.isOwn ? 'yours' : (app.nameOf(job.submitter) ?? 'a device that left')}
            </span>
          </span>
        </span>
      </button>
      <JobMenu view={view} />
      {reason !== undefined && (state === 'failed' || state === 'waiting' || state === 'paused') && (
        <p class="job-reason" data-tone={tone}>
          {sentence(reason)}
        </p>
      )}
    </>
  );
}
