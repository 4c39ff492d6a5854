import { expect, it } from 'vitest';
import { VirtualPool } from '../render/job/test-scene.ts';
import { systemTimers } from '../runtime/index.ts';
import { countedPool } from './counted-pool.ts';

const block = { x: 0, y: 0, width: 4, height: 3, firstSample: 0, sampleCount: 5 };

it('counts what was rendered, and nothing that failed', async () => {
  const pool = new VirtualPool({
    timers: systemTimers,
    blockMs: () => 0,
    render: () => new Float32Array(4 * 3 * 3),
  });
  let samples = 0;
  const counted = countedPool(pool, (more) => {
    samples += more;
  });
  counted.setSize(1);
  expect(counted.size).toBe(1);
  await expect(counted.render(1, block)).rejects.toThrow();
  expect(samples).toBe(0);
  await counted.load(0, {} as Parameters<typeof counted.load>[1]);
  await counted.render(0, block);
  expect(samples).toBe(60);
});
