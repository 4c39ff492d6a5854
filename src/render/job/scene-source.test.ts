/** Renders whose scene travels as its files: everyone reads them, and only who reads the same scene takes part. */
import { describe, expect, it, vi } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { packFiles, type ReadSource, readScene, readSource, SceneError } from '../scene/index.ts';
import { oneFile, TestScene } from '../scene/testing.ts';
import { DEFAULT_SETTINGS, type RenderSettings } from '../settings.ts';
import type { RenderJob } from './contract.ts';
import { renderNode } from './render-node.testing.ts';
import { fakeSums, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const settings: RenderSettings = { ...DEFAULT_SETTINGS, width: 150, height: 100, samples: 12, seed: 5 };

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const add = (read: ReadSource = readSource) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: () => 400, render: fakeSums });
    const reads = vi.fn(read);
    return { ...renderNode(tab, pool, { readSource: reads }), reads };
  };
  return { mesh, add };
}

/** A triangle, and what it was read from. */
async function opened() {
  const test = new TestScene();
  test.show(test.triangle());
  const files = oneFile('a.glb', await test.glb());
  const { scene, sourceFiles = [] } = await readScene(files);
  return {
    scene,
    source: { files: packFiles(sourceFiles, { files, beside: new Map() }), reading: { time: 0 } },
  };
}

const helperOf = (job: RenderJob, { node }: { readonly node: { readonly id: string } }) =>
  job.progress.helpers.find((one) => one.node === node.id);
const samplesOf = (job: RenderJob, { node }: { readonly node: { readonly id: string } }) =>
  job.progress.shares.find((one) => one.node === node.id)?.samples ?? 0;

describe('a scene that travels as its files', () => {
  it('is read once by each who helps, for all its renders, and not again by who opened it', async () => {
    const { scene, source } = await opened();
    const { mesh, add } = setUp(1);
    const [starter, helper] = [add(), add()];
    await mesh.meet();
    const [hashes, names] = [new Set<string | undefined>(), new Set<string>()];
    for (const more of [{ source }, { source }, {}]) {
      const job = await starter.farm.submit({ title: 'a.glb', scene, settings, ...more });
      await mesh.runUntil(() => job.state === 'done');
      expect(samplesOf(job, helper)).toBeGreaterThan(0);
      hashes.add(job.hash);
      if (job.spec.source) names.add(job.spec.scene);
      // Of the files the helper has all, of the scene itself nothing has come, until it travels.
      expect(helper.blobs.has(job.spec.source?.files ?? job.spec.scene)).toBe(true);
      expect(helper.blobs.has(job.spec.scene)).toBe(job.spec.source === undefined);
    }
    expect([hashes.size, names.size]).toEqual([1, 1]);
    expect(helper.reads).toHaveBeenCalledTimes(1);
    expect(starter.reads).not.toHaveBeenCalled();
  });

  it('is read by who comes late from whoever has the files when the one that brought them is gone', async () => {
    const { scene, source } = await opened();
    const { mesh, add } = setUp(2);
    const [starter, helper] = [add(), add()];
    await mesh.meet();
    const { id } = await starter.farm.submit({ title: 'a.glb', scene, source, settings });
    await mesh.runUntil(() => helper.reads.mock.calls.length > 0);
    await mesh.runFor(500);
    mesh.kill(starter.node.id);
    const late = add();
    const at = ({ farm }: typeof late) => farm.jobs.find((job) => job.id === id);
    await mesh.runUntil(() => at(late)?.state === 'done');
    expect(late.reads).toHaveBeenCalledTimes(1);
    expect(at(late)?.hash).toBe(at(helper)?.hash);
  });

  it('is not rendered by who reads another scene or none, which say why, while the rest goes on', async () => {
    const { scene, source } = await opened();
    const { mesh, add } = setUp(3);
    const starter = add();
    const helper = add();
    const other = add(async (given, signal) => ({
      ...(await readSource(given, signal)),
      hash: 'cd'.repeat(32),
    }));
    const blind = add(async () => {
      throw new SceneError('compression-damaged', 'mesh 3', 'does not decode');
    });
    await mesh.meet();
    const job = await starter.farm.submit({ title: 'a.glb', scene, source, settings });
    await mesh.runUntil(
      () => helperOf(job, other)?.state === 'refused' && helperOf(job, blind)?.state === 'refused',
    );
    expect(helperOf(job, other)?.reason).toMatch(/reads the scene differently .* same version/);
    expect(helperOf(job, blind)?.reason).toMatch(/cannot read the scene \(mesh 3: does not decode\)/);
    expect(blind.farm.jobs[0]?.reason).toBe(helperOf(job, blind)?.reason);
    await mesh.runUntil(() => job.state === 'done');
    expect(samplesOf(job, helper)).toBeGreaterThan(0);
    for (const one of [other, blind]) {
      expect(samplesOf(job, one)).toBe(0);
      expect(one.reads).toHaveBeenCalledTimes(1);
    }
  });

  it('is read at the next try where the reader could not be started', async () => {
    const { scene, source } = await opened();
    const { mesh, add } = setUp(4);
    const starter = add();
    let tries = 0;
    const unlucky = add((given, signal) => {
      if (tries++ === 0) throw new SceneError('reader-failed', 'the scene reader', 'could not be started');
      return readSource(given, signal);
    });
    await mesh.meet();
    const job = await starter.farm.submit({ title: 'a.glb', scene, source, settings });
    await mesh.runUntil(() => job.state === 'done');
    expect(tries).toBe(2);
    expect(samplesOf(job, unlucky)).toBeGreaterThan(0);
  });
});
