/** Before a Node leaves: does another one have what only it had? */
import { deviceInfoOf, type Helper } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import type { RenderJob } from '../render/job/index.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import { pause } from './pause.ts';
import { printableLine } from './printable.ts';

const LOOK_EVERY_MS = 100;

export interface HandOverOptions {
  /** Without any progress. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

type HeldJob = Pick<RenderJob, 'isOnlyHere' | 'progress'>;

/**
 * Resolves when another Node has the Job, too. The time begins anew with each piece of the scene that somebody receives.
 * @throws LeafcutterError `alone`, `nobody-keeps`, which say why; CancelledError
 */
export async function secondCopy(
  job: HeldJob,
  mesh: Pick<Mesh, 'members'>,
  { timeoutMs, signal }: HandOverOptions,
): Promise<void> {
  let received = -1;
  let sinceMs = performance.now();
  while (job.isOnlyHere) {
    if (signal.aborted) throw new CancelledError('handing the render over');
    const { helpers } = job.progress;
    const now = helpers.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    if (now !== received) sinceMs = performance.now();
    received = now;
    if (performance.now() - sinceMs > timeoutMs) throw nobodyKeeps(helpers, mesh);
    await pause(LOOK_EVERY_MS, signal);
  }
}

function nobodyKeeps(helpers: readonly Helper[], mesh: Pick<Mesh, 'members'>): LeafcutterError {
  const others = mesh.members().filter(({ isSelf }) => !isSelf);
  if (others.length === 0) {
    return new LeafcutterError(
      'alone',
      'nobody else is in the network: open the page on another machine, or `leafcutter join` there, and try again',
    );
  }
  const refusals = helpers.flatMap(({ node, reason }) => {
    const member = others.find(({ id }) => id === node);
    if (!member || reason === undefined) return [];
    return [`${deviceInfoOf(member.attributes).name}: ${printableLine(reason)}`];
  });
  const why = refusals.length > 0 ? ` (${refusals.join('; ')})` : '';
  return new LeafcutterError(
    'nobody-keeps',
    `none of the others took the render over${why}: whoever does lends workers and has its scene; \`leafcutter join\` on a machine that stays, or give a larger --timeout`,
  );
}

/** The same for all Jobs of a Node that leaves, as far as it goes in that time. Never rejects. */
export async function handedOver(
  jobs: () => readonly HeldJob[],
  mesh: Pick<Mesh, 'members'>,
  limitMs: number,
): Promise<void> {
  const untilMs = performance.now() + limitMs;
  const isNeeded = (): boolean => mesh.members().length > 1 && jobs().some(({ isOnlyHere }) => isOnlyHere);
  while (isNeeded() && performance.now() < untilMs) await pause(LOOK_EVERY_MS, new AbortController().signal);
}
