import { describe, expect, it } from 'vitest';
import type { Timers } from '../../runtime/index.ts';
import { type SceneLoad, type WorkerHandle, WorkerPool } from './pool.ts';
import type { LoadedScene } from './scene-sharing.ts';

const load: SceneLoad = {
  scene: new Uint8Array(),
  environment: [0, 0, 0],
  placement: { strength: 1, rotation: 0 },
  clamp: 0,
  lens: { radius: 0, focusDistance: 1 },
  width: 1,
  height: 1,
  bounces: 0,
  seed: 0,
  camera: 0,
};
const block = { x: 0, y: 0, width: 1, height: 1, firstSample: 0, sampleCount: 1 };
const info = {
  triangles: 1,
  emissiveTriangles: 0,
  bvhNodes: 1,
  bvhMilliseconds: 0,
  instances: 0,
  memoryBytes: 0,
};
const never = new Promise<never>(() => {});

/** Workers and timers that do what the test says. */
function setUp(render: () => Promise<{ sums: Float32Array; elapsedMs: number }> = () => never) {
  const workers: { crash: (reason: string) => void; isTerminated: boolean }[] = [];
  const due: (() => void)[] = [];
  const timers: Timers = {
    after(_, callback) {
      due.push(callback);
      return () => void due.splice(due.indexOf(callback), 1);
    },
  };
  const spawn = (): WorkerHandle => {
    const worker = { crash: (_: string) => {}, isTerminated: false };
    workers.push(worker);
    return {
      api: {
        load: async () => info,
        place: async () => undefined,
        build: () => never,
        help: async () => {},
        attach: async () => {},
        render,
        guides: render,
      },
      onCrash: (listener) => {
        worker.crash = listener;
      },
      terminate: () => {
        worker.isTerminated = true;
      },
    };
  };
  const pool = new WorkerPool(spawn, timers);
  pool.setSize(2);
  return { pool, workers, due };
}

describe('WorkerPool', () => {
  it('starts a worker when it is first needed, once', async () => {
    const { pool, workers, due } = setUp();
    expect(workers).toHaveLength(0);
    await pool.load(0, load);
    await pool.load(0, load);
    expect(workers).toHaveLength(1);
    expect(due).toHaveLength(0);
  });

  it('rejects the call of a crashed worker with the reason and puts a fresh one in its slot', async () => {
    const { pool, workers } = setUp();
    await pool.load(1, load);
    const rendering = pool.render(1, block);
    workers[0]?.crash('out of memory');
    await expect(rendering).rejects.toThrow('out of memory');
    expect(workers[0]?.isTerminated).toBe(true);
    await pool.load(1, load);
    expect(workers).toHaveLength(2);
  });

  it('ends a worker that does not answer in time', async () => {
    const { pool, workers, due } = setUp();
    const rendering = pool.render(0, block);
    due[0]?.();
    await expect(rendering).rejects.toThrow('within 60 seconds');
    expect(workers[0]?.isTerminated).toBe(true);
  });

  it('passes on what the kernel says and keeps the worker', async () => {
    const { pool, workers } = setUp(() => Promise.reject(new Error('the scene is damaged')));
    await expect(pool.render(0, block)).rejects.toThrow('the scene is damaged');
    expect(workers[0]?.isTerminated).toBe(false);
  });

  it('ends the workers beyond its size at once, with their calls', async () => {
    const { pool, workers } = setUp();
    await pool.load(0, load);
    const rendering = pool.render(1, block);
    pool.setSize(1);
    await expect(rendering).rejects.toThrow('stopped');
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([false, true]);
    await expect(pool.render(1, block)).rejects.toThrow('stopped');
    // A late crash report of a worker that is gone changes nothing.
    workers[1]?.crash('ended');
    pool.close();
    expect(workers[0]?.isTerminated).toBe(true);
  });
});

it('a worker that is alone loads its scene for itself; several share one', async () => {
  const calls: string[] = [];
  const called = <T>(name: string, value: T) => {
    return async (): Promise<T> => {
      calls.push(name);
      return value;
    };
  };
  const loaded = { info, scene: {}, view: {} } as unknown as LoadedScene;
  const spawn = (): WorkerHandle => ({
    api: {
      load: called('load', info),
      place: called('place', { site: undefined }),
      build: called('build', loaded),
      help: called('help', undefined),
      attach: called('attach', undefined),
      render: () => never,
      guides: () => never,
    },
    onCrash: () => {},
    terminate: () => {},
  });
  const pool = new WorkerPool(spawn, { after: () => () => {} }, { canShare: true });
  pool.setSize(1);
  await pool.load(0, load);
  expect(calls.splice(0)).toEqual(['load']);
  pool.setSize(3);
  await pool.load(1, load);
  await pool.load(2, load);
  expect(calls).toEqual(['place', 'build', 'attach']);
});
