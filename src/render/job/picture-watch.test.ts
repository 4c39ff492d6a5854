import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { PictureWatch } from './picture-watch.ts';

function setUp(answer: () => Promise<unknown> | undefined) {
  const scheduler = new Scheduler();
  const asked: number[] = [];
  const watch = new PictureWatch({
    clock: scheduler,
    timers: scheduler,
    ask() {
      const coming = answer();
      if (coming) asked.push(scheduler.now());
      return coming;
    },
  });
  watch.start();
  return { scheduler, watch, asked };
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

  it('asks at once when there is reason to believe that nobody feeds us, but not twice at a time', async () => {
    const { scheduler, watch, asked } = setUp(() => new Promise(() => {}));
    await scheduler.runFor(100);
    watch.askNow();
    expect(asked).toEqual([0]);
    const other = setUp(fine);
    await other.scheduler.runFor(100);
    other.watch.askNow();
    expect(other.asked).toEqual([0, 100]);
  });

  it('asks the next one right after an answer of the one before, when it was told to meanwhile', async () => {
    let answer: () => void = () => {};
    const { scheduler, watch, asked } = setUp(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    );
    await scheduler.runFor(100);
    watch.askNow();
    watch.heard();
    answer();
    await scheduler.runFor(1_000);
    expect(asked).toEqual([0, 100]);
  });

  it('tries again a second after a failure, for as long as it takes', async () => {
    const { scheduler, asked } = setUp(() => Promise.reject(new Error('gone')));
    await scheduler.runFor(59_900);
    expect(asked).toHaveLength(60);
  });

  it('asks as soon as there is somebody to ask', async () => {
    let isThere = false;
    const { scheduler, asked } = setUp(() => (isThere ? Promise.resolve() : undefined));
    await scheduler.runFor(10_100);
    isThere = true;
    await scheduler.runFor(1_000);
    expect(asked).toEqual([10_500]);
  });

  it('ends when it is stopped, and can be started again', async () => {
    const { scheduler, watch, asked } = setUp(fine);
    await scheduler.runFor(100);
    watch.stop();
    watch.askNow();
    await scheduler.runFor(10_000);
    expect(asked).toEqual([0]);
    watch.start();
    watch.start();
    expect(asked).toEqual([0, 10_100]);
    await scheduler.runFor(1_900);
    expect(asked).toEqual([0, 10_100]);
  });
});
