import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import type { FrameView, JobId } from '../../render/job/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import type { JobView } from './jobs.ts';
import { createPlayer, frameInWork, nextFinished } from './player.ts';

const TILES = 4;

function framesOf(...finished: readonly boolean[]) {
  return finished.map((isFinished, index) => ({
    ...{ isFinished, firstPart: index * TILES, load: vi.fn(async () => {}) },
  })) as unknown as readonly (FrameView & { load: ReturnType<typeof vi.fn> })[];
}

function viewOf(frames: readonly FrameView[], id = 'a') {
  const progress = signal({ active: [] as { part: number }[] });
  const job = { id: id as JobId, frames, spec: { frames: { first: 0, last: frames.length - 1, fps: 10 } } };
  return { view: { job, progress } as unknown as JobView, progress };
}

describe('the frame on the stage', () => {
  it('is the one in work, else the first that is not finished, of a whole render the first', () => {
    const frames = framesOf(true, true, false, false);
    expect(frameInWork(frames, [{ part: 13 }, { part: 9 }])).toBe(2);
    expect(frameInWork(frames, [])).toBe(2);
    expect(frameInWork(framesOf(true, true), [])).toBe(0);
  });

  it('follows the work until somebody chooses, and for that render only', () => {
    const shown = signal<JobView | undefined>(undefined);
    const player = createPlayer(shown, new Scheduler());
    expect(player.frame.value).toBe(0);
    const { view, progress } = viewOf(framesOf(true, false, false));
    shown.value = view;
    expect(player.frame.value).toBe(1);
    progress.value = { active: [{ part: 2 * TILES }] };
    expect(player.frame.value).toBe(2);
    player.show(0);
    progress.value = { active: [{ part: TILES }] };
    expect(player.frame.value).toBe(0);
    player.show(99);
    expect(player.frame.value).toBe(2);
    shown.value = viewOf(framesOf(false, false), 'b').view;
    expect(player.frame.value).toBe(0);
  });
});

describe('playing', () => {
  it('shows one finished frame after the other at their rate, each once it is there, round and round', async () => {
    const scheduler = new Scheduler();
    const frames = framesOf(true, false, true, true);
    const player = createPlayer(signal(viewOf(frames).view), scheduler);
    player.show(0);
    player.play();
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      await scheduler.runFor(100);
      seen.push(player.frame.value);
    }
    expect(seen).toEqual([2, 3, 0, 2]);
    expect(frames[1]?.load).not.toHaveBeenCalled();
    expect(frames[3]?.load).toHaveBeenCalled();
    player.pause();
    await scheduler.runFor(500);
    expect(player.frame.value).toBe(2);
  });

  it('stops when a frame is chosen, and with the render', async () => {
    const scheduler = new Scheduler();
    const shown = signal<JobView | undefined>(viewOf(framesOf(true, true)).view);
    const player = createPlayer(shown, scheduler);
    player.play();
    player.show(1);
    expect(player.isPlaying.value).toBe(false);
    player.play();
    shown.value = viewOf(framesOf(true, true), 'b').view;
    expect(player.isPlaying.value).toBe(false);
    await scheduler.runFor(500);
    expect(player.frame.value).toBe(0);
  });

  it('waits where nothing else is finished', () => {
    expect(nextFinished(framesOf(true, false), 0)).toBeUndefined();
    expect(nextFinished(framesOf(true, false), 1)).toBe(0);
  });
});
