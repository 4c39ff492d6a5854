import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom, uniform } from '../../runtime/index.ts';
import { CALM, ROUGH, type TestNode, UnicastWorld } from './unicast-world.testing.ts';

function pair(world: UnicastWorld): [TestNode, TestNode] {
  const [a, b] = world.nodes;
  if (!a || !b) throw new Error('a world of two at least');
  return [a, b];
}
const upTo = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
const texts = (node: TestNode): string[] => node.delivered.map(({ text }) => text);
const failures = (node: TestNode): string[] => [...node.settled.values()].flatMap((failure) => failure?.reason ?? []);

describe('messages between two Nodes', () => {
  it('arrive in order over a direct Link, a turn of them in one packet, acknowledged once', () => {
    const world = new UnicastWorld(1);
    const [a, b] = pair(world);
    world.linkUp(a, b);
    for (let i = 0; i < 1000; i++) {
      a.unicast.handle(
        {
          type: 'send',
          token: world.newToken(),
          target: b.id,
          stream: 0 as never,
          message: { kind: 'message', name: 'm', body: new TextEncoder().encode(String(i)) },
          timeoutMs: 1000,
        },
        0,
      );
    }
    a.settle();
    world.run(100);
    expect(texts(b)).toEqual(upTo(1000));
    expect(world.transmissions).toBe(2);
    expect(a.settled.size).toBe(1000);
    expect(failures(a)).toEqual([]);
  });

  it.each([1, 2, 3])('arrive over relays in rough weather, past the wrap of the index (seed %i)', (seed) => {
    const world = new UnicastWorld(seed, 2, { ...ROUGH, delayMs: [1, 20] });
    const [a, b] = pair(world);
    let sent = 0;
    const more = () => {
      // One packet each: the next leaves when the window has taken the last.
      for (let i = 0; i < 10 && sent < 10_400; i++) a.send(b, String(sent++), 0);
    };
    for (let i = 0; i < 10_400 / 10; i++) {
      more();
      world.run(world.nowMs + 1);
    }
    world.run(world.nowMs + 60_000);
    expect(texts(b)).toEqual(upTo(10_400));
    expect(failures(a)).toEqual([]);
  });
});
