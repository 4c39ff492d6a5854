/** What becomes of a Job when the command that asked for it ends: others get what only this Node has, or it ends with the command. */
import type { Mesh } from '../library/index.node.ts';
import { isFinal, type RenderJob } from '../render/job/index.ts';
import { handedOver } from './hand-over.ts';
import type { StopSignal } from './stop-signals.ts';

/** For those who look on, and for a Node that keeps the Job: as long as a person waits for a prompt without wondering. */
const HAND_OVER_MS = 5_000;

export interface ConcludeOptions {
  readonly mesh: Pick<Mesh, 'members'>;
  /** Its reason is a StopSignal. */
  readonly signal: AbortSignal;
  readonly quiet: boolean;
}

/**
 * A person who stops the command wants no picture, nor does one whose command failed: the Job is cancelled for everyone. One whose
 * terminal is gone may still want it. A Job that is over stays as it is.
 * @throws what `work` throws
 */
export async function concluded(
  job: Pick<RenderJob, 'state' | 'isOnlyHere' | 'progress' | 'cancel'>,
  { mesh, signal, quiet }: ConcludeOptions,
  work: () => Promise<void>,
): Promise<void> {
  const isGone = (): boolean => signal.reason === ('SIGHUP' satisfies StopSignal);
  try {
    await work();
  } catch (error) {
    if (isGone() || isFinal(job.state)) await handedOver(() => [job], mesh, HAND_OVER_MS);
    else {
      await job.cancel();
      if (signal.aborted && !quiet) {
        console.error(
          'leafcutter: interrupted, what was not done is not written; the job is cancelled for everyone',
        );
      }
    }
    throw error;
  }
  await handedOver(() => [job], mesh, HAND_OVER_MS);
}
