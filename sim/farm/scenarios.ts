/** What befalls a farm, one story each. Every one of them ends with a network at rest; what must be true then is in check.ts. */
import type { JobId, JobPhase } from '../../src/farm/contract.ts';
import { integerBelow } from '../../src/runtime/index.ts';
import type { FarmNet } from './farm-net.ts';
import { Hostile } from './hostile.ts';
import type { SimNode } from './sim-node.ts';

export interface Story {
  readonly job: JobId;
  /** Nothing but Nodes going: what was brought is not worked for twice. */
  readonly isClean?: boolean;
  /** It was over when those that had its results went. */
  readonly mayBeLost?: boolean;
  /** How it may end, where not only well. */
  readonly ends?: readonly JobPhase[];
}

/** Plays what happens, and returns when it is over. */
export type Scenario = (net: FarmNet) => Story;

/** Some Nodes that know each other, and a Job of the first. */
function begin(
  net: FarmNet,
  least = 3,
  most = 6,
): { readonly nodes: readonly SimNode[]; readonly job: JobId } {
  const count = least + integerBelow(net.random, most - least + 1);
  const nodes = Array.from({ length: count }, () =>
    net.add(1 + integerBelow(net.random, 3), net.between(20, 200)),
  );
  net.runFor(500);
  const [first] = nodes;
  if (!first) throw new Error('unreachable');
  return { nodes, job: net.submit(first, 40 + integerBelow(net.random, 260)) };
}

const coordinators = (net: FarmNet, job: JobId): readonly SimNode[] =>
  net.alive.filter((node) => net.view(node, job)?.role === 'coordinator');
const standbys = (net: FarmNet, job: JobId): readonly SimNode[] =>
  net.alive.filter((node) => net.view(node, job)?.role === 'standby');
const holders = (net: FarmNet, job: JobId): readonly SimNode[] =>
  net.alive.filter(({ id }) => net.inputs.get(job)?.has(id));
const isOver = (net: FarmNet, job: JobId): boolean =>
  net.alive.some((node) => net.view(node, job)?.control.phase === 'done');

/** Kills them unless nobody would be left that has the inputs and works. */
function killAll(net: FarmNet, job: JobId, victims: readonly SimNode[], detectMs?: number): void {
  for (const victim of victims) {
    if (holders(net, job).some((node) => node !== victim)) net.kill(victim, detectMs);
  }
}

/** The Job is somewhere between its first second and its end. */
function runIntoIt(net: FarmNet, job: JobId): void {
  const untilMs = net.now() + net.between(0, 6_000);
  net.runUntil(() => net.now() >= untilMs || isOver(net, job), 10_000);
  net.runUntil(() => holders(net, job).length > 1, 5_000);
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'nothing happens': (net) => ({ job: begin(net).job, isClean: true }),

  'the submitter is killed, at any stage': (net) => {
    const { nodes, job } = begin(net);
    runIntoIt(net, job);
    killAll(net, job, nodes.slice(0, 1));
    return { job, isClean: true };
  },

  'one coordinator after the other is killed': (net) => {
    const { job } = begin(net, 4, 7);
    for (let round = 0; round < 3; round++) {
      runIntoIt(net, job);
      killAll(net, job, coordinators(net, job));
      net.runFor(net.between(0, 15_000));
    }
    return { job };
  },

  'coordinator and second copy are killed at once': (net) => {
    const { job } = begin(net, 4, 6);
    runIntoIt(net, job);
    const mayBeLost = isOver(net, job);
    killAll(net, job, [...coordinators(net, job), ...standbys(net, job)], net.between(200, 6_000));
    return { job, mayBeLost };
  },

  'all but one are killed': (net) => {
    const { job } = begin(net);
    runIntoIt(net, job);
    const survivor = net.pick(holders(net, job));
    const victims = net.alive.filter((node) => node !== survivor);
    const mayBeLost = isOver(net, job);
    killAll(net, job, victims);
    return { job, mayBeLost };
  },

  'a partition, with work on both sides': (net) => {
    const { nodes, job } = begin(net, 4, 6);
    runIntoIt(net, job);
    const left = nodes.filter((_, i) => i % 2 === 0);
    const right = nodes.filter((_, i) => i % 2 === 1);
    part(net, left, right);
    net.runFor(net.between(1_000, 60_000));
    heal(net, left, right);
    return { job };
  },

  'Nodes stand still, for 0.1 to 60 seconds, and come back': (net) => {
    const { nodes, job } = begin(net);
    for (let round = 0; round < 3; round++) {
      net.runFor(net.between(0, 3_000));
      const role = integerBelow(net.random, 3);
      const candidates = [coordinators(net, job), standbys(net, job), nodes][role] ?? nodes;
      const victim = candidates.length > 0 ? net.pick(candidates) : net.pick(nodes);
      net.freeze(victim);
      net.runFor(0.1 * 600 ** net.between(0, 1) * 1000);
      net.thaw(victim, integerBelow(net.random, 2) === 0);
    }
    return { job };
  },

  'departures that one side sees': (net) => {
    const { nodes, job } = begin(net);
    for (let round = 0; round < 4; round++) {
      net.runFor(net.between(0, 2_000));
      const [at, other] = [net.pick(nodes), net.pick(nodes)];
      if (at === other) continue;
      net.miss(at, other.id);
      net.after(net.between(500, 20_000), () => net.meet(at, other));
    }
    net.runFor(20_000);
    return { job };
  },

  'steering messages are lost and doubled': (net) => {
    net.loss = 0.25;
    net.doubling = 0.15;
    const { nodes, job } = begin(net);
    net.runFor(net.between(1_000, 10_000));
    if (integerBelow(net.random, 2) === 0) killAll(net, job, nodes.slice(0, 1));
    net.runFor(net.between(1_000, 20_000));
    net.loss = 0;
    net.doubling = 0;
    return { job };
  },

  'a member lies': (net) => {
    const { job } = begin(net);
    const hostile = new Hostile(net, job);
    hostile.run(net.between(10_000, 40_000));
    return { job };
  },

  'everyone is closed, and one opens again from its disk': (net) => {
    const { job } = begin(net);
    runIntoIt(net, job);
    net.runFor(net.between(0, 5_000));
    const keepers = net.alive.filter(({ disk }) => disk.has(job));
    for (const node of net.alive) {
      if (integerBelow(net.random, 2) === 0) net.save(node);
      net.kill(node, 1);
    }
    const withDisk = net.nodes.filter(({ disk }) => disk.has(job));
    const one = keepers.length > 0 ? net.pick(keepers) : withDisk.length > 0 ? net.pick(withDisk) : undefined;
    if (!one) return { job: net.submit(net.add(1), 50) };
    net.runFor(1_000);
    const again =
      integerBelow(net.random, 2) === 0 ? net.add(2, 50, one.disk, one.id) : net.add(2, 50, one.disk);
    net.inputs.get(job)?.add(again.id);
    net.runFor(net.between(0, 3_000));
    net.add(1);
    return { job };
  },

  'several come back from their disks, with different parts': (net) => {
    const { nodes, job } = begin(net, 4, 6);
    runIntoIt(net, job);
    killAll(net, job, coordinators(net, job), 300);
    net.runFor(net.between(4_000, 12_000));
    const disks = nodes.flatMap((node) => (node.disk.has(job) ? [node.disk] : []));
    for (const node of net.alive) net.kill(node, 1);
    for (const disk of disks) {
      net.inputs.get(job)?.add(net.add(1, 80, disk).id);
      net.runFor(net.between(0, 4_000));
    }
    if (disks.length === 0) return { job: net.submit(net.add(1), 50) };
    return { job };
  },

  'people wish this and that from everywhere': (net) => {
    const { job } = begin(net);
    let token = 0;
    for (let round = 0; round < 8; round++) {
      net.runFor(net.between(0, 2_500));
      const type = net.pick(['pause', 'resume', 'cancel', 'requeue', 'priority'] as const);
      const wish = type === 'priority' ? { type, priority: integerBelow(net.random, 5) } : { type };
      net.handle(net.pick(net.alive), { type: 'wish', id: job, wish, token: token++ });
      if (round === 4 && integerBelow(net.random, 2) === 0) killAll(net, job, coordinators(net, job));
    }
    // Until somebody coordinates again.
    net.runFor(30_000);
    for (const type of ['requeue', 'resume'] as const) {
      net.handle(net.pick(net.alive), { type: 'wish', id: job, wish: { type }, token: token++ });
      net.runFor(1_000);
    }
    return { job };
  },

  'two people steer at once, within a round trip': (net) => {
    const { job } = begin(net);
    let token = 0;
    for (let round = 0; round < 6; round++) {
      net.runFor(net.between(0, 4_000));
      for (let person = 0; person < 2; person++) {
        const type = net.pick(['pause', 'resume', 'cancel', 'requeue', 'priority'] as const);
        const wish = type === 'priority' ? { type, priority: integerBelow(net.random, 5) } : { type };
        net.handle(net.pick(net.alive), { type: 'wish', id: job, wish, token: token++ });
      }
    }
    return { job, ends: ['done', 'cancelled', 'paused'] };
  },

  'it is cancelled on one side of a partition': (net) => {
    const { nodes, job } = begin(net, 4, 6);
    net.runFor(net.between(500, 1_500));
    const [left, right] = [nodes.filter((_, i) => i % 2 === 0), nodes.filter((_, i) => i % 2 === 1)];
    part(net, left, right);
    net.runFor(net.between(1_000, 4_000));
    const early = isOver(net, job);
    const [one] = left;
    if (one) net.handle(one, { type: 'wish', id: job, wish: { type: 'cancel' }, token: 1 });
    net.runFor(net.between(1_000, 30_000));
    heal(net, left, right);
    const ends = one && net.view(one, job)?.control.phase === 'cancelled' && !early && !isOver(net, job);
    // The other side may come to the end while they meet.
    return ends ? { job, ends: ['cancelled', 'done'] } : { job };
  },

  'everything happens at once': (net) => {
    const { nodes, job } = begin(net, 4, 7);
    net.loss = 0.1;
    net.doubling = 0.1;
    for (let round = 0; round < 12; round++) {
      net.runFor(net.between(0, 2_500));
      const victim = net.pick(net.alive);
      const other = net.pick(net.alive);
      const dice = integerBelow(net.random, 6);
      if (dice === 0) killAll(net, job, [victim]);
      if (dice === 1) {
        net.freeze(victim);
        net.after(net.between(100, 20_000), () => net.thaw(victim, false));
      }
      if (dice === 2 && victim !== other) {
        net.miss(victim, other.id);
        net.after(net.between(500, 15_000), () => net.meet(victim, other));
      }
      if (dice === 3) {
        const [left, right] = [nodes.filter((_, i) => i % 3 === 0), nodes.filter((_, i) => i % 3 > 0)];
        part(net, left, right);
        net.after(net.between(1_000, 15_000), () => heal(net, left, right));
      }
      if (dice === 4) net.add(1 + integerBelow(net.random, 2), net.between(20, 200));
      if (dice === 5) net.handle(victim, { type: 'workers', count: integerBelow(net.random, 4) });
    }
    net.runFor(25_000);
    net.loss = 0;
    net.doubling = 0;
    for (const node of net.alive) net.handle(node, { type: 'workers', count: 2 });
    return { job, mayBeLost: true };
  },

  'several Jobs, of several Nodes, with priorities': (net) => {
    const { nodes, job } = begin(net, 3, 5);
    const others = nodes.map((node, i) => net.submit(node, 30 + integerBelow(net.random, 60), i));
    for (const id of others) {
      const wish = { type: 'priority', priority: integerBelow(net.random, 5) } as const;
      net.handle(net.pick(nodes), { type: 'wish', id, wish, token: 0 });
    }
    runIntoIt(net, job);
    killAll(net, job, nodes.slice(0, 1));
    // A Job whose only inputs went with its submitter waits for them.
    const possible = others.filter((id) => holders(net, id).length > 0);
    const areOver = (): boolean =>
      possible.every((id) => net.alive.every((node) => net.view(node, id)?.control.phase !== 'running'));
    if (!net.runUntil(areOver, 120_000)) throw new Error('one of several jobs did not end');
    return { job };
  },
};

/** Nothing passes between the two sides, and both notice at some time. */
function part(net: FarmNet, left: readonly SimNode[], right: readonly SimNode[]): void {
  net.note('partition');
  for (const [at, other] of across(left, right)) {
    net.cut(at.id, other.id);
    net.after(net.between(200, 6_000), () => net.isCut(at.id, other.id) && net.miss(at, other.id));
  }
}

function heal(net: FarmNet, left: readonly SimNode[], right: readonly SimNode[]): void {
  net.note('heal');
  for (const [at, other] of across(left, right)) {
    net.mend(at.id, other.id);
    net.after(net.between(50, 3_000), () => net.meet(at, other));
  }
}

/** Each of one side with each of the other, both ways. */
const across = (
  left: readonly SimNode[],
  right: readonly SimNode[],
): readonly (readonly [SimNode, SimNode])[] =>
  left.flatMap((a) =>
    right.flatMap(
      (b) =>
        [
          [a, b],
          [b, a],
        ] as const,
    ),
  );
