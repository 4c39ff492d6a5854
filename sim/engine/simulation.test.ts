import { describe, expect, it } from 'vitest';
import { Watch } from '../checks/watch.ts';
import { streamNumber } from '../scenarios/drawing.ts';
import { scenarioNamed } from '../scenarios/list.ts';
import { play } from '../scenarios/player.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Conditions } from './conditions.ts';
import { Simulation } from './simulation.ts';
import { type ToyFlaw, toyMaker } from './toy-mesh.testing.ts';

function named(name: string): Scenario {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return scenario;
}

const quiet = named('quiet');

/** So many Nodes that have found each other. */
function world(nodes: number, seed: number, conditions: Partial<Conditions> = {}, flaw?: ToyFlaw) {
  const watch = new Watch({ oneSidedWithinMs: 3000 });
  const simulation = new Simulation({ seed, maker: toyMaker(flaw), observer: watch, conditions });
  watch.attach(simulation);
  for (let i = 0; i < nodes; i++) simulation.start();
  simulation.runUntil(1000);
  const at = (index: number) => {
    const node = simulation.nodes[index];
    if (node === undefined) throw new Error(`nobody at ${index}`);
    return node;
  };
  const say = (from: number, to: number, bytes = 100) =>
    watch.ledger.say({
      kind: 'send',
      from: at(from),
      target: at(to).id,
      stream: streamNumber(0, 1),
      bytes,
      timeoutMs: 5000,
    });
  return { watch, simulation, at, say };
}

describe('a simulation', () => {
  it('is the same for the same seed, event by event, and another for another', () => {
    const once = play(quiet, { nodes: 6, seed: 5, maker: toyMaker() });
    const again = play(quiet, { nodes: 6, seed: 5, maker: toyMaker() });
    const other = play(quiet, { nodes: 6, seed: 6, maker: toyMaker() });
    expect(once.failures).toEqual([]);
    expect(again).toEqual(once);
    expect(other.hash).not.toBe(once.hash);
    expect(once.events).toBeGreaterThan(5000);
  });

  it('prints the same trace for the same seed, and to print it does not disturb the run', () => {
    const traces: string[][] = [[], []];
    const hashes = traces.map(
      (lines) =>
        play(quiet, { nodes: 3, seed: 1, maker: toyMaker(), trace: (line) => lines.push(line) }).hash,
    );
    expect(traces[0]).toEqual(traces[1]);
    expect(traces[0]?.length).toBeGreaterThan(1000);
    expect(traces[0]?.some((line) => /channel 1 opened/.test(line))).toBe(true);
    expect(play(quiet, { nodes: 3, seed: 1, maker: toyMaker() }).hash).toBe(hashes[0]);
  });

  it('gives a frozen Node nothing until it goes on, and then everything, in order', () => {
    const { simulation, watch, at, say } = world(2, 1);
    at(1).standStill(true);
    for (let i = 0; i < 10; i++) say(0, 1);
    simulation.runUntil(20_000);
    expect(watch.ledger.counts.handled).toBe(0);
    at(1).goOn();
    expect(watch.ledger.counts.handled).toBe(10);
    simulation.runUntil(21_000);
    expect(watch.ledger.counts.resolved).toBe(10);
    expect(simulation.failures).toEqual([]);
  });

  it('lets the Worker of a busy Node answer probes, and nobody that of a frozen one', () => {
    for (const [isFrozen, answers] of [
      [false, true],
      [true, false],
    ] as const) {
      const { simulation, at } = world(2, 2);
      at(1).standStill(isFrozen);
      const [end] = at(0).ends.values();
      if (end === undefined) throw new Error('no channel');
      let heard = 0;
      at(0).tap = (event) => {
        if (event.type === 'channel-datagram' && event.bytes[0] === 2) heard++;
      };
      const syn = new Uint8Array(17).fill(7);
      syn[0] = 1;
      simulation.medium.sendDatagram(end, syn, simulation.now);
      simulation.runUntil(1400);
      expect(heard > 0, `frozen: ${isFrozen}`).toBe(answers);
    }
  });

  it('holds back what a cut keeps from arriving, delivers it when it heals, and loses the connection after 30 s', () => {
    const { simulation, watch, at, say } = world(2, 3);
    simulation.medium.partition((place) => place, simulation.now);
    say(0, 1);
    simulation.runUntil(simulation.now + 10_000);
    expect(watch.ledger.counts.handled).toBe(0);
    simulation.medium.heal(simulation.now);
    simulation.runUntil(simulation.now + 100);
    expect(watch.ledger.counts.handled).toBe(1);
    simulation.medium.partition((place) => place, simulation.now);
    simulation.runUntil(simulation.now + 30_001);
    expect([at(0).memberIds.size, at(1).memberIds.size]).toEqual([0, 0]);
  });

  it('carries a megabyte at the bandwidth of its channel, and tells how full the buffer is', () => {
    const { simulation, watch, at, say } = world(2, 4, { bytesPerSecond: 1_000_000 });
    say(0, 1, 1_000_000);
    const [end] = at(0).ends.values();
    if (end === undefined) throw new Error('no channel');
    expect(simulation.medium.bufferedBytes(end, simulation.now)).toBeGreaterThan(990_000);
    const fills: number[] = [];
    at(0).tap = (event) => {
      if (event.type === 'channel-fill') fills.push(event.bufferedBytes);
    };
    simulation.runUntil(1950);
    expect(fills.filter((bytes) => bytes > 0 && bytes <= 65_536)).toHaveLength(1);
    expect(watch.ledger.counts.handled).toBe(0);
    simulation.runUntil(2050);
    expect(watch.ledger.counts.handled).toBe(1);
  });

  it('wakes a throttled Node on the grain of its timers only', () => {
    const { simulation, at } = world(1, 5); // no events but its own wakes
    at(0).timer.grainMs = 1000;
    const wakes: number[] = [];
    at(0).tap = (event) => {
      if (event.type === 'wake') wakes.push(simulation.now);
    };
    simulation.runUntil(10_000);
    expect(wakes.length).toBeGreaterThan(5);
    expect(wakes.slice(1).every((at) => at % 1000 === 0)).toBe(true);
  });

  it('has a Node that restarts under its key come back under its id in a new life, or as somebody else', () => {
    const { simulation, at } = world(3, 6);
    const old = at(0);
    old.kill();
    const same = simulation.start({ after: old });
    const other = simulation.start({ after: at(1), isNewIdentity: true });
    expect(same.id).toBe(old.id);
    expect(same.own.life).toBe(old.own.life + 1);
    expect(same.own.agreementKey).not.toEqual(old.own.agreementKey);
    expect(other.id).not.toBe(at(1).id);
    expect(same.place).toBe(old.place);
  });
});

describe('the checks', () => {
  const expectations: readonly [ToyFlaw, RegExp][] = [
    ['doubles', /handled 2 times|twice or after/],
    ['loses', /never handled|never reached|and never/],
    ['settles-twice', /which was not pending/],
    ['throws', /threw at channel-message: Error: on purpose/],
    ['restless', /never comes to rest/],
    ['damages', /heard a damaged message|the answer to something else/],
  ];
  for (const [flaw, complaint] of expectations) {
    it(`see a mesh that ${flaw.replaceAll('-', ' ')}`, () => {
      const { failures } = play(quiet, { nodes: 5, seed: 1, maker: toyMaker(flaw) });
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.join('\n')).toMatch(complaint);
    });
  }

  it('do not count the time in which a Node stood still against its requests, also when it leaves then', () => {
    const { simulation, watch, at } = world(3, 8);
    at(1).standStill(true);
    const stream = streamNumber(0, 1);
    watch.ledger.say({ kind: 'request', from: at(0), target: at(1).id, stream, bytes: 10, timeoutMs: 5000 });
    at(0).standStill(true);
    simulation.runUntil(20_000);
    at(0).leave();
    simulation.runUntil(21_000);
    expect(simulation.failures).toEqual([]);
  });

  it('see that one Node calls another gone that keeps it', () => {
    const { simulation, at } = world(3, 7);
    const [end] = at(0).ends.values();
    if (end === undefined) throw new Error('no channel');
    at(0).happen({ type: 'channel-closed', channel: end.channel, reason: 'imagined' });
    simulation.runUntil(3500);
    expect(simulation.failures).toEqual([]);
    simulation.runUntil(6000);
    expect(simulation.failures.join()).toMatch(/called node \d gone, which has kept it/);
  });
});
