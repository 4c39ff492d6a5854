/** Renders with a noise goal on simulated meshes. */
import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { seededRandom } from '../../runtime/index.ts';
import { DEFAULT_SETTINGS, type RenderSettings } from '../settings.ts';
import type { JobProgress, RenderJob } from './contract.ts';
import { around, renderNode } from './render-node.testing.ts';
import { tinyScene, unevenSums, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const settings: RenderSettings = {
  ...DEFAULT_SETTINGS,
  ...{ width: 150, height: 100, samples: 320, noise: 0.035, seed: 5 },
};
const PIXELS = 150 * 100;

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const random = seededRandom(seed + 77);
  const add = (workers: number) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: around(random, 40), render: unevenSums });
    return renderNode(tab, pool, { workers });
  };
  const submit = ({ farm }: ReturnType<typeof add>) =>
    farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings });
  return { mesh, add, submit };
}

async function alone(): Promise<RenderJob> {
  const { mesh, add, submit } = setUp(99);
  const job = await submit(add(1));
  await mesh.runUntil(() => job.state === 'done');
  return job;
}

describe('a render until the noise is low', () => {
  it('gives each Tile what it needs, up to all samples', async () => {
    const { film, progress } = await alone();
    const samples = [...film.tileSamples];
    expect(samples[0]).toBe(48);
    expect(samples.slice(0, 5)).toEqual(samples.slice(0, 5).toSorted((x, y) => x - y));
    expect(samples[4]).toBeGreaterThan(48);
    expect(samples[4]).toBeLessThan(320);
    expect(samples[5]).toBe(320);
    for (const noise of film.tileNoise.subarray(0, 5)) expect(noise).toBeLessThan(0.035);
    expect(progress.noise).toBe(film.tileNoise[5]);
    expect(progress.tilesFinished).toBe(6);
    expect(progress.samplesDone).toBe(progress.samplesTotal);
    expect(progress.samplesDone).toBeLessThan(PIXELS * 320);
    expect(progress.etaSeconds).toBe(0);
  });

  it('is the same picture on every stage as on one Node alone, whatever dies and joins', async () => {
    const expected = await alone();
    for (let seed = 0; seed < 2; seed++) {
      const { mesh, add, submit } = setUp(seed);
      const [starter, victim, other] = [add(1), add(2), add(2)];
      await mesh.meet();
      const job = await submit(starter);
      await mesh.runFor(300 + 100 * seed);
      mesh.kill(victim.node.id);
      await mesh.runFor(200);
      const late = add(2);
      await mesh.runUntil(() =>
        [job, other.farm.jobs[0], late.farm.jobs[0]].every((one) => one?.state === 'done'),
      );
      for (const seen of [job, other.farm.jobs[0], late.farm.jobs[0]]) {
        expect(seen?.hash, `seed ${seed}`).toBe(expected.hash);
        expect(seen?.film.tileSamples).toEqual(expected.film.tileSamples);
        expect(seen?.film.tileNoise).toEqual(expected.film.tileNoise);
      }
      expect(job.progress.samplesDone).toBe(job.progress.samplesTotal);
      expect(other.farm.jobs[0]?.progress).toMatchObject({
        noise: job.progress.noise,
        tilesFinished: 6,
        samplesDone: job.progress.samplesDone,
      });
    }
  });

  it('has the same Tiles finished at the same samples when the tab that started it dies', async () => {
    const expected = await alone();
    for (const share of [0.1, 0.5, 0.9]) {
      const { mesh, add, submit } = setUp(40 + 10 * share);
      const [starter, other, third] = [add(1), add(2), add(1)];
      await mesh.meet();
      const job = await submit(starter);
      await mesh.runUntil(() => job.progress.samplesDone > share * job.progress.samplesTotal);
      mesh.kill(starter.node.id);
      const others = [other, third];
      await mesh.runUntil(() => others.every(({ farm }) => farm.jobs[0]?.state === 'done'));
      for (const { farm } of others) {
        expect(farm.jobs[0]?.hash, `killed at ${share}`).toBe(expected.hash);
        expect(farm.jobs[0]?.film.tileSamples).toEqual(expected.film.tileSamples);
        expect(farm.jobs[0]?.progress).toMatchObject({ tilesFinished: 6, noise: expected.progress.noise });
      }
    }
  });

  it('never lets the share that is done fall, here or elsewhere, though the total changes', async () => {
    const { mesh, add, submit } = setUp(7);
    const [starter, other] = [add(2), add(2)];
    await mesh.meet();
    const job = await submit(starter);
    await mesh.runUntil(() => other.farm.jobs.length > 0);
    const seen = other.farm.jobs[0];
    const reports: JobProgress[][] = [[], []];
    job.events.on('progress', (progress) => reports[0]?.push(progress));
    seen?.events.on('progress', (progress) => reports[1]?.push(progress));
    await mesh.runUntil(() => job.state === 'done' && seen?.state === 'done');
    await mesh.runFor(1_000);
    for (const all of reports) {
      const shares = all.map(({ samplesDone, samplesTotal }) => samplesDone / samplesTotal);
      expect(shares.length).toBeGreaterThan(3);
      for (const [i, share] of shares.entries()) {
        expect(share).toBeGreaterThan((shares[i - 1] ?? 0) - 1e-6);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(shares.at(-1)).toBe(1);
      expect(new Set(all.map(({ samplesTotal }) => samplesTotal)).size).toBeGreaterThan(2);
    }
  });
});
