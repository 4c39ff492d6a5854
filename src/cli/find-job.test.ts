import { describe, expect, it } from 'vitest';
import type { FarmEvents, JobView } from '../farm/index.ts';
import type { RenderFarm } from '../render/job/index.ts';
import { Emitter } from '../runtime/index.ts';
import { findJob, findRender, jobAmong } from './find-job.ts';
import { jobView } from './job-views.testing.ts';

const views = [jobView('aaaaaaaa11'), jobView('aaaaaaab22')] as const;
const [one, two] = [views[0].description, views[1].description];

describe('a job is named', () => {
  it('by its id or a beginning of it that only it has, in any case', () => {
    const jobs = [one, two];
    expect(jobAmong(jobs, 'aaaaaaab')).toBe(two);
    expect(jobAmong(jobs, 'AAAAAAAA')).toBe(one);
    expect(jobAmong(jobs, one.id)).toBe(one);
    expect(jobAmong(jobs, 'aaaaaaac')).toBeUndefined();
  });

  it('and told apart where it is not', () => {
    expect(() => jobAmong([one, two], 'aaaaaaa')).toThrow(
      '2 jobs begin with aaaaaaa: give more of the id (aaaaaaaa11, aaaaaaab22)',
    );
    for (const text of ['', 'aaa', 'leaf.glb', 'aaaa*']) {
      expect(() => jobAmong([one], text), text).toThrow(/first 8 characters/);
    }
  });
});

/** A farm whose jobs the test sets. */
function farmOf(...jobs: JobView[]) {
  const events = new Emitter<FarmEvents>();
  return {
    farm: { jobs: () => jobs, events },
    learn(job: JobView) {
      jobs.push(job);
      events.emit('changed', { id: job.description.id });
    },
  };
}

describe('looking for a job', () => {
  const { signal } = new AbortController();

  it('waits for it, and listens no longer than it has to', async () => {
    const { farm, learn } = farmOf(views[0]);
    const found = findJob(farm, 'aaaaaaab', { timeoutMs: 60_000, signal });
    learn(views[1]);
    expect(await found).toBe(two);
    expect(farm.events.hasListeners('changed')).toBe(false);
  });

  it('is the same among renders', async () => {
    const events: RenderFarm['events'] = new Emitter();
    const farm = { jobs: [one] as unknown as RenderFarm['jobs'], events };
    const found = findRender(farm, 'aaaaaaab', { timeoutMs: 60_000, signal });
    events.emit('jobsChanged', undefined);
    farm.jobs = [one, two] as unknown as RenderFarm['jobs'];
    events.emit('jobsChanged', undefined);
    expect(await found).toBe(two);
  });

  it('ends with what there is, when it does not come', async () => {
    await expect(findJob(farmOf(views[0]).farm, 'bbbb', { timeoutMs: 1, signal })).rejects.toThrow(
      'no job begins with bbbb; there are aaaaaaaa',
    );
    await expect(findJob(farmOf().farm, 'bbbb', { timeoutMs: 1, signal })).rejects.toThrow(
      /nobody in the network/,
    );
  });
});
