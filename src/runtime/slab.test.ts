import { expect, it } from 'vitest';
import { Slab } from './slab.ts';

it('gives bytes that are nobody else’s, small ones out of a common array and large ones of their own', () => {
  const slab = new Slab();
  const parts = Array.from({ length: 200 }, (_, i) => slab.take(i * 21));
  for (const [i, part] of parts.entries()) {
    expect(part).toEqual(new Uint8Array(i * 21));
    part.fill(i);
  }
  for (const [i, part] of parts.entries()) expect(part.every((byte) => byte === i)).toBe(true);
  const buffers = new Set(parts.map(({ buffer }) => buffer));
  expect(buffers.size).toBeLessThan(20);
  expect(slab.take(5_000).buffer.byteLength).toBe(5_000);
});
