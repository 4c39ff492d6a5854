/** Five tabs in a line, on channels that drop, double and reorder a fifth of everything: the windows must not notice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setLogSink } from '../src/runtime/index.ts';
import { play } from './scenario.ts';
import { World } from './world.ts';

const MESSAGES = 10_000;
const ADVERSITY = { drop: 0.2, duplicate: 0.2, reorder: 0.2 };

/** Every pair but the neighbours on the line. */
const LINE = [0, 1, 2, 3, 4].flatMap((a) =>
  [0, 1, 2, 3, 4].filter((b) => b > a + 1).map((b) => [a, b] as const),
);

async function lineOfFive(seed: number): Promise<World> {
  const world = new World(seed);
  await play(
    { name: 'line', steps: [{ join: 5 }, { agreeWithinMs: 2000 }, { block: LINE }, { wait: 2000 }] },
    world,
  );
  return world;
}

beforeAll(() => setLogSink(() => undefined));
afterAll(() => setLogSink(undefined));

describe('a line of five tabs', () => {
  it('relays over four hops, and every hop shows in the members', async () => {
    const world = await lineOfFive(1);
    const hops = world
      .at(0)
      .node.members()
      .map((member) => member.hops)
      .sort();
    expect(hops).toEqual([0, 1, 2, 3, 4]);
    expect(world.at(0).node.inspection.snapshot().links).toHaveLength(1);
    expect(await world.askEveryone(1000)).toEqual([]);
    for (const relay of [1, 2, 3]) {
      const relayed = world
        .at(relay)
        .node.inspection.snapshot()
        .links.map((link) => link.relayed);
      expect(Math.min(...relayed)).toBeGreaterThan(0);
    }
  });

  it('delivers 10,000 messages exactly once and in order over the wrap of the index, with 20 % loss, duplication and reordering on every hop', async () => {
    const world = await lineOfFive(2);
    const [first, last] = [world.at(0), world.at(4)];
    const received: number[] = [];
    last.node.receive('count', ({ from, body }) => {
      expect(from).toBe(first.peer.id);
      received.push(new DataView(body.buffer, body.byteOffset).getUint32(0));
    });
    world.network.conditions = { ...world.network.conditions, frames: ADVERSITY };
    let acknowledged = 0;
    let failures = 0;
    // One packet each: a message fills more than half of a packet, so that 10,000 messages are over 10,000 indexes.
    const body = (i: number) => {
      const bytes = new Uint8Array(9000);
      new DataView(bytes.buffer).setUint32(0, i);
      return bytes;
    };
    const inFlight = 40;
    let next = 0;
    const sendNext = (): void => {
      if (next >= MESSAGES) return;
      const i = next++;
      first.node.send(last.peer.id, 'count', body(i)).then(
        () => {
          acknowledged++;
          sendNext();
        },
        () => failures++,
      );
    };
    for (let i = 0; i < inFlight; i++) sendNext();
    await world.scheduler.runUntil(() => acknowledged + failures >= MESSAGES, 24 * 3600_000);
    expect(failures).toBe(0);
    expect(received).toEqual(Array.from({ length: MESSAGES }, (_, i) => i));
    const stream = first.node.inspection.snapshot().streams.find(({ peer }) => peer === last.peer.id);
    expect(stream?.outgoing.retransmissions).toBeGreaterThan(1000);
    const incoming = last.node.inspection
      .snapshot()
      .streams.find(({ peer }) => peer === first.peer.id)?.incoming;
    expect(incoming?.expectedIndex).toBeLessThan(9999); // the index has wrapped
  });
});
