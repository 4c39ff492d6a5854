/**
 * The moment in which somebody is here and nobody comes any more. Thirty tabs that open at once need all of their machine to find each
 * other: what can be had a moment later waits until they have. But who coordinates a Job has news of it for whoever is here.
 */
import type { Farm } from '../farm/index.ts';
import type { MeshNode } from '../mesh/index.ts';
import type { Timers } from '../runtime/index.ts';

/** Nobody has joined for so long. Below the time for which a Broker is waited for (services/pubsub/acquaintance.ts). */
export const CALM_MS = 1_500;
/** Where somebody comes all the time. */
export const CROWDED_MS = 10_000;

interface Company {
  readonly node: { readonly events: Pick<MeshNode['events'], 'on'> };
  readonly farm: Pick<Farm, 'view'> & { readonly events: Pick<Farm['events'], 'on'> };
  readonly timers: Timers;
}

/** Calls back once. Returns what ends the wait. */
export function whenCalm({ node, farm, timers }: Company, isCalm: () => void): () => void {
  let cancelCalm: (() => void) | undefined;
  let cancelCrowded: (() => void) | undefined;
  const end = (): void => {
    stopListening();
    stopLooking();
    cancelCalm?.();
    cancelCrowded?.();
  };
  const tell = (): void => {
    end();
    isCalm();
  };
  const stopListening = node.events.on('joined', () => {
    cancelCrowded ??= timers.after(CROWDED_MS, tell);
    cancelCalm?.();
    cancelCalm = timers.after(CALM_MS, tell);
  });
  const stopLooking = farm.events.on('changed', ({ id }) => {
    if (!cancelCrowded) return; // nobody is here
    const job = farm.view(id);
    if (job?.role === 'coordinator' && job.control.phase === 'running') tell();
  });
  return end;
}
