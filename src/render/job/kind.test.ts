import { expect, it, vi } from 'vitest';
import type { JobDescription } from '../../farm/index.ts';
import { seededRandom, type Timers } from '../../runtime/index.ts';
import { type BlobService, hashOf } from '../../services/blobs/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { blockPlan, inMemory } from '../film/index.ts';
import type { ReadSource } from '../scene/index.ts';
import { DEFAULT_SETTINGS, type RenderSpec } from '../settings.ts';
import type { JobId } from './contract.ts';
import { RENDER_KIND } from './contract.ts';
import { renderKind } from './kind.ts';
import type { RenderPool } from './pool.ts';
import { ReadScenes } from './read-scenes.ts';
import { RenderStore } from './render-store.ts';
import { readSettings } from './settings-check.ts';
import { encodeSpec } from './spec.ts';

const KERNEL = 'ab'.repeat(32);
const settings = readSettings(DEFAULT_SETTINGS);

/** Opening a render of a scene that was read here, while nothing is kept that nobody needs. */
async function opening(read: ReadSource) {
  const [encoded, brought] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  const files = await hashOf(brought);
  const spec: RenderSpec = {
    ...{ settings, scene: await hashOf(encoded), source: { files, reading: {} } },
    ...{ environmentMap: undefined, kernel: KERNEL },
  };
  const scenes = new ReadScenes({
    ...{ read, idleBudgetBytes: 0 },
    timers: { after: () => () => {} } as unknown as Timers,
  });
  const blobs = { get: vi.fn(async () => brought), release: vi.fn() };
  const pool = { load: vi.fn() };
  const kind = renderKind({
    ...{ scenes, kernelHash: KERNEL, setAside: inMemory, opened: vi.fn() },
    blobs: blobs as unknown as BlobService,
    pool: pool as unknown as RenderPool,
  });
  const { width, height, samples } = settings;
  const job: JobDescription = {
    ...{ id: 'one' as JobId, kind: RENDER_KIND, title: '', submittedAtMs: 0 },
    taskCount: blockPlan(width, height, samples).taskCount,
    spec: encodeSpec({ spec, sceneBytes: brought.length, environmentBytes: undefined }),
    submitter: newNodeId(seededRandom(1)),
  };
  const context = { signal: new AbortController().signal, holders: () => [], onProgress() {} };
  const outside = { scenes, blobs, pool };
  return { open: () => kind.open(job, context), kind, job, context, spec, encoded, files, ...outside };
}

it('a render holds the scene that was read here from the moment it is opened to its end', async () => {
  const read = vi.fn<ReadSource>();
  const { open, scenes, spec, encoded, blobs, pool, files } = await opening(read);
  scenes.put(spec, encoded);
  const opened = open();
  scenes.release(spec);
  const runner = await opened;
  await runner.prepare(0);
  expect(pool.load.mock.calls[0]?.[1].scene).toBe(encoded);
  expect(read).not.toHaveBeenCalled();
  expect(scenes.acquire(spec)).toBe(encoded);
  scenes.release(spec);
  runner.close();
  expect(scenes.acquire(spec)).toBeUndefined();
  expect(blobs.release.mock.calls).toEqual([[files]]);
});

it('a render whose scene cannot be read holds nothing', async () => {
  const { open, blobs, files } = await opening(() => Promise.reject(new Error('no memory')));
  await expect(open()).rejects.toThrow('no memory');
  expect(blobs.release.mock.calls).toEqual([[files]]);
});

it('a picture that the version before finished is shown, and nobody works on one that it began', async () => {
  const { kind, job, context, spec } = await opening(vi.fn());
  const small = { ...spec.settings, width: 100, height: 70, samples: 40 };
  const { width, height, samples } = small;
  const former = blockPlan(width, height, samples, { isFormer: true });
  const of = {
    ...{ ...job, taskCount: former.taskCount },
    spec: encodeSpec({
      spec: { ...spec, settings: small, kernel: 'cd'.repeat(32) },
      ...{ sceneBytes: 2, environmentBytes: undefined },
    }),
  };
  const before = new RenderStore(former, small, inMemory);
  for (let task = 0; task < former.taskCount; task++) {
    const block = former.block(task);
    const sums = new Float32Array(3 * block.width * block.height).fill(block.sampleCount * (1 + block.tile));
    before.accept(task, new Uint8Array(sums.buffer), { node: job.submitter, index: 0 });
  }
  const kept = kind.store(of);
  for (let part = 0; part < before.partCount; part++) kept.mergePart(part, await before.encodePart(part));
  expect(kept.doneCost).toBe(kept.totalCost);
  expect(await kept.encodePart(0)).toEqual(await before.encodePart(0));
  await expect(kind.open(of, context)).rejects.toThrow('begun with another version of the renderer');
  expect(() => kind.store({ ...of, taskCount: former.taskCount + 1 })).toThrow('divides the picture');
});
