/** A render one of whose devices computes wrongly: the picture is right on every stage all the same. */
import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { firstJob, renderNode } from './render-node.testing.ts';
import { fakeSums, tinyScene, VirtualPool, type VirtualPoolOptions } from './test-scene.ts';

quietVirtualTime();

const settings = { ...DEFAULT_SETTINGS, width: 150, height: 100, samples: 60, seed: 5 };
const wrongSums: VirtualPoolOptions['render'] = (load, block) => fakeSums(load, block).map((sum) => sum + 1);

function setUp() {
  const mesh = new FarmWorld(3);
  const add = (render: VirtualPoolOptions['render'] = fakeSums) => {
    const tab = mesh.add();
    return renderNode(tab, new VirtualPool({ timers: tab.host, blockMs: () => 40, render }));
  };
  return { mesh, add };
}

async function render(starter: ReturnType<ReturnType<typeof setUp>['add']>) {
  return starter.farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings });
}

async function rightHash(): Promise<string | undefined> {
  const { mesh, add } = setUp();
  const job = await render(add());
  await mesh.runUntil(() => job.state === 'done');
  return job.hash;
}

describe('a render with a device that computes wrongly', () => {
  it('has the same hash on every stage as one without it, and all stages name it', async () => {
    const { mesh, add } = setUp();
    const [starter, helper, liar] = [add(), add(), add(wrongSums)];
    await mesh.meet();
    const job = await render(starter);
    await mesh.runUntil(
      () => job.state === 'done' && helper.farm.jobs.every(({ state }) => state === 'done'),
    );
    const expected = await rightHash();
    expect(job.hash).toBe(expected);
    expect(firstJob(helper.farm).hash).toBe(expected);
    for (const { farm } of [starter, helper]) {
      expect(firstJob(farm).liars).toMatchObject([{ node: liar.id }]);
    }
    expect(firstJob(liar.farm).reason).toMatch(/^its results were wrong/);
  });

  it('says so of nobody where all are honest, and asks for a check of everyone', async () => {
    const { mesh, add } = setUp();
    const [starter, helper] = [add(), add()];
    await mesh.meet();
    const job = await render(starter);
    await mesh.runUntil(() => job.state === 'done');
    expect(job.liars).toEqual([]);
    const checked = job.progress.helpers.find(({ node }) => node === helper.id)?.checked;
    expect(checked).toBeGreaterThan(10);
  });
});
