import { describe, expect, it } from 'vitest';
import type { JobProgress } from '../../render/job/index.ts';
import { CalmProgress } from './calm-progress.ts';

const progress = (samplesDone: number, elapsedSeconds = 0): JobProgress => ({
  ...{ samplesDone, samplesTotal: 1_000, noise: undefined, tilesFinished: 0, samplesPerSecond: 0 },
  ...{ elapsedSeconds, etaSeconds: undefined, shares: [], active: [], helpers: [] },
});

function page() {
  const rests: number[] = [];
  const waiting: (() => void)[] = [];
  const listeners = new Set<() => void>();
  const visible = { state: 'visible' as DocumentVisibilityState };
  return {
    rests,
    seen: {
      timers: {
        after(delayMs: number, callback: () => void) {
          rests.push(delayMs);
          waiting.push(callback);
          return () => waiting.splice(waiting.indexOf(callback), 1);
        },
      },
      page: {
        get visibilityState() {
          return visible.state;
        },
        addEventListener: (_: string, listener: () => void) => listeners.add(listener),
        removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
      } as unknown as Document,
    },
    restOver: () => waiting.shift()?.(),
    see(state: DocumentVisibilityState) {
      visible.state = state;
      for (const listener of listeners) listener();
    },
    listeners,
  };
}

describe('the progress that the page shows', () => {
  it('changes at once, then rests, and shows the newest after it', () => {
    const { seen, restOver } = page();
    const calm = new CalmProgress(progress(0), seen);
    for (const samples of [10, 20, 30]) calm.comes(progress(samples));
    expect(calm.shown.value.samplesDone).toBe(10);
    restOver();
    expect(calm.shown.value.samplesDone).toBe(30);
  });

  it('rests the longer the longer the render takes, a second at most', () => {
    const { seen, restOver, rests } = page();
    const calm = new CalmProgress(progress(0), seen);
    for (const seconds of [1, 4, 600]) {
      calm.comes(progress(seconds, seconds));
      restOver();
    }
    expect(rests).toEqual([200, 400, 1_000]);
  });

  it('changes at once when the render stands otherwise', () => {
    const { seen } = page();
    const calm = new CalmProgress(progress(0), seen);
    calm.comes(progress(10));
    calm.stands(progress(20));
    expect(calm.shown.value.samplesDone).toBe(20);
  });

  it('changes with the percentage only while nobody sees the page', () => {
    const { seen, restOver, see } = page();
    see('hidden');
    const calm = new CalmProgress(progress(0), seen);
    calm.comes(progress(4));
    expect(calm.shown.value.samplesDone).toBe(0);
    calm.comes(progress(11));
    expect(calm.shown.value.samplesDone).toBe(11);
    restOver();
    calm.comes(progress(12));
    see('visible');
    expect(calm.shown.value.samplesDone).toBe(12);
  });

  it('lets the page go when its render is not listed any more', () => {
    const { seen, restOver, listeners } = page();
    const calm = new CalmProgress(progress(0), seen);
    calm.comes(progress(10));
    calm.comes(progress(20));
    calm.close();
    restOver();
    expect(calm.shown.value.samplesDone).toBe(10);
    expect(listeners.size).toBe(0);
  });
});
