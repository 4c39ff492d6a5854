/** Timers for what a client has to do by a time. */
import { stoodStill } from '../stood-still.ts';

/** As `setTimeout`, but begins anew where this process stood still meanwhile. Returns what cancels it. */
export function deadline(ms: number, missed: () => void): () => void {
  const dueAtMs = performance.now() + ms;
  let again = (): void => undefined;
  const timer = setTimeout(() => {
    if (stoodStill(dueAtMs, performance.now())) again = deadline(ms, missed);
    else missed();
  }, ms);
  return () => {
    clearTimeout(timer);
    again();
  };
}
