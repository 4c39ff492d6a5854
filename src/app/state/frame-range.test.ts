import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createFrameRange, lastFrame, rangeText, readRange } from './frame-range.ts';
import type { ShownScene } from './scene.ts';

function scene(id: number, animation: number | null, ...durations: readonly number[]): ShownScene {
  const animations = durations.map((duration) => ({ name: '', duration }));
  return { id, pose: { animation, time: 0 }, animations } as unknown as ShownScene;
}

describe('the frames to render', () => {
  it('are one moment until somebody wants more, and always of what does not move', () => {
    const open = signal<ShownScene | undefined>(scene(1, 0, 2));
    const range = createFrameRange(open);
    expect(range.read.value).toEqual({ ok: true, frames: undefined });
    range.setRange(true);
    expect(range.read.value).toEqual({ ok: true, frames: { first: 0, last: 47, fps: 24 } });
    open.value = scene(1, null, 2);
    expect(range.read.value).toEqual({ ok: true, frames: undefined });
    open.value = scene(2, null);
    expect(range.read.value).toEqual({ ok: true, frames: undefined });
  });

  it('go to the end at the rate that is typed, unless the last one is typed, too', () => {
    const range = createFrameRange(signal(scene(1, 0, 2)));
    range.setRange(true);
    range.change({ fps: '12' });
    expect(range.typed.value).toEqual({ first: '0', last: '23', fps: '12' });
    range.change({ last: '5' });
    range.change({ fps: '30' });
    expect(range.typed.value.last).toBe('5');
  });

  it('that were typed are forgotten with another animation', () => {
    const open = signal<ShownScene | undefined>(scene(1, 0, 2, 1));
    const range = createFrameRange(open);
    range.change({ first: '7' });
    open.value = scene(1, 1, 2, 1);
    expect(range.typed.value).toEqual({ first: '0', last: '23', fps: '24' });
  });

  it('say what would be right', () => {
    const errors = (first: string, last: string, fps: string) => {
      const read = readRange({ first, last, fps });
      return read.ok ? undefined : Object.keys(read.errors);
    };
    expect(errors('0', '5', '24')).toBeUndefined();
    expect(errors('', '5', '24')).toEqual(['first']);
    expect(errors('0', '1.5', '24')).toEqual(['last']);
    expect(errors('0', '5', '0')).toEqual(['fps']);
    expect(errors('6', '5', '24')).toEqual(['last']);
    expect(errors('5', '5', '24')).toBeUndefined();
  });

  it('end before the end of a loop, which is its beginning', () => {
    expect([lastFrame(1, 24), lastFrame(1.01, 24), lastFrame(0, 24), lastFrame(0.1, 10)]).toEqual([
      23, 24, 0, 0,
    ]);
    // Times in a file are float32.
    expect(lastFrame(Math.fround(2 / 3), 24)).toBe(15);
  });

  it('are told as a number and a time', () => {
    expect(rangeText({ first: 0, last: 47, fps: 24 })).toBe('48 frames, 2 s');
    expect(rangeText({ first: 3, last: 3, fps: 24 })).toBe('1 frame, 0.04 s');
  });
});
