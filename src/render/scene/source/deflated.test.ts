import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SceneError } from '../errors.ts';
import { deflated, inflated } from './deflated.ts';

/** As meshes are: floating-point numbers that lie close together. */
const mesh = (floats: number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: floats }, (_, i) => Math.floor(i / 9)).buffer);

/** As pictures are. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

describe('the files of a scene on their way', () => {
  it('are smaller where they can be, and the same again', async () => {
    const bytes = mesh(100_000);
    const sent = await deflated(bytes);
    expect(sent.length).toBeLessThan(bytes.length / 2);
    expect(await inflated(sent)).toEqual(bytes);
  });

  it('are as they were where it would gain nothing', async () => {
    for (const bytes of [mesh(100), noise(400_000), new Uint8Array()]) {
      expect(await deflated(bytes)).toBe(bytes);
      expect(await inflated(bytes)).toBe(bytes);
    }
  });

  it('are refused when they hold more or less than they say, or more than any may', async () => {
    const sent = await deflated(mesh(100_000));
    for (const length of [0, 399_999, 400_001, 2 ** 30 + 1]) {
      const lying = sent.slice();
      new DataView(lying.buffer).setUint32(4, length, true);
      await expect(inflated(lying)).rejects.toThrow(SceneError);
    }
  });

  it('are refused, or what they were, whatever has become of them', async () => {
    const bytes = mesh(70_000);
    const sent = await deflated(bytes);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: sent.length - 1 }),
        fc.nat(255),
        fc.boolean(),
        async (at, value, isCut) => {
          const read = inflated(isCut ? sent.slice(0, at) : sent.with(at, value));
          await read.then(
            (whole) => expect(Buffer.compare(whole, bytes)).toBe(0),
            (error) => expect(error).toBeInstanceOf(SceneError),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});
