/** Renders on meshes where anybody may go at any time, the one that started first of all. */
import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { integerBelow, seededRandom } from '../../runtime/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import type { RenderJob } from './contract.ts';
import { around, renderNode } from './render-node.testing.ts';
import { fakeSums, tinyScene, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const settings = { ...DEFAULT_SETTINGS, width: 128, height: 64, samples: 256, seed: 5 };
const SEEDS = 4;

function world(seed: number) {
  const mesh = new FarmWorld(seed);
  const random = seededRandom(seed + 77);
  const add = (workers: number) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: around(random, 1_500), render: fakeSums });
    return renderNode(tab, pool, { workers });
  };
  const submit = ({ farm }: ReturnType<typeof add>) =>
    farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings });
  return { mesh, random, add, submit };
}

type Tab = ReturnType<ReturnType<typeof world>['add']>;

/** Notes every time that a stage shows fewer samples of a Tile than before, though the coordinator is the same. */
function watchForStepsBack({ farm }: Tab, found: string[]): void {
  const watch = (job: RenderJob): void => {
    let [shown, coordinator] = [[...job.film.tileSamples], job.coordinator];
    job.events.on('tiles', () => {
      const now = [...job.film.tileSamples];
      const isBack = now.some((samples, tile) => samples < (shown[tile] ?? 0));
      if (isBack && coordinator === job.coordinator) found.push(`${shown} -> ${now}`);
      [shown, coordinator] = [now, job.coordinator];
    });
  };
  const known = new Set<RenderJob>();
  farm.events.on('jobsChanged', () => {
    for (const job of farm.jobs) if (!known.has(job)) watch(job);
    for (const job of farm.jobs) known.add(job);
  });
}

async function alone(): Promise<string | undefined> {
  const { mesh, add, submit } = world(99);
  const job = await submit(add(2));
  await mesh.runUntil(() => job.state === 'done');
  return job.hash;
}

describe('a render among tabs that come and go', () => {
  it('ends with the same hash on all that are left, and no stage steps back under one coordinator', async () => {
    const expected = await alone();
    for (let seed = 0; seed < SEEDS; seed++) {
      const { mesh, random, add, submit } = world(seed);
      const tabs = Array.from({ length: 3 + integerBelow(random, 2) }, () =>
        add(1 + integerBelow(random, 2)),
      );
      const stepsBack: string[] = [];
      for (const tab of tabs) watchForStepsBack(tab, stepsBack);
      await mesh.meet();
      const [starter] = tabs;
      if (!starter) throw new Error('unreachable');
      const job = await submit(starter);
      await mesh.runUntil(() => tabs.every(({ blobs }) => blobs.has(job.spec.scene)));
      // What a Job needs somebody to have: its picture when it is done, else its scene.
      const canGoOn = ({ farm, blobs }: Tab) =>
        farm.jobs[0]?.state === 'done' ||
        (blobs.has(job.spec.scene) && tabs.every((tab) => tab.farm.jobs[0]?.state !== 'done'));
      for (let round = 0; round < 6; round++) {
        await mesh.runFor(integerBelow(random, 3_000));
        const dice = integerBelow(random, 4);
        const at = integerBelow(random, tabs.length);
        const [victim] = tabs.slice(at, at + 1);
        if (dice === 0 && victim && tabs.some((tab) => tab !== victim && canGoOn(tab))) {
          tabs.splice(at, 1);
          mesh.kill(victim.id);
        } else if (dice === 1) {
          const fresh = add(1);
          watchForStepsBack(fresh, stepsBack);
          tabs.push(fresh);
        } else if (dice === 2 && victim) {
          mesh.freeze(victim.id);
          await mesh.runFor(integerBelow(random, 15_000));
          mesh.thaw(victim.id);
        } else if (victim) {
          victim.farm.setWorkerCount(integerBelow(random, 3));
        }
      }
      for (const { farm } of tabs) farm.setWorkerCount(1);
      await mesh.runUntil(() => tabs.every(({ farm }) => farm.jobs[0]?.state === 'done'));
      for (const { farm } of tabs) expect(farm.jobs[0]?.hash, `seed ${seed}`).toBe(expected);
      expect(stepsBack, `seed ${seed}`).toEqual([]);
    }
  });
});
