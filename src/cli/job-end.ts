/** Waiting for a Job of the mesh in a terminal: its progress as of a render on this machine, and how it ends. */
import type { RenderJob } from '../render/job/index.ts';
import { CancelledError, LeafcutterError, systemClock } from '../runtime/index.ts';
import { type Progress, RenderProgress } from './render-progress.ts';
import type { TerminalOutput } from './status-line.ts';

/**
 * Resolves with the picture's hash.
 * @param out where the progress is shown, if anywhere
 * @throws JobFailedError; LeafcutterError `job-cancelled`; CancelledError when `signal` aborts: the Job goes on
 */
export async function jobEnd(
  job: RenderJob,
  signal: AbortSignal,
  out: TerminalOutput | undefined,
): Promise<string> {
  const shown = out && new RenderProgress(out, () => systemClock.now());
  const show = (): void => shown?.show(() => progressOf(job));
  const offs = [job.events.on('progress', show), job.events.on('state', show)];
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new CancelledError('waiting for the render'));
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([job.finished, aborted]);
  } catch (error) {
    if (signal.aborted || job.state !== 'cancelled') throw error;
    throw new LeafcutterError('job-cancelled', 'the render was cancelled');
  } finally {
    signal.removeEventListener('abort', abort);
    for (const off of offs) off();
    shown?.clear();
  }
}

export function progressOf({
  frames,
  progress,
  state,
  reason,
}: Pick<RenderJob, 'frames' | 'progress' | 'state' | 'reason'>): Progress {
  const { samplesPerSecond, etaSeconds, shares } = progress;
  return {
    ...progress,
    tiles: frames.reduce((sum, { tileSamples }) => sum + tileSamples.length, 0),
    mesh: {
      samplesPerSecond,
      etaSeconds,
      devices: shares.filter((share) => share.samplesPerSecond > 0).length,
      state: state === 'rendering' ? undefined : reason === undefined ? state : `${state}: ${reason}`,
    },
  };
}
