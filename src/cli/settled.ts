/**
 * A newcomer has one Link when it is in; the others follow within a second, and the first round trips with them. Who prints what it sees
 * waits until nothing has changed for a while.
 */
import type { Mesh } from '../library/index.node.ts';

const QUIET_MS = 700;
const LONGEST_MS = 4_000;

/** Resolves when the members have not changed for a moment, after four seconds, or when `signal` aborts. Never rejects. */
export function settled(mesh: Mesh, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(quiet);
      clearTimeout(longest);
      off();
      signal.removeEventListener('abort', end);
      resolve();
    };
    let quiet = setTimeout(end, QUIET_MS);
    const longest = setTimeout(end, LONGEST_MS);
    const again = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET_MS);
    };
    const off = mesh.on('membersChanged', again);
    signal.addEventListener('abort', end);
  });
}
