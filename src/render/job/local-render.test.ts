import { expect, it } from 'vitest';
import { systemClock, systemTimers } from '../../runtime/index.ts';
import type { FlatCamera } from '../scene/index.ts';
import { DEFAULT_SETTINGS, type RenderSettings } from '../settings.ts';
import { type RenderedFrame, renderLocally, renderStill } from './local-render.ts';
import type { SceneLoad } from './pool.ts';
import { fakeSums, VirtualPool } from './test-scene.ts';

const at = (x: number): FlatCamera => ({
  ...{ name: '', position: [x, 0, 0], right: [1, 0, 0], up: [0, 1, 0], back: [0, 0, 1] },
  projection: { kind: 'perspective', yfov: 1 },
});
const settings: RenderSettings = { ...DEFAULT_SETTINGS, width: 80, height: 70, samples: 2, camera: 3 };
const views: readonly RenderSettings['camera'][] = [3, at(1), at(2)];

/** Another camera is another picture. */
function viewedSums(load: SceneLoad, block: Parameters<typeof fakeSums>[1]): Float32Array {
  const { camera } = load;
  return fakeSums({ ...load, seed: typeof camera === 'number' ? camera : 100 * camera.position[0] }, block);
}

function common() {
  const pool = new VirtualPool({ timers: systemTimers, blockMs: () => 0, render: viewedSums });
  pool.setSize(2);
  return { environmentMap: undefined, settings, pool, clock: systemClock, timers: systemTimers };
}

it('frames that are views of one scene are, in their order, what stills from those cameras are', async () => {
  const scene = new Uint8Array(1);
  const taken: RenderedFrame[] = [];
  await renderLocally({
    ...common(),
    frames: views.length,
    sceneOf: async () => scene,
    cameraOf: (frame) => views[frame] ?? 0,
    onFrame: async (frame) => void taken.push(frame),
  });
  const stills: string[] = [];
  for (const camera of views) {
    const still = await renderStill({ ...common(), settings: { ...settings, camera }, scene });
    stills.push(still.hash);
  }
  expect(new Set(stills).size).toBe(views.length);
  expect(taken.map(({ index, hash }) => [index, hash])).toEqual(stills.map((hash, index) => [index, hash]));
});

it('more frames than can be kept are refused before one is made', async () => {
  const wanted = {
    ...common(),
    onFrame: async () => {},
    sceneOf: () => Promise.reject(new Error('one is made')),
  };
  const fullHd = { ...settings, width: 1920, height: 1080 };
  await expect(renderLocally({ ...wanted, settings: fullHd, frames: 1_000_001 })).rejects.toThrow(
    'a render of 1920x1080 pixels may have at most 16448 frames',
  );
});
