/** Several frames as one render: on every stage the frames that a still of each moment is, whoever dies or comes late. */
import { describe, expect, it, vi } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { crc32 } from '../../runtime/index.ts';
import { develop } from '../film/index.ts';
import { animate, vec3 } from '../scene/gltf/testing.ts';
import { packFiles, readScene, readSource, type SceneReading } from '../scene/index.ts';
import { oneFile, TestScene } from '../scene/testing.ts';
import { DEFAULT_SETTINGS, type FrameRange, frameTime, type RenderSettings } from '../settings.ts';
import type { RenderJob } from './contract.ts';
import type { SceneLoad } from './pool.ts';
import { renderNode } from './render-node.testing.ts';
import { fakeSums, VirtualPool } from './test-scene.ts';

quietVirtualTime();

const settings: RenderSettings = { ...DEFAULT_SETTINGS, width: 100, height: 70, samples: 6 };
const frames: FrameRange = { first: 3, last: 10, fps: 12 };
const COUNT = 8;

const seeds = new WeakMap<Uint8Array, number>();
/** Another scene is another picture. */
function posedSums(load: SceneLoad, block: Parameters<typeof fakeSums>[1]): Float32Array {
  const seed = seeds.get(load.scene) ?? crc32(load.scene) % 100_000;
  seeds.set(load.scene, seed);
  return fakeSums({ ...load, seed }, block);
}

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const add = (workers = 1) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: () => 100, render: posedSums });
    const reads = vi.fn(readSource);
    return { ...renderNode(tab, pool, { readSource: reads, workers }), reads };
  };
  return { mesh, add };
}

async function opened(reading: SceneReading) {
  const test = new TestScene();
  animate(test, 'slide', test.show(test.triangle()), 'translation', [0, 1], vec3(test, 0, 0, 0, 4, 0, 0));
  const files = oneFile('a.glb', await test.glb());
  const { scene, sourceFiles = [] } = await readScene(files, reading);
  return { scene, source: { files: packFiles(sourceFiles, { files, beside: new Map() }), reading } };
}

const animation = async () => ({
  ...(await opened({ animation: 0, time: frameTime(frames, 0) })),
  ...{ title: 'a.glb', settings, frames },
});

let stills: Promise<readonly string[]> | undefined;
/** Each frame as a render of its own. */
function stillHashes(): Promise<readonly string[]> {
  stills ??= (async () => {
    const { mesh, add } = setUp(100);
    const { farm } = add(4);
    const hashes: string[] = [];
    for (let index = 0; index < COUNT; index++) {
      const one = await opened({ animation: 0, time: frameTime(frames, index) });
      const job = await farm.submit({ ...one, title: 'a.glb', settings });
      await mesh.runUntil(() => job.state === 'done');
      hashes.push(job.hash ?? '');
    }
    return hashes;
  })();
  return stills;
}

const hashesOf = (job: RenderJob | undefined) => job?.frames.map((_, frame) => job.frameHash(frame));

describe('an animation', () => {
  it('has on every stage the frames that stills of their moments are, and shows each as it is finished', async () => {
    const { mesh, add } = setUp(1);
    const [starter, helper, viewer] = [add(), add(2), add(0)];
    await mesh.meet();
    const job = await starter.farm.submit(await animation());
    const named: number[] = [];
    job.events.on('frame', (frame) => named.push(frame));
    const stages = () => [starter, helper, viewer].map(({ farm }) => farm.jobs[0]);
    await mesh.runUntil(() => stages().every((one) => one?.state === 'done'));
    const expected = await stillHashes();
    expect(new Set(expected).size).toBe(COUNT);
    for (const stage of stages()) {
      expect(hashesOf(stage)).toEqual(expected);
      expect(stage?.hash).toBe(job.hash);
      expect(stage?.frames.every(({ isFinished }) => isFinished)).toBe(true);
    }
    expect(named.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // The first ends long before the last.
    expect(named.indexOf(0)).toBeLessThan(4);
    const pictures = stages().map((stage) => develop(stage?.frames[5] ?? job.film));
    expect(pictures[1]).toEqual(pictures[0]);
    expect(pictures[2]).toEqual(pictures[0]);
  });

  it('is read once a frame at most by each machine, though what it makes is checked by others', async () => {
    const { mesh, add } = setUp(2);
    const nodes = [add(), add(), add()];
    await mesh.meet();
    const [starter] = nodes;
    if (!starter) throw new Error('unreachable');
    const job = await starter.farm.submit(await animation());
    await mesh.runUntil(() => job.state === 'done');
    // Who works on which frame is task-groups.ts's; checks go to anybody by lot.
    for (const { reads } of nodes) expect(reads.mock.calls.length).toBeLessThanOrEqual(COUNT);
  });

  it('goes on without the tab that started it, and is the same', async () => {
    const { mesh, add } = setUp(3);
    const [starter, ...others] = [add(), add(), add()];
    await mesh.meet();
    const job = await starter.farm.submit(await animation());
    await mesh.runUntil(() => job.frameHash(1) !== undefined);
    mesh.kill(starter.node.id);
    const late = add(0);
    const at = ({ farm }: typeof late) => farm.jobs.find(({ id }) => id === job.id);
    await mesh.runUntil(() => [...others, late].every((one) => at(one)?.state === 'done'));
    for (const one of [...others, late]) expect(hashesOf(at(one))).toEqual(await stillHashes());
  });

  it('is refused without the files of its scene, or with frames that are none', async () => {
    const { add } = setUp(4);
    const { farm } = add();
    const whole = await animation();
    const { source: _, ...without } = whole;
    await expect(farm.submit(without)).rejects.toThrow(/files/);
    await expect(farm.submit({ ...whole, frames: { ...frames, last: 1 } })).rejects.toThrow(
      /the first not above/,
    );
  });
});
