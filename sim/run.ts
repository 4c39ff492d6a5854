/** Runs a scenario over seeds, and counts. */
import type { Bounded } from './checks/bounds.ts';
import { cpuMs } from './cpu-time.ts';
import type { TraceSink } from './engine/event-log.ts';
import type { MeshMaker } from './engine/mesh-maker.ts';
import { play } from './scenarios/player.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface RunOptions {
  readonly nodes: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
  readonly maker: MeshMaker;
  readonly trace?: TraceSink | undefined;
  /** Called when a run takes long, at most every few seconds. */
  readonly onProgress?: ((seed: number, virtualMs: number, ofMs: number) => void) | undefined;
}

export interface Failure {
  readonly seed: number;
  readonly what: readonly string[];
  /** Plays the same run again. */
  readonly replay: string;
}

/** The seed that came nearest to something that the scenario bounds, or beyond it. */
export interface Worst extends Bounded {
  readonly seed: number;
}

export interface Result {
  readonly scenario: string;
  readonly nodes: number;
  /** How many were played. */
  readonly seeds: number;
  readonly failures: number;
  /** Calls of `handle` a second of one core, all overhead of the simulator included. */
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly virtualSeconds: number;
  /** Sends, requests and broadcasts; and how many of them failed, as they may. */
  readonly messages: number;
  readonly messagesFailed: number;
  readonly oneSidedDepartures: number;
  /** Offers and answers that the rendezvous carried. */
  readonly serverSignals: number;
  /** Of all runs together: equal for equal runs. */
  readonly hash: string;
  /** Undefined where the scenario bounds nothing by a number. */
  readonly worst: Worst | undefined;
  readonly failed: readonly Failure[];
}

/** Of processor time. */
const TELL_EVERY_MS = 5000;

export function run(scenario: Scenario, options: RunOptions): Result {
  const failed: Failure[] = [];
  let events = 0;
  let virtualMs = 0;
  let messages = 0;
  let messagesFailed = 0;
  let oneSidedDepartures = 0;
  let serverSignals = 0;
  let hash = '';
  let worst: Worst | undefined;
  const startMs = cpuMs();
  for (let seed = options.firstSeed; seed <= options.lastSeed; seed++) {
    const { nodes, maker, trace } = options;
    let toldMs = cpuMs();
    const onProgress = (virtualMs: number, ofMs: number): void => {
      if (cpuMs() - toldMs < TELL_EVERY_MS) return;
      toldMs = cpuMs();
      options.onProgress?.(seed, virtualMs, ofMs);
    };
    const outcome = play(scenario, { nodes, seed, maker, trace, onProgress });
    events += outcome.events;
    virtualMs += outcome.virtualMs;
    messages += outcome.said;
    messagesFailed += outcome.sendsFailed;
    oneSidedDepartures += outcome.oneSidedDepartures;
    serverSignals += outcome.serverSignals;
    hash = fold(hash, outcome.hash);
    if (outcome.failures.length > 0) {
      failed.push({ seed, what: outcome.failures, replay: replayCommand(scenario.name, nodes, seed) });
    }
    for (const bounded of outcome.bounds) worst = worseOf(worst, { seed, ...bounded });
  }
  const tookMs = Math.max(1, cpuMs() - startMs);
  return {
    scenario: scenario.name,
    nodes: options.nodes,
    seeds: options.lastSeed - options.firstSeed + 1,
    failures: failed.length,
    eventsPerSecond: Math.round((1000 * events) / tookMs),
    events,
    virtualSeconds: Math.round(virtualMs / 1000),
    messages,
    messagesFailed,
    oneSidedDepartures,
    serverSignals,
    hash,
    worst,
    failed,
  };
}

/** Of equals the first. */
export function worseOf(a: Worst | undefined, b: Worst | undefined): Worst | undefined {
  return a === undefined || (b !== undefined && b.share > a.share) ? b : a;
}

export function replayCommand(scenario: string, nodes: number, seed: number): string {
  return `npm run sim -- --scenario ${scenario} --nodes ${nodes} --seeds ${seed}..${seed} --trace`;
}

/** One hash of many, in order. */
function fold(sum: string, next: string): string {
  if (sum === '') return next;
  let text = '';
  for (let i = 0; i < 16; i++) {
    const a = Number.parseInt(sum[i] ?? '0', 16);
    const b = Number.parseInt(next[i] ?? '0', 16);
    text += ((a * 7 + b + i) & 15).toString(16);
  }
  return text;
}
