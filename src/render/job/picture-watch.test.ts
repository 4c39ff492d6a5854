import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { PictureWatch } from './picture-watch.ts';

function setUp(answer: () => Promise<unknown>) {
  const scheduler = new Scheduler();
  const asked: number[] = [];
  const gaveUp: string[] = [];
  const state = { isOver: false };
  const watch = new PictureWatch({
    clock: scheduler,
    timers: scheduler,
    ask() {
      asked.push(scheduler.now());
      return answer();
    },
    isOver: () => state.isOver,
    gaveUp: (reason) => gaveUp.push(reason),
  });
  return { scheduler, watch, asked, gaveUp, state };
}

const fine = () => Promise.resolve();

describe('watching a picture', () => {
  it('asks at once, and again after two seconds of silence', async () => {
    const { scheduler, asked } = setUp(fine);
    await scheduler.runFor(4_900);
    expect(asked).toEqual([0, 2_000, 4_000]);
  });

  it('does not ask while news come', async () => {
    const { scheduler, watch, asked } = setUp(fine);
    for (let i = 0; i < 10; i++) {
      await scheduler.runFor(1_500);
      watch.heard();
    }
    expect(asked).toEqual([0]);
  });

  it('asks at once when there is reason to believe that the owner lost sight of us, but not twice at a time', async () => {
    const { scheduler, watch, asked } = setUp(() => new Promise(() => {}));
    await scheduler.runFor(100);
    watch.askNow();
    expect(asked).toEqual([0]);
    const other = setUp(fine);
    await other.scheduler.runFor(100);
    other.watch.askNow();
    expect(other.asked).toEqual([0, 100]);
  });

  it('tries again after a failure, gives up after twenty in a row, and says why', async () => {
    const { scheduler, asked, gaveUp } = setUp(() => Promise.reject(new Error('gone')));
    await scheduler.runFor(60_000);
    expect(asked).toHaveLength(20);
    expect(gaveUp).toEqual(['the picture cannot be had: gone']);
  });

  it('ends with the render, and when it is stopped', async () => {
    const { scheduler, watch, asked, state } = setUp(fine);
    await scheduler.runFor(100);
    state.isOver = true;
    watch.askNow();
    await scheduler.runFor(10_000);
    expect(asked).toEqual([0]);
    const other = setUp(fine);
    await other.scheduler.runFor(100);
    other.watch.stop();
    other.watch.askNow();
    await other.scheduler.runFor(10_000);
    expect(other.asked).toEqual([0]);
  });
});
