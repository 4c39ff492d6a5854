/** How far each frame of a render is, for the eye: frames that are alike side by side are one run. */
import type { FrameView } from '../../render/job/index.ts';

export type FrameState = 'finished' | 'work' | 'missing';

type Shown = Pick<FrameView, 'isFinished' | 'tileSamples'>;

export function stateOfFrame({ isFinished, tileSamples }: Shown): FrameState {
  if (isFinished) return 'finished';
  return tileSamples.some((samples) => samples > 0) ? 'work' : 'missing';
}

export const finishedCount = (frames: readonly Pick<FrameView, 'isFinished'>[]): number =>
  frames.reduce((count, { isFinished }) => count + (isFinished ? 1 : 0), 0);

export interface FrameRun {
  readonly first: number;
  readonly count: number;
  readonly state: FrameState;
}

export function runsOf(frames: readonly Shown[]): readonly FrameRun[] {
  const runs: { first: number; count: number; state: FrameState }[] = [];
  for (const [index, frame] of frames.entries()) {
    const state = stateOfFrame(frame);
    const last = runs.at(-1);
    if (last?.state === state) last.count++;
    else runs.push({ first: index, count: 1, state });
  }
  return runs;
}
