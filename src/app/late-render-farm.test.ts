import { describe, expect, it } from 'vitest';
import type { RenderFarm, RenderJob, RenderRequest } from '../render/job/index.page.ts';
import { Emitter } from '../runtime/index.ts';
import { LateRenderFarm } from './late-render-farm.ts';

function setUp(begin: () => Promise<void> = async () => {}) {
  const calls: string[] = [];
  let jobs: readonly RenderJob[] = [];
  const events: RenderFarm['events'] = new Emitter();
  const job = { id: 'one' } as RenderJob;
  const list = (...listed: readonly RenderJob[]): void => {
    jobs = listed;
    events.emit('jobsChanged', undefined);
  };
  const whole: RenderFarm = {
    get jobs() {
      return jobs;
    },
    events,
    workerCount: 0,
    setWorkerCount: () => calls.push('whole: setWorkerCount'),
    async submit() {
      list(job);
      return job;
    },
    remove: (id) => void calls.push(`remove ${id}`),
    close: () => void calls.push('close'),
  };
  const pool = {
    size: 0,
    setSize(count: number): void {
      pool.size = count;
    },
    close: () => void calls.push('pool: close'),
  };
  const farm = new LateRenderFarm({
    node: { setAttributes: (attributes) => void calls.push(JSON.stringify(attributes)) },
    farm: { setWorkers: (count) => void calls.push(`setWorkers ${count}`) },
    pool,
    async load() {
      calls.push('load');
      await begin();
      return whole;
    },
  });
  const changes: number[] = [];
  farm.events.on('jobsChanged', () => changes.push(farm.jobs.length));
  return { farm, calls, changes, job, list };
}

describe("a page's render farm", () => {
  it('lends workers before there is a render, and loads nothing for it', () => {
    const { farm, calls } = setUp();
    farm.setWorkerCount(2);
    farm.setWorkerCount(2);
    expect(farm.workerCount).toBe(2);
    expect(calls).toEqual(['setWorkers 2', '{"workers":2}']);
    expect(farm.jobs).toEqual([]);
  });

  it('comes with the first render, once, and lists it before it is submitted', async () => {
    const { farm, calls, changes, job } = setUp();
    expect(await farm.submit({} as RenderRequest)).toBe(job);
    expect(farm.jobs).toEqual([job]);
    await farm.submit({} as RenderRequest);
    expect(calls).toEqual(['load']);
    expect(changes).toEqual([1, 1]);
  });

  it('tells of renders that were there when it came, and forgets what it is told to', async () => {
    const { farm, calls, changes, job, list } = setUp();
    list(job);
    expect(changes).toEqual([]);
    await farm.come();
    expect(changes).toEqual([1]);
    farm.remove(job.id);
    expect(calls).toEqual(['load', 'remove one']);
  });

  it('tells of a render that it comes for until it is here, and of no other errand', async () => {
    const { farm } = setUp();
    const coming = farm.comeForRender();
    expect(farm.coming.value).toEqual({ problem: undefined });
    await coming;
    expect(farm.coming.value).toBeUndefined();
    await farm.comeForRender();
    expect(farm.coming.value).toBeUndefined();

    const { farm: warmed } = setUp();
    const warming = warmed.come();
    expect(warmed.coming.value).toBeUndefined();
    await warming;
  });

  it('tells why a render cannot be shown, also while that is tried again', async () => {
    let isAway = true;
    const { farm } = setUp(async () => {
      if (isAway) throw new Error('the server is away');
    });
    const problem = { problem: 'the server is away' };
    await expect(farm.comeForRender()).rejects.toThrow('the server is away');
    expect(farm.coming.value).toEqual(problem);
    isAway = false;
    const again = farm.comeForRender();
    expect(farm.coming.value).toEqual(problem);
    await again;
    expect(farm.coming.value).toBeUndefined();
  });

  it('tells of no render any more once it is closed', async () => {
    const { farm } = setUp();
    const coming = farm.comeForRender();
    farm.close();
    await expect(coming).rejects.toThrow('cancelled');
    expect(farm.coming.value).toBeUndefined();
  });

  it('takes part in nothing where it was closed while it came', async () => {
    const { farm, calls } = setUp();
    const coming = farm.come();
    farm.close();
    await expect(coming).rejects.toThrow('the render was cancelled');
    expect(calls).toEqual(['load', 'pool: close', 'close']);
    farm.setWorkerCount(1);
    expect(farm.workerCount).toBe(0);
  });
});
