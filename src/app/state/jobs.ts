/** Every Job this Node knows of, as signals. One JobView lives as long as its Job is listed. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { JobId, JobProgress, JobState, RenderFarm, RenderJob } from '../../render/job/index.ts';

export interface JobView {
  readonly job: RenderJob;
  readonly state: ReadonlySignal<JobState>;
  readonly progress: ReadonlySignal<JobProgress>;
  readonly isRunning: ReadonlySignal<boolean>;
}

export interface Jobs {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly JobView[]>;
  readonly workers: ReadonlySignal<number>;
  /** Tells of each Job once, when it is first seen, and when one that was given up goes on. */
  onNew(listener: (view: JobView) => void): void;
}

export function watchJobs(farm: RenderFarm): Jobs {
  const views = new Map<JobId, { readonly view: JobView; readonly stop: () => void }>();
  const list = signal<readonly JobView[]>([]);
  const workers = signal(farm.workerCount);
  const listeners: ((view: JobView) => void)[] = [];
  farm.events.on('workersChanged', () => {
    workers.value = farm.workerCount;
  });

  const refresh = (): void => {
    const fresh: JobView[] = [];
    for (const job of farm.jobs) {
      const known = views.get(job.id);
      if (known?.view.job === job) continue;
      // A Job given up because its owner seemed to have left goes on as another object.
      known?.stop();
      const watched = watchJob(job);
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
    workers,
    onNew(listener) {
      listeners.push(listener);
      for (const view of list.value) listener(view);
    },
  };
}

export function isFinal(state: JobState): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

function watchJob(job: RenderJob): { view: JobView; stop: () => void } {
  const state = signal(job.state);
  const progress = signal(job.progress);
  const stops = [
    job.events.on('state', (next) => {
      state.value = next;
      progress.value = job.progress;
    }),
    job.events.on('progress', (next) => {
      progress.value = next;
    }),
  ];
  // The page shows why a Job failed through its state; nobody else waits for this promise on other Nodes.
  job.finished.catch(() => undefined);
  const isRunning = computed(() => !isFinal(state.value));
  return {
    view: { job, state, progress, isRunning },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
