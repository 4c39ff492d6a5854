import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { CancelledError } from '../../runtime/index.ts';
import { GUIDE_FLOATS } from '../kernel/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { GuidesUnavailableError } from './guide-desk.ts';
import type { RenderedBlock } from './pool.ts';
import { firstJob, renderNode } from './render-node.testing.ts';
import { fakeSums, tinyScene, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const settings = { ...DEFAULT_SETTINGS, width: 100, height: 70, samples: 400 };

/** Notes what is asked of the workers of one Node; guide images are the number of the pixel's Block. */
class WatchedPool extends VirtualPool {
  readonly calls: string[] = [];
  readonly others: WatchedPool[] = [];

  override async guides(index: number, block: Parameters<VirtualPool['guides']>[1]): Promise<RenderedBlock> {
    this.calls.push(`guides ${index}`);
    return super.guides(index, block);
  }

  override another(): WatchedPool {
    const pool = new WatchedPool(this.options);
    this.others.push(pool);
    return pool;
  }
}

function setUp() {
  const mesh = new FarmWorld(1);
  const add = () => {
    const tab = mesh.add();
    const pool = new WatchedPool({
      timers: tab.host,
      blockMs: () => 40,
      render: fakeSums,
      guides: (_, { x, width, height }) =>
        new Float32Array(width * height * GUIDE_FLOATS).fill(x === 0 ? 16 : 8),
    });
    return { ...renderNode(tab, pool), pool };
  };
  const submit = (farm: ReturnType<typeof add>['farm']) =>
    farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings });
  return { mesh, add, submit };
}

describe('the guide images of a render on the mesh', () => {
  it('are made beside the running render, on a worker of their own that goes when they are done', async () => {
    const { mesh, add, submit } = setUp();
    const starter = add();
    const job = await submit(starter.farm);
    await mesh.runFor(500);
    expect(job.state).toBe('rendering');
    const { albedo, normal, depth } = await job.guides();
    expect([albedo.length, normal.length, depth.length]).toEqual([21_000, 21_000, 7_000]);
    expect([albedo[0], albedo[99 * 3]]).toEqual([1, 0.5]);
    expect(starter.pool.calls).toEqual([]);
    expect(starter.pool.others.map(({ calls, size }) => [calls.length, size])).toEqual([[4, 0]]);
    await mesh.runUntil(() => job.state === 'done');
  });

  it('are made by everyone who has the scene, also when the render is over and the tab that started it is gone', async () => {
    const { mesh, add, submit } = setUp();
    const [starter, other] = [add(), add()];
    await mesh.meet();
    await submit(starter.farm);
    await mesh.runFor(2_000);
    const mine = await firstJob(other.farm).guides();
    mesh.kill(starter.node.id);
    await mesh.runUntil(() => firstJob(other.farm).state === 'done');
    expect(await firstJob(other.farm).guides()).toEqual(mine);
  });

  it('are refused with the reason where the scene is not here', async () => {
    const { mesh, add, submit } = setUp();
    const starter = add();
    const job = await submit(starter.farm);
    await mesh.runUntil(() => job.state === 'done');
    starter.blobs.drop(job.spec.scene);
    await expect(job.guides()).rejects.toThrow(GuidesUnavailableError);
    await expect(job.guides()).rejects.toThrow('not on this device');
  });

  it('come one after the other, and one that is cancelled does not keep the next waiting', async () => {
    const { mesh, add, submit } = setUp();
    const starter = add();
    const job = await submit(starter.farm);
    await mesh.runFor(200);
    const abort = new AbortController();
    const shares: number[] = [];
    const cancelled = job.guides({ signal: abort.signal, onProgress: () => abort.abort() });
    const next = job.guides({ onProgress: (share) => shares.push(share) });
    await expect(cancelled).rejects.toThrow(CancelledError);
    await next;
    expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
    expect(starter.pool.others[0]?.size).toBe(0);
  });

  it('end with the farm', async () => {
    const { mesh, add, submit } = setUp();
    const starter = add();
    const job = await submit(starter.farm);
    await mesh.runFor(200);
    const pass = job.guides({ onProgress: () => starter.farm.close() });
    await expect(pass).rejects.toThrow(CancelledError);
    await expect(job.guides()).rejects.toThrow(CancelledError);
  });
});
