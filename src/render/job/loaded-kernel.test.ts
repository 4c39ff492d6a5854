import { expect, it } from 'vitest';
import { rendererHash } from './loaded-kernel.ts';

it('another kernel, and one that divides pictures otherwise, is another renderer', async () => {
  const kernel = Uint8Array.of(0, 97, 115, 109);
  const own = await rendererHash(kernel);
  expect(own).toMatch(/^[0-9a-f]{64}$/);
  expect(await rendererHash(kernel.slice())).toBe(own);
  expect(await rendererHash(kernel.subarray(1))).not.toBe(own);
  expect(await rendererHash(kernel, [64, 0, 1, 4])).not.toBe(own);
});
