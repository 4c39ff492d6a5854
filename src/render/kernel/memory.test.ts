import { describe, expect, it } from 'vitest';
import { freshKernel } from './testing.ts';

const PAGE = 65_536;

describe('the kernel memory', () => {
  it('grows a few times for many allocations, not once for each', async () => {
    const { instance } = await freshKernel();
    let growths = 0;
    let { buffer } = instance.memory;
    for (let i = 0; i < 4000; i++) {
      expect(instance.wasm.alloc(PAGE, 16) >>> 0).toBeGreaterThan(0);
      // A memory that grows has another buffer.
      if (instance.memory.buffer !== buffer) growths++;
      buffer = instance.memory.buffer;
    }
    expect(growths).toBeGreaterThan(5);
    expect(growths).toBeLessThan(80);
    // No more than an eighth lies idle.
    expect(buffer.byteLength).toBeLessThan(4000 * PAGE * 1.2);
  });

  it('gives out the last page that the host allows, and then says that there is none', async () => {
    const maximum = 100;
    const { instance } = await freshKernel(maximum);
    while (instance.wasm.alloc(PAGE, 16) !== 0);
    expect(instance.memory.buffer.byteLength).toBe(maximum * PAGE);
    expect(maximum * PAGE - (instance.wasm.mark() >>> 0)).toBeLessThan(PAGE);
  });

  it('does not grow past its own limit while others share it', async () => {
    const { instance } = await freshKernel();
    const end = instance.memory.buffer.byteLength + 3 * PAGE;
    instance.wasm.limitMemory(end);
    while (instance.wasm.alloc(PAGE, 16) !== 0);
    expect(instance.memory.buffer.byteLength).toBeLessThanOrEqual(end);
    expect(end - (instance.wasm.mark() >>> 0)).toBeLessThan(PAGE);
  });
});
