/** What must be true of a farm whatever befell it, once the network is at rest. */
import type { JobId, JobPhase } from '../../src/farm/contract.ts';
import { takeWrongs } from './checked-store.ts';
import { FarmNet } from './farm-net.ts';
import { type Scenario, type Story, scenarios } from './scenarios.ts';
import type { SimNode } from './sim-node.ts';

/** Time to come to the end after the last fault: the work, takeovers, and the longest wait of any of them. */
const END_MS = 150_000;
/** And for everyone to hear of it: a distrust, and a beat of a Job that is over. */
const REST_MS = 60_000;

export interface Outcome {
  readonly problems: readonly string[];
  readonly events: number;
  readonly trace: readonly string[];
}

export function play(name: string, seed: number, isTraced = false): Outcome {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  const net = new FarmNet(seed, isTraced);
  const problems = problemsOf(net, scenario);
  return { problems, events: net.events, trace: net.trace ?? [] };
}

function problemsOf(net: FarmNet, scenario: Scenario): readonly string[] {
  takeWrongs();
  let story: Story;
  try {
    story = scenario(net);
  } catch (error) {
    return [error instanceof Error ? `${error.message}\n${error.stack}` : String(error)];
  }
  const { job, ends = ['done'], isClean = false, mayBeLost = false } = story;
  for (const node of net.alive) {
    if (node.waiting) net.thaw(node, true);
    // Whatever befell them, Nodes that reach each other find each other again.
    for (const other of net.alive) if (other !== node) net.after(3_000, () => net.meet(node, other));
  }
  const phaseAt = (node: SimNode): JobPhase | undefined => net.view(node, job)?.control.phase;
  const hasEnded = net.runUntil(() => {
    const [first] = net.alive;
    const phase = first && phaseAt(first);
    return ends.some((one) => phase === one) && net.alive.every((node) => phaseAt(node) === phase);
  }, END_MS);
  net.runFor(REST_MS);
  const problems = [...takeWrongs()];
  if (!hasEnded) problems.push(`it did not end: ${net.alive.map(phaseAt)}`);
  problems.push(...disagreements(net, job));
  const [first] = net.alive;
  if (first && phaseAt(first) === 'done' && !mayBeLost) problems.push(...incomplete(net, job));
  if (isClean && net.redone > 0) problems.push(`${net.redone} tasks were done again`);
  return problems;
}

function disagreements(net: FarmNet, job: JobId): readonly string[] {
  const views = net.alive.map((node) => net.view(node, job));
  const said = new Set(
    views.map((view) => JSON.stringify(view && [view.term, view.control, view.doneCost, view.standby])),
  );
  const problems = said.size > 1 ? [`the views differ: ${[...said].join(' | ')}`] : [];
  const coordinators = views.filter((view) => view?.role === 'coordinator').length;
  if (coordinators !== 1) problems.push(`${coordinators} coordinate`);
  return problems;
}

function incomplete(net: FarmNet, job: JobId): readonly string[] {
  const stores = net.alive.flatMap((node) => {
    const role = net.view(node, job)?.role;
    const kept = node.state.store(job);
    const store = [...node.stores].find((one) => one === kept);
    return store ? [{ role, store }] : [];
  });
  const main = stores.find(({ role }) => role === 'coordinator');
  if (!main?.store.isRight) return ['the results of whoever coordinates are not whole'];
  const hasCopy = stores.some(({ role, store }) => role === 'standby' && store.isRight);
  const couldKeep = net.alive.filter((node) => net.inputs.get(job)?.has(node.id)).length > 1;
  return hasCopy || !couldKeep ? [] : ['there is no second copy'];
}
