import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Timers } from '../../runtime/index.ts';
import { CancelledError, systemClock, systemTimers } from '../../runtime/index.ts';
import { encodeScene } from '../scene/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { renderGuides } from './guides.ts';
import { renderStill } from './local-render.ts';
import { type RenderedBlock, type RenderWorkerApi, WorkerPool } from './pool.ts';
import { sceneLoad } from './runner.ts';
import { tinyScene } from './test-scene.ts';
import { WorkerSession } from './worker-session.ts';

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile(
    await readFile(new URL('../../../public/generated/kernel.wasm', import.meta.url)),
  );
});

const noTimers: Timers = { after: () => () => {} };
const settings = { ...DEFAULT_SETTINGS, width: 100, height: 80 };
const load = sceneLoad(settings, encodeScene(tinyScene()), undefined);

/** Real kernels without threads; `around` may fail a call of a worker, numbered in order of their start. */
function poolOf(
  size: number,
  around: (worker: number, call: () => RenderedBlock) => RenderedBlock = (_, call) => call(),
) {
  let workers = 0;
  let loads = 0;
  const pool = new WorkerPool(() => {
    const session = new WorkerSession({ own: module, shared: undefined });
    const worker = workers++;
    const api: RenderWorkerApi = {
      load: (scene) => {
        loads++;
        return session.load(scene);
      },
      place: (scene) => session.place(scene),
      build: () => session.build(),
      help: (help) => session.help(help),
      attach: (attachment) => session.attach(attachment),
      render: async (block) => session.render(block),
      guides: async (block) => around(worker, () => session.guides(block)),
    };
    return { api, onCrash() {}, terminate() {} };
  }, noTimers);
  pool.setSize(size);
  return { pool, loads: () => loads };
}

const pixelAt = (x: number, y: number) => y * settings.width + x;

describe('a local render that is asked for guide images', () => {
  it('makes them with the same workers after the picture, which stays the same', async () => {
    const options = {
      scene: load.scene,
      environmentMap: undefined,
      settings: { ...settings, samples: 2, bounces: 1 },
      clock: systemClock,
      timers: systemTimers,
    };
    const plain = await renderStill({ ...options, pool: poolOf(1).pool });
    expect(plain.guides).toBeUndefined();
    const { pool, loads } = poolOf(1);
    const shares: number[] = [];
    const guided = await renderStill({
      ...options,
      pool,
      guides: { onProgress: (share) => shares.push(share) },
    });
    expect(guided.hash).toBe(plain.hash);
    expect(guided.guides).toEqual(await renderGuides({ pool: poolOf(1).pool, load }));
    expect(loads()).toBe(1);
    expect(shares.at(-1)).toBe(1);
  });
});

describe('the guide pass', () => {
  it('shows a floor in front of nothing', async () => {
    const { albedo, normal, depth } = await renderGuides({ pool: poolOf(1).pool, load });
    expect([albedo.length, normal.length, depth.length]).toEqual([24_000, 24_000, 8_000]);
    const floor = pixelAt(50, 70);
    expect(albedo[floor * 3]).toBeCloseTo(0.8, 5);
    expect(albedo[floor * 3 + 2]).toBeCloseTo(0.2, 5);
    expect(normal[floor * 3 + 1]).toBeCloseTo(1, 5);
    // The camera is 1 m up and 4 m away from the middle: the ray meets the floor between 2 m and 4 m off.
    expect(depth[floor]).toBeGreaterThan(2);
    expect(depth[floor]).toBeLessThan(4);
    const sky = pixelAt(5, 30);
    expect([albedo[sky * 3], normal[sky * 3 + 1], depth[sky]]).toEqual([0, 0, 0]);
  });

  it('averages depth over the rays that hit: an edge pixel is at the distance of the edge', async () => {
    const { albedo, depth } = await renderGuides({ pool: poolOf(1).pool, load });
    let edges = 0;
    depth.forEach((value, pixel) => {
      const share = (albedo[pixel * 3 + 2] ?? 0) / 0.2;
      if (share > 0 && share < 0.99) {
        edges++;
        expect(value).toBeGreaterThan(2);
      }
    });
    expect(edges).toBeGreaterThan(20);
  });

  it('has the same bits with one worker and with three, one of which always fails', async () => {
    const alone = await renderGuides({ pool: poolOf(1).pool, load });
    const { pool } = poolOf(3, (worker, call) => {
      if (worker === 1) throw new Error('no room');
      return call();
    });
    const shares: number[] = [];
    const together = await renderGuides({ pool, load, onProgress: (share) => shares.push(share) });
    expect(together).toEqual(alone);
    expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('gives the scene to workers that lost it, and only to them', async () => {
    const { pool, loads } = poolOf(2);
    await pool.load(0, load);
    await renderGuides({ pool, load, isLoaded: true });
    expect(loads()).toBe(2);
    await renderGuides({ pool, load, isLoaded: true });
    expect(loads()).toBe(2);
  });

  it('fails with the reason when no worker can do it, and without workers', async () => {
    const { pool } = poolOf(2, () => {
      throw new Error('no room');
    });
    await expect(renderGuides({ pool, load })).rejects.toThrow('no room');
    await expect(renderGuides({ pool: poolOf(0).pool, load })).rejects.toThrow('no worker');
  });

  it('stops when it is cancelled, before or in the middle', async () => {
    const before = AbortSignal.abort();
    const { pool, loads } = poolOf(1);
    await expect(renderGuides({ pool, load, signal: before })).rejects.toThrow(CancelledError);
    expect(loads()).toBe(0);
    const abort = new AbortController();
    const shares: number[] = [];
    const pass = renderGuides({
      pool,
      load,
      signal: abort.signal,
      onProgress: (share) => {
        shares.push(share);
        abort.abort();
      },
    });
    await expect(pass).rejects.toThrow(CancelledError);
    expect(shares).toEqual([0.25]);
  });
});
