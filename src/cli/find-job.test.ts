import { describe, expect, it } from 'vitest';
import type { JobView, RollCallOptions } from '../farm/index.ts';
import type { RenderFarm } from '../render/job/index.ts';
import { CancelledError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import { findJob, findRender, jobAmong } from './find-job.ts';
import { jobView, someNode } from './job-views.testing.ts';

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

/** A farm whose Jobs are known when everyone has told; `silent`: who does not. */
function farmOf(known: readonly JobView[], told: readonly JobView[] = known, silent: readonly NodeId[] = []) {
  let jobs = known;
  const asked: RollCallOptions[] = [];
  return {
    asked,
    farm: { jobs: () => jobs },
    rollCall: async (options: RollCallOptions) => {
      asked.push(options);
      jobs = told;
      return silent;
    },
  };
}

describe('looking for a job', () => {
  const { signal } = new AbortController();
  const options = { timeoutMs: 60_000, signal };

  it('asks everyone first, so that one of two that begin alike is not taken for the only one', async () => {
    const farm = farmOf([], [views[1]]);
    expect(await findJob(farm, 'aaaaaaab', options)).toBe(two);
    expect(farm.asked).toEqual([{ ...options, needsSomebody: true }]);
    const known = farmOf(views);
    expect(await findJob(known, 'aaaaaaab', options)).toBe(two);
    expect(known.asked).toEqual([{ ...options, needsSomebody: false }]);
    await expect(findJob(farmOf([views[0]], views), 'aaaaaaa', options)).rejects.toThrow('2 jobs begin');
  });

  it('is the same among renders', async () => {
    const renders = { jobs: [] as unknown as RenderFarm['jobs'] };
    const rollCall = async () => {
      renders.jobs = [one, two] as unknown as RenderFarm['jobs'];
      return [];
    };
    expect(await findRender({ farm: renders, rollCall }, 'aaaaaaab', options)).toBe(two);
  });

  it('ends with what there is when everyone has told, and says who has not', async () => {
    await expect(findJob(farmOf([views[0]]), 'bbbb', options)).rejects.toThrow(
      /^no job begins with bbbb; there are aaaaaaaa$/,
    );
    await expect(findJob(farmOf([], [], [someNode]), 'bbbb', options)).rejects.toThrow(
      'nobody in the network knows of any; 1 node did not answer in time',
    );
  });

  it('asks nobody for what is no id, and finds nothing once it was stopped', async () => {
    const farm = farmOf(views);
    await expect(findJob(farm, 'leaf.glb', options)).rejects.toThrow(/first 8 characters/);
    expect(farm.asked).toEqual([]);
    const stopped = { ...options, signal: AbortSignal.abort() };
    await expect(findJob(farm, 'aaaaaaab', stopped)).rejects.toThrow(CancelledError);
  });
});
