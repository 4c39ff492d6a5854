import { describe, expect, it, vi } from 'vitest';
import { FinishedFrames, inMemory, type SetAside } from './finished-frames.ts';
import { rangeHash } from './hash.ts';
import { tileGrid } from './tiles.ts';

const grid = tileGrid(2, 1);
const means = (value: number) => new Float32Array(6).fill(value);
/** Room for three frames. */
const frames = (setAside: SetAside = inMemory) => new FinishedFrames(grid, setAside, 3 * 24);

describe('finished frames', () => {
  it('leave memory in the order in which they were used last, and come back with the same bits', async () => {
    const setAside = vi.fn<SetAside>(async (bytes) => {
      const kept = bytes.slice();
      return { read: async () => kept.slice() };
    });
    const kept = frames(setAside);
    for (const frame of [0, 1, 2]) kept.add(frame, means(frame));
    await kept.load(0);
    kept.add(3, means(3));
    await expect.poll(() => kept.means(1)).toBeUndefined();
    expect([0, 2, 3].map((frame) => kept.means(frame)?.[0])).toEqual([0, 2, 3]);
    expect(await kept.load(1)).toEqual(means(1));
    await expect.poll(() => kept.means(2)).toBeUndefined();
    for (const frame of [2, 0, 3, 1, 2]) {
      expect(await kept.load(frame)).toEqual(means(frame));
      await expect.poll(() => [0, 1, 2, 3].filter((one) => kept.means(one))).toHaveLength(3);
    }
    // What was set aside once is not again.
    expect(setAside.mock.calls.map(([bytes]) => new Float32Array(bytes.slice().buffer)[0])).toEqual([
      1, 2, 0, 3,
    ]);
  });

  it('stay in memory where there is no room elsewhere, and are tried again', async () => {
    let isFull = true;
    const kept = frames(async (bytes) => {
      if (isFull) throw new Error('the disk is full');
      return inMemory(bytes);
    });
    for (const frame of [0, 1, 2, 3]) kept.add(frame, means(frame));
    await Promise.resolve();
    expect(kept.means(0)).toBeDefined();
    isFull = false;
    kept.add(4, means(4));
    await expect.poll(() => [0, 1].map((frame) => kept.means(frame))).toEqual([undefined, undefined]);
    expect(await kept.load(0)).toEqual(means(0));
  });

  it('are taken over by another without a copy', async () => {
    const [mine, theirs] = [frames(), frames()];
    for (const frame of [0, 1, 2, 3]) mine.add(frame, means(frame));
    await expect.poll(() => mine.means(0)).toBeUndefined();
    theirs.adopt(mine);
    expect(theirs.means(3)).toBe(mine.means(3));
    expect(await theirs.load(0)).toEqual(means(0));
    expect(theirs.hash(2)).toBe(mine.hash(2));
  });

  it('that were let go stay finished; that were removed are not', async () => {
    const kept = frames();
    kept.add(0, means(0));
    kept.letGo(0);
    expect([kept.has(0), kept.means(0), kept.size]).toEqual([true, undefined, 1]);
    kept.remove(0);
    expect([kept.has(0), kept.hash(0), kept.bring(0)]).toEqual([false, undefined, undefined]);
    await expect(kept.load(0)).rejects.toThrow(RangeError);
  });
});

it('a render is named by its frames in their order, a still by its picture', async () => {
  const [a, b] = ['00'.repeat(32), '11'.repeat(32)];
  expect(await rangeHash([a])).toBe(a);
  expect(await rangeHash([a, b])).toMatch(/^[0-9a-f]{64}$/);
  expect(await rangeHash([a, b])).not.toBe(await rangeHash([b, a]));
});
