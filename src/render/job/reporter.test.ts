import { describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { newNodeId } from '../../wire/index.ts';
import { inMemory } from '../film/index.ts';
import { RenderStore } from './render-store.ts';
import { noProgress, Reporter } from './reporter.ts';
import { plan, random, Stages, settings, sumsOf } from './stages.testing.ts';

quietVirtualTime();

describe('the report of a Node that takes a render over', () => {
  it('says how fast it is rendered now, not how fast results come out of memories', async () => {
    const scheduler = new Scheduler();
    const view = new Stages(scheduler).view(newNodeId(random), 'coordinator');
    const store = new RenderStore(plan, settings, inMemory);
    const nothing = async (): Promise<void> => {};
    const reporter = new Reporter(store, noProgress(view), {
      ...{ clock: scheduler, timers: scheduler, view: () => view, deviceName: () => '', progress: () => {} },
      ...{ sendTiles: nothing, sendPreviews: nothing, sendProgress: nothing },
    });
    const worker = { node: newNodeId(random), index: 0 };
    const bring = async (task: number, inMs: number): Promise<void> => {
      await scheduler.runFor(inMs);
      store.accept(task, sumsOf(task), worker, 1_000);
    };
    await scheduler.runFor(100);
    const remembered = plan.taskCount - 4;
    for (let task = 0; task < remembered; task++) await bring(task, 5);
    await scheduler.runFor(300);
    expect(reporter.progress.samplesDone).toBeGreaterThan(0);
    expect(reporter.progress).toMatchObject({ samplesPerSecond: 0, etaSeconds: undefined });
    expect(reporter.progress.shares).toMatchObject([{ node: worker.node, samples: store.doneCost }]);

    for (let task = remembered; task < plan.taskCount - 1; task++) await bring(task, 1_000);
    await scheduler.runFor(200);
    // One Block is left, a small one; the others took a second each.
    expect(reporter.progress.etaSeconds).toBeGreaterThan(0.2);
    expect(reporter.progress.etaSeconds).toBeLessThan(1.5);
    reporter.close();
  });
});

it('the report of a Node that slept forgets how long the last results took', async () => {
  const scheduler = new Scheduler();
  let sleptMs = 0;
  const clock = { now: () => scheduler.now() + sleptMs };
  const view = new Stages(scheduler).view(newNodeId(random), 'coordinator');
  const store = new RenderStore(plan, settings, inMemory);
  const nothing = async (): Promise<void> => {};
  const reporter = new Reporter(store, noProgress(view), {
    ...{ clock, timers: scheduler, view: () => view, deviceName: () => '', progress: () => {} },
    ...{ sendTiles: nothing, sendPreviews: nothing, sendProgress: nothing },
  });
  const worker = { node: newNodeId(random), index: 0 };
  const half = plan.taskCount >> 1;
  const bring = async (from: number, to: number): Promise<number> => {
    for (let task = from; task < to; task++) {
      await scheduler.runFor(1_000);
      store.accept(task, sumsOf(task), worker, 1_000);
    }
    await scheduler.runFor(300);
    return reporter.progress.etaSeconds ?? Number.NaN;
  };
  const before = await bring(0, half);
  sleptMs = 1_800_000;
  // What was done when it fell asleep comes first.
  store.accept(half, sumsOf(half), worker, 1_000);
  expect(await bring(half + 1, half + 3)).toBeLessThan(10 * before);
  reporter.close();
});
