/** When a silent neighbour is given up, and what people read of it. */
import type { Suspicion } from './suspicion.ts';

/** With a hint: six unanswered probes in all, of which half before suspicion. */
export const DEAD_AFTER_HINT_MS = 1200;
/**
 * When the neighbour is known to live, through others or because it registered anew (from another network, as likely as not): only the
 * Link is silent, and ICE often recovers within this.
 */
const DEAD_AFTER_THOUGH_ALIVE_MS = 10_000;
/** How long an answer through others counts: three of the questions. */
const INDIRECT_LIFE_MS = 2000;
/** A page that stands still behind its worker is given up after this: a hung page works no more. */
const BUSY_DEAD_AFTER_MS = 30_000;

/** How long nothing was heard of a neighbour, ms. */
export interface Silence {
  /** Of all of it; with a hint, of what came since. */
  readonly ms: number;
  /** Of its page. */
  readonly pageMs: number;
  /** Since it answered through others. */
  readonly elsewhereMs: number;
  /** Since it registered anew at the rendezvous, and nothing came on its Link. */
  readonly movedMs: number;
  /** The rendezvous saw it go. */
  readonly isHinted: boolean;
}

/** One of a fixed few texts; undefined: not yet. @param scale how patient we are (awareness.ts) */
export function deathReason(
  {
    ms,
    pageMs,
    elsewhereMs,
    movedMs,
    isHinted,
    suspicion,
  }: Silence & { readonly suspicion: Suspicion | undefined },
  scale: number,
  now: number,
): string | undefined {
  if (pageMs >= BUSY_DEAD_AFTER_MS) return 'its page stands still';
  if (!suspicion) return undefined;
  if (elsewhereMs < INDIRECT_LIFE_MS || movedMs < DEAD_AFTER_THOUGH_ALIVE_MS)
    return ms >= DEAD_AFTER_THOUGH_ALIVE_MS * scale
      ? 'it lives, but nothing of it arrives on this Link'
      : undefined;
  if (isHinted)
    return ms >= DEAD_AFTER_HINT_MS * scale ? 'it left the meeting point and does not answer' : undefined;
  return suspicion.leftMs(now, scale) <= 0 ? 'it does not answer' : undefined;
}
