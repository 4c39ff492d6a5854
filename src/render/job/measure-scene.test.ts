import { describe, expect, it } from 'vitest';
import type { Timers } from '../../runtime/index.ts';
import type { BlockBounds } from '../kernel/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { measureScene } from './measure-scene.ts';
import type { SceneLoad } from './pool.ts';
import { VirtualPool } from './test-scene.ts';

/** Time that passes by whatever is waited for. */
function virtualTime(): { readonly clock: { now(): number }; readonly timers: Timers } {
  let nowMs = 0;
  return {
    clock: { now: () => nowMs },
    timers: {
      after(ms, call) {
        const dueMs = nowMs + ms;
        queueMicrotask(() => {
          nowMs = Math.max(nowMs, dueMs);
          call();
        });
        return () => {};
      },
    },
  };
}

async function measured(width: number, height: number, workers: number) {
  const { clock, timers } = virtualTime();
  const blocks: BlockBounds[] = [];
  const loads = new Set<SceneLoad>();
  const pool = new VirtualPool({
    timers,
    blockMs: () => 10,
    render: (load, block) => {
      loads.add(load);
      blocks.push(block);
      return new Float32Array(3 * block.width * block.height);
    },
  });
  pool.setSize(workers);
  const settings = { ...DEFAULT_SETTINGS, width, height };
  const scene = new Uint8Array();
  const cost = await measureScene({
    ...{ scene, environmentMap: undefined, settings, pool, clock },
    forMs: 45,
  });
  return { cost, blocks, loads: [...loads] };
}

describe('what a scene costs', () => {
  it('is measured on a small picture of the same shape, by all workers, for the time given', async () => {
    const { cost, blocks, loads } = await measured(1920, 1080, 2);
    expect(loads).toHaveLength(1);
    expect(loads[0]).toMatchObject({ width: 128, height: 72 });
    // Two rounds of four Tiles a worker, 10 ms each.
    expect(blocks).toHaveLength(16);
    expect(cost.samplesPerSecond).toBeCloseTo((4 * 128 * 72) / 0.08, 6);
  });

  it('takes other samples each time', async () => {
    const { blocks } = await measured(64, 64, 3);
    const samples = blocks.map(({ firstSample }) => firstSample);
    expect(samples).toHaveLength(15);
    expect(new Set(samples).size).toBe(15);
  });

  it('is measured once however long that takes, and of a small picture as it is', async () => {
    const { loads, blocks } = await measured(20, 300, 1);
    expect(loads[0]).toMatchObject({ width: 9, height: 128 });
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    expect((await measured(20, 30, 1)).loads[0]).toMatchObject({ width: 20, height: 30 });
  });
});
