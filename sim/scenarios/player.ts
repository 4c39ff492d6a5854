/** Plays one scenario with one seed and says what went wrong. */
import { PEER_BUDGET_BYTES } from '../../src/mesh/memory/budget.ts';
import { disagreement, FULL_MESH_NODES, parts } from '../checks/agreement.ts';
import { type Bounded, boundsOf } from '../checks/bounds.ts';
import { Watch } from '../checks/watch.ts';
import { PROMPT } from '../engine/application.ts';
import type { TraceSink } from '../engine/event-log.ts';
import type { MeshMaker } from '../engine/mesh-maker.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import { Simulation } from '../engine/simulation.ts';
import type { Inhabitant } from '../engine/surroundings.ts';
import { drawSpan } from './drawing.ts';
import { Faults } from './faults.ts';
import type { Expectation, Fault, Mishaps, Scenario, Step, Talk } from './scenario.ts';
import { Talks } from './talks.ts';

export interface PlayOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly maker: MeshMaker;
  readonly trace?: TraceSink | undefined;
  /** Called now and then with how far the run is. */
  readonly onProgress?: ((virtualMs: number, ofMs: number) => void) | undefined;
}

export interface Outcome {
  readonly failures: readonly string[];
  /** Calls of `handle`. */
  readonly events: number;
  /** Equal for equal runs. */
  readonly hash: string;
  readonly virtualMs: number;
  readonly said: number;
  /** Of what was said: settled with a failure. */
  readonly sendsFailed: number;
  readonly oneSidedDepartures: number;
  /** What the rendezvous carried: offers, answers. */
  readonly serverSignals: number;
  /** What the scenario bounds by a number; none when the run failed before its end. */
  readonly bounds: readonly Bounded[];
}

/** After the last timeout, for what is still under way. */
const AFTER_TIMEOUTS_MS = 10_000;
const LOOK_EVERY_MS = 250;
/** A Link that is given up at the last instant has one end for as long as its goodbye is under way. */
const GOODBYE_MS = 2_000;
const PROGRESS_EVERY_MS = 2000;

export function play(scenario: Scenario, options: PlayOptions): Outcome {
  const { holds = {} } = scenario;
  const withinMs =
    holds.oneSidedWithinMs === null ? Number.POSITIVE_INFINITY : (holds.oneSidedWithinMs ?? 10_000);
  const watch = new Watch({ oneSidedWithinMs: withinMs });
  const simulation = new Simulation({
    seed: options.seed,
    maker: options.maker,
    observer: watch,
    conditions: scenario.network ?? {},
    multicastMode: scenario.multicastMode ?? 'plumtree',
  });
  watch.attach(simulation);
  simulation.log.sink = options.trace;
  const talks = new Talks(simulation, watch.ledger, scenario);
  const start = (node: SimulatedNode) => talks.prepare(node);
  const faults = new Faults(simulation, watch, scenario, start);
  for (let i = 0; i < options.nodes; i++) {
    simulation.after((scenario.joinOverMs * i) / options.nodes, () =>
      start(simulation.start({ habits: { ...PROMPT, ...scenario.habits } })),
    );
  }
  for (const step of scenario.steps) plan(step, simulation, faults, talks);
  const endMs = scenario.durationMs + scenario.timeoutMs + AFTER_TIMEOUTS_MS;
  const runUntil = (until: number): void => {
    while (simulation.now < until && simulation.failures.length === 0) {
      simulation.runUntil(Math.min(until, simulation.now + PROGRESS_EVERY_MS), true);
      options.onProgress?.(simulation.now, endMs);
    }
  };
  runUntil(scenario.durationMs);
  if (simulation.failures.length === 0) {
    faults.calm();
    runUntil(endMs);
  }
  const isOver = simulation.failures.length === 0;
  const { offers, needlessOffers } = simulation.rendezvous.carried;
  const { answerTimes } = watch.ledger;
  const connections = simulation.machine.ends;
  const counted = { lives: simulation.nodes.length, offers, needlessOffers, connections, answerTimes };
  const bounds = isOver ? boundsOf(scenario.holds, counted) : [];
  if (isOver) finish(scenario, simulation, watch, faults);
  for (const { share, what } of bounds) if (share > 1) simulation.fail(what);
  return {
    failures: simulation.failures,
    events: simulation.log.count,
    hash: simulation.log.hash,
    virtualMs: simulation.now,
    said: watch.ledger.counts.said,
    sendsFailed: watch.ledger.counts.failed,
    oneSidedDepartures: watch.departures.count,
    serverSignals: simulation.rendezvous.carried.signals,
    bounds,
  };
}

function plan(step: Step, simulation: Simulation, faults: Faults, talks: Talks): void {
  const { everyMs, untilMs = step.atMs } = step;
  const isTalk = step.type === 'chatter' || step.type === 'broadcasts';
  const run = (): void => {
    simulation.log.note(simulation.now, 0, JSON.stringify(step));
    switch (step.type) {
      case 'agree':
      case 'parts-agree':
      case 'nobody-missing':
        expectSoon(step, simulation, faults);
        return;
      case 'mishaps':
        befall(step, simulation, faults, talks);
        return;
      default:
        perform(step, faults, talks);
    }
  };
  const times = everyMs === undefined || isTalk ? 1 : 1 + Math.floor((untilMs - step.atMs) / everyMs);
  for (let i = 0; i < times; i++) simulation.queue.pushTask(step.atMs + i * (everyMs ?? 0), { run });
}

function perform(what: Fault | Talk, faults: Faults, talks: Talks): void {
  if (what.type === 'chatter' || what.type === 'broadcasts' || what.type === 'burst') talks.begin(what);
  else faults.perform(what);
}

function befall(mishaps: Mishaps, simulation: Simulation, faults: Faults, talks: Talks): void {
  for (const what of simulation.pick(mishaps.of) ?? []) {
    simulation.after(what.afterMs ?? 0, (now) => {
      simulation.log.note(now, 0, JSON.stringify(what));
      perform(what, faults, talks);
    });
  }
  const pauseMs = drawSpan(mishaps.pauseMs, simulation);
  if (simulation.now + pauseMs > mishaps.untilMs) return;
  simulation.after(pauseMs, () => befall(mishaps, simulation, faults, talks));
}

function expectSoon(expectation: Expectation, simulation: Simulation, faults: Faults): void {
  const until = simulation.now + expectation.withinMs;
  const before = expectation.type === 'parts-agree' ? parts(simulation.honest) : [];
  const look = (now: number): void => {
    const problem = problemOf(expectation, before, simulation, faults, now);
    if (problem === undefined) return;
    if (now >= until) simulation.fail(`not within ${expectation.withinMs} ms: ${problem}`);
    else simulation.after(Math.min(LOOK_EVERY_MS, Math.max(1, until - now)), look);
  };
  look(simulation.now);
}

function problemOf(
  expectation: Expectation,
  before: readonly (readonly Inhabitant[])[],
  simulation: Simulation,
  faults: Faults,
  now: number,
): string | undefined {
  const { honest: here } = simulation;
  if (expectation.type === 'agree') return disagreement(here, now, faults.company);
  if (expectation.type === 'parts-agree') return problemOfParts(before, here, now, faults);
  const ids = new Set(simulation.here.map(({ id }) => id));
  for (const node of here) {
    for (const id of node.memberIds) {
      if (!ids.has(id)) return `node ${node.index} counts ${id.slice(0, 8)}, who is gone`;
    }
  }
  return undefined;
}

/** Parts may have come together since, but none may have fallen apart. */
function problemOfParts(
  before: readonly (readonly Inhabitant[])[],
  here: readonly Inhabitant[],
  now: number,
  faults: Faults,
): string | undefined {
  const present = parts(here);
  for (const part of before) {
    const left = part.filter(({ isAlive }) => isAlive);
    const holding = present.filter((each) => left.some((node) => each.includes(node)));
    if (holding.length > 1) return `a part of ${left.length} fell into ${holding.length}`;
  }
  for (const part of present) {
    const problem = disagreement(part, now, faults.company);
    if (problem !== undefined) return `in a part of ${part.length}: ${problem}`;
  }
  return undefined;
}

function finish(scenario: Scenario, simulation: Simulation, watch: Watch, faults: Faults): void {
  const { holds = {} } = scenario;
  watch.ledger.finish(holds.mayMiss ?? false);
  watch.checkAccounts(PEER_BUDGET_BYTES);
  if (holds.agreesAtEnd ?? true) {
    const problem = (): string | undefined => disagreement(simulation.honest, simulation.now, faults.company);
    const until = simulation.now + GOODBYE_MS;
    while (problem() !== undefined && simulation.now < until) {
      simulation.runUntil(simulation.now + LOOK_EVERY_MS, true);
    }
    const left = problem();
    if (left !== undefined) simulation.fail(`at rest: ${left}`);
  }
  if (holds.sendsOnce && simulation.honest.length <= FULL_MESH_NODES) {
    for (const node of simulation.honest) {
      for (const { peer, outgoing } of node.mesh.snapshot(node.localTime(simulation.now)).streams) {
        if (outgoing.retransmissions > 0)
          simulation.fail(
            `node ${node.index} sent ${outgoing.retransmissions} packets twice to ${peer.slice(0, 8)}`,
          );
      }
    }
  }
}
