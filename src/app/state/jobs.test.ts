import { describe, expect, it } from 'vitest';
import type { JobId, JobProgress, RenderFarm, RenderJob, RenderJobEvents } from '../../render/job/index.ts';
import { Emitter } from '../../runtime/index.ts';
import { type JobView, watchJobs } from './jobs.ts';

const progress = (samplesDone: number): JobProgress => ({
  samplesDone,
  samplesTotal: 100,
  noise: undefined,
  tilesFinished: 0,
  samplesPerSecond: 0,
  elapsedSeconds: 0,
  etaSeconds: undefined,
  shares: [],
  active: [],
  helpers: [],
});

function job(id: string) {
  const events = new Emitter<RenderJobEvents>();
  const it = {
    id: id as JobId,
    state: 'rendering',
    progress: progress(0),
    events,
    finished: new Promise(() => undefined),
  };
  return it as typeof it & RenderJob;
}

function farm() {
  const events = new Emitter<{ jobsChanged: undefined }>();
  const it = { jobs: [] as RenderJob[], events, workerCount: 2 };
  const list = (...jobs: RenderJob[]): void => {
    it.jobs = jobs;
    events.emit('jobsChanged', undefined);
  };
  return { farm: it as typeof it & RenderFarm, list };
}

const seen = {
  timers: { after: () => () => {} },
  page: { visibilityState: 'visible', addEventListener: () => {}, removeEventListener: () => {} } as const,
};

describe('the list of Jobs', () => {
  it('tells of each Job once, also of those that were there before anyone listened', () => {
    const { farm: own, list } = farm();
    const [a, b] = [job('a'), job('b')];
    list(a);
    const jobs = watchJobs(own, seen);
    const told: string[] = [];
    jobs.onNew((view) => told.push(view.job.id));
    list(b, a);
    list(b);
    expect(told).toEqual(['a', 'b']);
    expect(jobs.list.value.map((view) => view.job.id)).toEqual(['b']);
  });

  it('keeps one view for a Job as long as it is listed', () => {
    const { farm: own, list } = farm();
    const a = job('a');
    const jobs = watchJobs(own, seen);
    list(a);
    const [before] = jobs.list.value;
    list(job('b'), a);
    expect(jobs.list.value[1]).toBe(before);
  });

  it('follows progress and state, and stops when the Job is no longer listed', () => {
    const { farm: own, list } = farm();
    const a = job('a');
    const jobs = watchJobs(own, seen);
    list(a);
    const view = jobs.list.value[0] as JobView;
    a.events.emit('progress', progress(40));
    expect(view.progress.value.samplesDone).toBe(40);
    a.state = 'done';
    a.events.emit('state', 'done');
    expect([view.state.value, view.isRunning.value]).toEqual(['done', false]);
    list();
    a.events.emit('progress', progress(99));
    expect(view.progress.value.samplesDone).not.toBe(99);
  });

  it('follows who leads the Job, and whether others have it', () => {
    const { farm: own, list } = farm();
    const a = Object.assign(job('a'), { coordinator: 'me', isOnlyHere: true, priority: 2 });
    const jobs = watchJobs(own, seen);
    list(a as unknown as RenderJob);
    const view = jobs.list.value[0] as JobView;
    expect(view.standing.value).toMatchObject({ coordinator: 'me', isOnlyHere: true, priority: 2 });
    Object.assign(a, {
      coordinator: undefined,
      isOnlyHere: false,
      state: 'waiting',
      reason: 'nobody leads it',
    });
    a.events.emit('state', 'waiting');
    expect(view.standing.value).toMatchObject({ coordinator: undefined, reason: 'nobody leads it' });
    expect([view.state.value, view.isRunning.value]).toEqual(['waiting', true]);
  });
});
