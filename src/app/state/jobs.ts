/** Every Job this Node knows of, as signals. One JobView lives as long as its Job is listed. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import {
  isFinal,
  type JobId,
  type JobProgress,
  type JobState,
  type RenderFarm,
  type RenderJob,
} from '../../render/job/index.page.ts';
import { CalmProgress, type SeenPage } from './calm-progress.ts';

/** What changes of a Job beside its progress. */
export type JobStanding = Pick<
  RenderJob,
  'state' | 'reason' | 'coordinator' | 'isOnlyHere' | 'priority' | 'liars'
>;

export interface JobView {
  readonly job: RenderJob;
  readonly state: ReadonlySignal<JobState>;
  readonly standing: ReadonlySignal<JobStanding>;
  /** At the page's pace: see CalmProgress. */
  readonly progress: ReadonlySignal<JobProgress>;
  /** It is not over: also while it is paused, or waits. */
  readonly isRunning: ReadonlySignal<boolean>;
}

export interface Jobs {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly JobView[]>;
  /** Tells of each Job once, when it is first seen. */
  onNew(listener: (view: JobView) => void): void;
}

export function watchJobs(farm: RenderFarm, seen: SeenPage): Jobs {
  const views = new Map<JobId, { readonly view: JobView; readonly stop: () => void }>();
  const list = signal<readonly JobView[]>([]);
  const listeners: ((view: JobView) => void)[] = [];

  const refresh = (): void => {
    const fresh: JobView[] = [];
    for (const job of farm.jobs) {
      if (views.has(job.id)) continue;
      const watched = watchJob(job, seen);
      views.set(job.id, watched);
      fresh.push(watched.view);
    }
    const listed = new Set(farm.jobs.map((job) => job.id));
    for (const [id, { stop }] of views) {
      if (listed.has(id)) continue;
      stop();
      views.delete(id);
    }
    list.value = farm.jobs.flatMap((job) => views.get(job.id)?.view ?? []);
    for (const view of fresh) for (const tell of listeners) tell(view);
  };
  farm.events.on('jobsChanged', refresh);
  refresh();
  return {
    list,
    onNew(listener) {
      listeners.push(listener);
      for (const view of list.value) listener(view);
    },
  };
}

/** Somebody does something for it now: it is not over, not paused, and does not wait. */
export const isAtWork = (state: JobState): boolean => state === 'preparing' || state === 'rendering';

function standingOf({ state, reason, coordinator, isOnlyHere, priority, liars }: RenderJob): JobStanding {
  return { state, reason, coordinator, isOnlyHere, priority, liars };
}

function watchJob(job: RenderJob, seen: SeenPage): { view: JobView; stop: () => void } {
  const standing = signal(standingOf(job));
  const state = computed(() => standing.value.state);
  const progress = new CalmProgress(job.progress, seen);
  const stops = [
    job.events.on('state', () => {
      standing.value = standingOf(job);
      progress.stands(job.progress);
    }),
    job.events.on('progress', (next) => progress.comes(next)),
    () => progress.close(),
  ];
  // The page shows why a Job failed through its state; nobody else waits for this promise on other Nodes.
  job.finished.catch(() => undefined);
  const isRunning = computed(() => !isFinal(state.value));
  return {
    view: { job, state, standing, progress: progress.shown, isRunning },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
