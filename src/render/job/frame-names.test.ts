import { expect, it, vi } from 'vitest';
import { FrameNames } from './frame-names.ts';

const tick = () => new Promise((resolve) => setTimeout(resolve));

it('frames are named once when they are whole, and lose the name when they are not any more', async () => {
  const finished = new Set<number>();
  const picture = {
    ...{ grid: { tileCount: 4 }, frames: [0, 1] },
    isFinished: (frame: number) => finished.has(frame),
    hash: async (frame: number) => String(frame).repeat(64),
  };
  const onNamed = vi.fn();
  const names = new FrameNames(picture, onNamed);
  names.changed([0, 5]);
  await tick();
  expect(onNamed).not.toHaveBeenCalled();
  finished.add(1);
  names.changed([5]);
  names.changed([6, 7]);
  // Between its end and its name it may be lost.
  finished.add(0);
  names.changed([3]);
  finished.delete(0);
  await tick();
  expect(onNamed.mock.calls).toEqual([[1]]);
  expect([names.get(0), names.get(1)]).toEqual([undefined, '1'.repeat(64)]);
  finished.delete(1);
  names.changed([4]);
  expect(names.get(1)).toBeUndefined();
});
