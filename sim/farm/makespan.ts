/**
 * How long workers of different speeds take for a Job over links that are far apart, against the shortest time that the work itself takes:
 * all of it, divided among all workers by their speeds, with none of them idle from the first moment to the last. So everything counts
 * that is not work: fetching the inputs, round trips, Tasks done twice, waiting for the last one, and checks.
 */
import { uniform } from '../../src/runtime/index.ts';
import { FarmNet } from './farm-net.ts';

export interface MakespanOptions {
  readonly workers: number;
  readonly roundTripMs: number;
  /** What the work would take them at best. */
  readonly idealMs: number;
}

export interface Makespan {
  /** The least time for the work, over the time it took. */
  readonly ofIdeal: number;
  /** The same with what was computed again to compare counted as work, for somebody has to do it. */
  readonly withChecks: number;
  readonly makespanMs: number;
  readonly tasks: number;
}

/** Milliseconds for a Task of the fastest machine, and how many times longer the slowest may take: a workstation and a phone. */
const FASTEST_MS = 60;
const SLOWEST_TIMES = 16;
/** Of the latency, up and down. */
const JITTER = 0.2;
const LIMIT_TIMES = 10;

export function makespanOf(seed: number, { workers, roundTripMs, idealMs }: MakespanOptions): Makespan {
  const net = new FarmNet(seed);
  const oneWayMs = roundTripMs / 2;
  net.latencyMs = [oneWayMs * (1 - JITTER), oneWayMs * (1 + JITTER)];
  const nodes = Array.from({ length: workers }, () =>
    net.add(1, FASTEST_MS * SLOWEST_TIMES ** uniform(net.random)),
  );
  net.runFor(1_000);
  const [first] = nodes;
  if (!first) throw new Error('no worker');
  const tasksPerMs = nodes.reduce((sum, { taskMs }) => sum + 1 / taskMs, 0);
  const tasks = Math.round(idealMs * tasksPerMs);
  const startMs = net.now();
  const job = net.submit(first, tasks);
  const isDone = (): boolean => net.view(first, job)?.control.phase === 'done';
  if (!net.runUntil(isDone, LIMIT_TIMES * idealMs)) throw new Error(`the job of seed ${seed} did not end`);
  const makespanMs = net.now() - startMs;
  const ofIdeal = tasks / tasksPerMs / makespanMs;
  return { ofIdeal, withChecks: ofIdeal * (1 + net.checkedPieces / tasks), makespanMs, tasks };
}
