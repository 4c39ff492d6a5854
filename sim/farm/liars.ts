/** Farms some of whose devices compute wrongly, each by a habit of its own: the picture must be right all the same. */
import type { JobId } from '../../src/farm/contract.ts';
import { FarmNet } from './farm-net.ts';
import { type Habit, habits } from './habits.ts';
import type { SimNode } from './sim-node.ts';

export interface LiarsOutcome {
  readonly problems: readonly string[];
  readonly workers: number;
  readonly liars: number;
  /** Liars that were found. */
  readonly found: number;
  /** Of all Tasks those whose result is wrong in the end. */
  readonly wrongShare: number;
  /** Work that others were asked for only to check, over the work of the Job. */
  readonly checkedShare: number;
  /** Work that was taken back because a liar's results were in it, over the work of the Job. */
  readonly withdrawnShare: number;
}

export interface LiarsOptions {
  readonly workers: number;
  readonly liars: number;
  readonly tasks: number;
  readonly habit: string;
  /** Whoever coordinates goes in the midst of it. */
  readonly isHandedOver?: boolean;
}

const END_MS = 600_000;

export function playLiars(
  seed: number,
  options: LiarsOptions,
  isTraced = false,
): LiarsOutcome & { readonly net: FarmNet } {
  const net = new FarmNet(seed, isTraced);
  const habitOf: ((node: SimNode) => Habit) | undefined = habits[options.habit];
  if (!habitOf) throw new Error(`there is no habit "${options.habit}"`);
  const nodes = Array.from({ length: options.workers }, () => net.add(1, net.between(40, 120)));
  net.runFor(500);
  const [first] = nodes;
  if (!first) throw new Error('unreachable');
  // Whoever coordinates first is honest: it is its picture.
  const liars = nodes.slice(1, 1 + options.liars);
  for (const node of liars) node.habit = habitOf(node);
  const job = net.submit(first, options.tasks);
  if (options.isHandedOver) {
    const atMs = net.now() + net.between(1_000, 4_000);
    net.runUntil(() => net.now() >= atMs || isDone(net, job), END_MS);
    const lead = net.alive.find((node) => net.view(node, job)?.role === 'coordinator');
    if (lead && !lead.habit && !isDone(net, job)) net.kill(lead, 300);
  }
  const hasEnded = net.runUntil(() => isDone(net, job), END_MS);
  net.runFor(5_000);
  return { ...outcomeOf(net, job, liars, options, hasEnded), net };
}

const isDone = (net: FarmNet, job: JobId): boolean =>
  net.alive.some((node) => net.view(node, job)?.control.phase === 'done');

function outcomeOf(
  net: FarmNet,
  job: JobId,
  liars: readonly SimNode[],
  { workers, tasks, habit }: LiarsOptions,
  hasEnded: boolean,
): LiarsOutcome {
  const lead = net.alive.find((node) => net.view(node, job)?.role === 'coordinator');
  const view = lead && net.view(lead, job);
  const store = lead && [...lead.stores].find((one) => one === lead.state.store(job));
  const problems: string[] = [];
  if (!hasEnded) problems.push(`it did not end: ${view?.control.phase} ${view?.control.reason}`);
  if (!store || !view || !lead) {
    return { problems: [...problems, 'nobody has results'], ...nothing, workers, liars: liars.length };
  }
  const named = new Set(view.liars.map(({ node }) => node));
  const slandered = [...named].filter((node) => !liars.some(({ id }) => id === node));
  if (slandered.length > 0) problems.push(`${slandered.length} honest nodes of ${workers} were called liars`);
  const wrong = store.wrongTasks;
  if (wrong > 0) problems.push(`${wrong} of ${tasks} results are wrong though "${habit}"`);
  return {
    problems,
    workers,
    liars: liars.length,
    found: liars.filter(({ id }) => named.has(id)).length,
    wrongShare: wrong / tasks,
    checkedShare: net.checkedPieces / tasks,
    withdrawnShare: view.liars.reduce((sum, { withdrawnCost }) => sum + withdrawnCost, 0) / tasks,
  };
}

const nothing = { found: 0, wrongShare: 1, checkedShare: 0, withdrawnShare: 0 };

/** A farm of some size for each seed. */
export function liarsOf(seed: number, habit: string): LiarsOptions {
  const workers = 6 + (seed % 7);
  const most = habit === 'they come to the same wrong results' ? 2 : Math.max(1, Math.round(workers / 10));
  return {
    ...{ workers, liars: most, tasks: 200 + ((seed * 97) % 400), habit },
    isHandedOver: seed % 3 === 2,
  };
}
