/**
 * A newcomer has one Link when it is in; it hears of the others within a second, on a busy machine later, and the first round trips with them
 * come then. Who prints what it sees, or says that nobody is there, waits until nothing has changed for a while and nobody is missing of whom
 * a neighbour has heard.
 */
import type { Mesh } from '../library/index.node.ts';

const QUIET_MS = 700;
const LONGEST_MS = 10_000;
/** A neighbour that does not answer is not waited for. */
const ANSWER_MS = 1_000;
/** Who was not heard for so long by a neighbour may be gone. */
const FRESH_MS = 3_000;

/** Resolves when the members are all known and have not changed for a moment, after ten seconds, or when `signal` aborts. Never rejects. */
export async function settled(mesh: Mesh, signal: AbortSignal): Promise<void> {
  const endsAtMs = performance.now() + LONGEST_MS;
  const leftMs = (): number => (signal.aborted ? 0 : endsAtMs - performance.now());
  do await quiet(mesh, signal, leftMs());
  while (leftMs() > 0 && (await isSomebodyMissing(mesh, signal, Math.min(ANSWER_MS, leftMs()))));
}

function quiet(mesh: Mesh, signal: AbortSignal, longestMs: number): Promise<void> {
  if (longestMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(longest);
      off();
      signal.removeEventListener('abort', end);
      resolve();
    };
    let timer = setTimeout(end, QUIET_MS);
    const longest = setTimeout(end, longestMs);
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, QUIET_MS);
    };
    const off = mesh.on('membersChanged', again);
    signal.addEventListener('abort', end);
  });
}

async function isSomebodyMissing(mesh: Mesh, signal: AbortSignal, timeoutMs: number): Promise<boolean> {
  const { inspection } = mesh.node;
  const neighbours = mesh.members().filter(({ isNeighbour }) => isNeighbour);
  const tables = await Promise.all(
    neighbours.map(({ id }) => inspection.table(id, { timeoutMs, signal }).catch(() => [])),
  );
  const known = new Set(mesh.members().map(({ id }) => id));
  return tables
    .flat()
    .some(({ id, lastProofMs = Number.POSITIVE_INFINITY }) => lastProofMs < FRESH_MS && !known.has(id));
}
