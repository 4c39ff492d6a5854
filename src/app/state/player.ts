/**
 * Which frame of the shown render is on the stage: the one in work while nobody chose, else the chosen one, or one finished frame after
 * the other while they are played. A still has one frame.
 */
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { FrameView, JobId } from '../../render/job/index.ts';
import { log, messageOf, type Timers } from '../../runtime/index.ts';
import type { JobView } from './jobs.ts';

export interface Player {
  /** From 0. */
  readonly frame: ReadonlySignal<number>;
  readonly isPlaying: ReadonlySignal<boolean>;
  /** Shows that one from now on. */
  show(frame: number): void;
  /** Finished frames at their rate, round and round, from where it stands. */
  play(): void;
  pause(): void;
}

/** The frame in work, of several the first; where nobody works, the first that is not finished; of a whole render the first of all. */
export function frameInWork(
  frames: readonly FrameView[],
  active: readonly { readonly part: number }[],
): number {
  const parts = active.map(({ part }) => part);
  if (parts.length > 0) {
    const first = Math.min(...parts);
    return Math.max(
      0,
      frames.findLastIndex(({ firstPart }) => firstPart <= first),
    );
  }
  return Math.max(
    0,
    frames.findIndex(({ isFinished }) => !isFinished),
  );
}

/** The finished frame after that one, the first again after the last; undefined where no other is. */
export function nextFinished(frames: readonly FrameView[], frame: number): number | undefined {
  for (let step = 1; step < frames.length; step++) {
    const next = (frame + step) % frames.length;
    if (frames[next]?.isFinished) return next;
  }
  return undefined;
}

export function createPlayer(shownJob: ReadonlySignal<JobView | undefined>, timers: Timers): Player {
  const chosen = signal<{ readonly job: JobId; readonly frame: number } | undefined>(undefined);
  const isPlaying = signal(false);
  const frame = computed(() => {
    const view = shownJob.value;
    if (!view || view.job.frames.length === 1) return 0;
    if (chosen.value?.job === view.job.id) return chosen.value.frame;
    return frameInWork(view.job.frames, view.progress.value.active);
  });
  function choose(index: number): void {
    const job = shownJob.peek()?.job;
    if (job) chosen.value = { job: job.id, frame: Math.min(Math.max(0, index), job.frames.length - 1) };
  }
  // One timer while it plays; another render on the stage stops it.
  effect(() => {
    const job = shownJob.value?.job;
    if (!isPlaying.value || !job) return;
    const { frames, spec } = job;
    let isOver = false;
    let stopTimer = (): void => {};
    const tick = async (): Promise<void> => {
      const next = nextFinished(frames, frame.peek());
      try {
        await (next === undefined ? undefined : frames[next]?.load());
      } catch (error) {
        log('warn', `a frame cannot be shown: ${messageOf(error)}`);
      }
      if (isOver) return;
      if (next !== undefined) choose(next);
      schedule();
    };
    const schedule = (): void => {
      stopTimer = timers.after(1000 / (spec.frames?.fps ?? 1), () => void tick());
    };
    schedule();
    return () => {
      isOver = true;
      stopTimer();
      isPlaying.value = false;
    };
  });
  return {
    frame,
    isPlaying,
    show(index) {
      batch(() => {
        isPlaying.value = false;
        choose(index);
      });
    },
    play() {
      isPlaying.value = true;
    },
    pause() {
      isPlaying.value = false;
    },
  };
}
