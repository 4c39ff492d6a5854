/** The picture of another tab's render, when one of the two loses sight of the other. */
import { describe, expect, it } from 'vitest';
import { FakeMesh } from '../../../sim/fake-mesh.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import type { BlockBounds } from '../kernel/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { firstJob, renderNode } from './render-node.testing.ts';
import { fakeSums, tinyScene, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const greySums = (_: unknown, { width, height, sampleCount }: BlockBounds): Float32Array =>
  new Float32Array(width * height * 3).fill(sampleCount / 2);

const settings = { ...DEFAULT_SETTINGS, width: 150, height: 100, samples: 2000, seed: 5 };

async function rendering(seed: number) {
  const mesh = new FakeMesh(seed);
  const add = (workers: number) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: () => 40, render: greySums });
    return renderNode(tab, pool, { workers });
  };
  const [leader, viewer] = [add(1), add(0)];
  await mesh.meet();
  const job = await leader.farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings });
  await mesh.runFor(2_000);
  const seen = () => firstJob(viewer.farm);
  const samplesSeen = (): number => seen().film.tileSamples.reduce((sum, samples) => sum + samples, 0);
  expect(samplesSeen()).toBeGreaterThan(0);
  return { mesh, leader, viewer, job, seen, samplesSeen };
}

describe('the picture of a render elsewhere', () => {
  it('comes again within three seconds when the leader lost sight of the viewer, which noticed nothing', async () => {
    const { mesh, leader, viewer, samplesSeen, seen, job } = await rendering(1);
    mesh.freeze(viewer.id);
    await mesh.runFor(6_000);
    mesh.sever(leader.id, viewer.id);
    await mesh.runFor(2_000);
    mesh.thaw(viewer.id);
    mesh.rejoin(leader.id, viewer.id);
    const before = samplesSeen();
    await mesh.runFor(3_000);
    expect(samplesSeen()).toBeGreaterThan(before);
    expect(seen().progress.samplesDone).toBeGreaterThan(0.8 * job.progress.samplesDone);
    await mesh.runUntil(() => job.state === 'done' && seen().state === 'done');
    expect(seen().hash).toBe(job.hash);
  });

  it('comes again when the viewer lost sight of the leader, which noticed nothing', async () => {
    const { mesh, leader, viewer, seen, samplesSeen, job } = await rendering(2);
    mesh.sever(viewer.id, leader.id);
    await mesh.runFor(2_000);
    expect(seen().state).toBe('waiting');
    mesh.rejoin(viewer.id, leader.id);
    await mesh.runFor(2_000);
    expect(seen().state).toBe('rendering');
    expect(samplesSeen()).toBeGreaterThan(0);
    await mesh.runUntil(() => job.state === 'done' && seen().state === 'done');
    expect(seen().hash).toBe(job.hash);
  });

  it('is complete in the end though the render ended while neither saw the other', async () => {
    const { mesh, leader, viewer, seen, job } = await rendering(3);
    mesh.sever(viewer.id, leader.id);
    mesh.sever(leader.id, viewer.id);
    await mesh.runUntil(() => job.state === 'done');
    mesh.rejoin(viewer.id, leader.id);
    mesh.rejoin(leader.id, viewer.id);
    await mesh.runUntil(() => seen().state === 'done', 10_000);
    expect(seen().hash).toBe(job.hash);
  });

  it('is asked for again after silence, and then only what is missing is sent', async () => {
    const { mesh, viewer, samplesSeen, job, seen } = await rendering(4);
    mesh.isLost = (to) => to === viewer.id;
    await mesh.runFor(4_000);
    const before = samplesSeen();
    mesh.isLost = undefined;
    await mesh.runFor(3_000);
    expect(samplesSeen()).toBeGreaterThan(before);
    mesh.isLost = (to, message) => to === viewer.id && message === 'tiles';
    await mesh.runUntil(() => job.state === 'done'); // the last Tiles are lost
    mesh.isLost = undefined;
    await mesh.runUntil(() => seen().state === 'done', 10_000);
    expect(seen().hash).toBe(job.hash);
  });
});

describe('a render on both sides of a cut', () => {
  it('goes on on both, and is one again when the cut heals', async () => {
    for (const seed of [11, 12, 13]) {
      const mesh = new FakeMesh(seed);
      const nodes = Array.from({ length: 4 }, () => {
        const tab = mesh.add();
        const pool = new VirtualPool({ timers: tab.host, blockMs: () => 1_500, render: fakeSums });
        return renderNode(tab, pool);
      });
      await mesh.meet();
      const [a, b, c, d] = nodes;
      if (!a || !b || !c || !d) throw new Error('unreachable');
      const small = { ...settings, width: 128, height: 64, samples: 320 };
      const job = await a.farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings: small });
      await mesh.runFor(3_000);
      const across = [a, b].flatMap((one) => [c, d].map((other) => [one.id, other.id] as const));
      for (const [one, other] of across) {
        mesh.sever(one, other);
        mesh.sever(other, one);
      }
      await mesh.runFor(15_000);
      const [here, there] = [b.farm.jobs[0], c.farm.jobs[0]];
      expect([here?.state, there?.state], `seed ${seed}`).toEqual(['rendering', 'rendering']);
      expect(here?.coordinator).not.toBe(there?.coordinator);
      for (const [one, other] of across) {
        mesh.rejoin(one, other);
        mesh.rejoin(other, one);
      }
      await mesh.runUntil(() => nodes.every(({ farm }) => farm.jobs[0]?.state === 'done'));
      const hashes = new Set(nodes.map(({ farm }) => farm.jobs[0]?.hash));
      expect([...hashes], `seed ${seed}`).toEqual([job.hash]);
      expect(new Set(nodes.map(({ farm }) => farm.jobs[0]?.coordinator)).size).toBe(1);
    }
  });
});
