import { describe, expect, it, vi } from 'vitest';
import type { SceneLoad } from './pool.ts';
import { PosedFrames } from './posed-frames.ts';

function setUp(frames = 10, bytes = 2 ** 30) {
  const load = vi.fn(async (_worker: number, _load: SceneLoad) => ({}) as never);
  const read = vi.fn(
    async (frame: number) => ({ seed: frame, scene: { length: bytes } as Uint8Array }) as SceneLoad,
  );
  const posed = new PosedFrames({ load }, frames, read);
  const loaded = () => load.mock.calls.map(([worker, scene]) => [worker, scene.seed]);
  const readFrames = () => read.mock.calls.map(([frame]) => frame);
  return { posed, load, read, loaded, readFrames };
}

describe('the frames that workers have loaded', () => {
  it('are read once for all, loaded once by each, and the next is read ahead', async () => {
    const { posed, loaded, readFrames } = setUp();
    await Promise.all([posed.ready(0, 0), posed.ready(1, 0)]);
    await posed.ready(0, 0);
    expect(loaded()).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(readFrames()).toEqual([0, 1]);
    await posed.ready(0, 1);
    expect(readFrames()).toEqual([0, 1, 2]);
  });

  it('are read as far ahead as the machine went the last time, and not beyond the end', async () => {
    const { posed, readFrames } = setUp(7);
    await posed.ready(0, 0);
    await posed.ready(0, 3);
    expect(readFrames()).toEqual([0, 1, 3, 6]);
    await posed.ready(0, 6);
    expect(readFrames()).toEqual([0, 1, 3, 6]);
  });

  it('are read anew when they are wanted after two others', async () => {
    const { posed, readFrames } = setUp();
    for (const frame of [0, 1, 2, 0]) await posed.ready(0, frame);
    expect(readFrames()).toEqual([0, 1, 2, 3, 0]);
  });

  it('stay while they are small, for who goes back and forth', async () => {
    const { posed, readFrames } = setUp(10, 16 * 2 ** 20);
    for (const frame of [0, 1, 2, 0, 1]) await posed.ready(0, frame);
    expect(readFrames()).toEqual([0, 1, 2, 3]);
  });

  it('are loaded again by a worker of which nothing is known any more', async () => {
    const { posed, loaded } = setUp(1);
    await posed.ready(0, 0);
    posed.forget(0);
    await posed.ready(0, 0);
    expect(loaded()).toHaveLength(2);
  });

  it('are loaded again after another one that could not be: who knows what is there', async () => {
    const { posed, load, loaded } = setUp();
    await posed.ready(0, 0);
    load.mockRejectedValueOnce(new Error('it crashed'));
    await expect(posed.ready(0, 1)).rejects.toThrow('it crashed');
    await posed.ready(0, 0);
    expect(loaded().map(([, frame]) => frame)).toEqual([0, 1, 0]);
  });

  it('are tried again where they could not be read, or not be loaded', async () => {
    const { posed, load, read, readFrames } = setUp(1);
    read.mockRejectedValueOnce(new Error('no memory'));
    await expect(posed.ready(0, 0)).rejects.toThrow('no memory');
    load.mockRejectedValueOnce(new Error('it crashed'));
    await expect(posed.ready(0, 0)).rejects.toThrow('it crashed');
    await posed.ready(0, 0);
    expect(readFrames()).toEqual([0, 0]);
    expect(load).toHaveBeenCalledTimes(2);
  });
});
