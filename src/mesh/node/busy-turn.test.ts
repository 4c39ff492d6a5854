import { describe, expect, it } from 'vitest';
import type { SimulatedNode } from './simulated-node.testing.ts';
import { eachTestsMesh, outcome, text } from './small-mesh.testing.ts';

const { nodes: mesh, pass } = eachTestsMesh();

/** An application that awaits only what is settled: its microtasks go on, and neither timers nor messages come between. */
async function keepTurn({ peer }: SimulatedNode, ms: number, act: () => void): Promise<void> {
  peer.host.freeze();
  for (let at = 0; at < ms; at += 50) {
    act();
    await pass(50);
  }
  peer.host.thaw();
}

describe('a Node whose application lets no other turn of the event loop begin', () => {
  it('takes nobody for silent whom it could not hear, and what it sent meanwhile arrives', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const ends: string[] = [];
    for (const { node } of [a, b]) node.events.on('left', ({ reason }) => ends.push(reason));
    b.peer.host.freeze(); // it would miss us, where no worker answers
    let got = 0;
    b.node.receive('one of many', () => {
      got++;
    });
    const sends: { readonly now: string }[] = [];
    await keepTurn(a, 20_000, () => sends.push(outcome(a.node.send(b.id, 'one of many', text('hello')))));
    b.peer.host.thaw();
    await pass(5_000);
    expect(ends).toEqual([]);
    expect(sends.filter(({ now }) => now !== 'done')).toEqual([]);
    expect(got).toBe(sends.length);
  });

  it('knows afterwards that it was away', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const away: number[] = [];
    a.node.events.on('away', ({ forMs }) => away.push(forMs));
    await keepTurn(a, 8_000, () => void outcome(a.node.send(b.id, 'one of many', text('hello'))));
    await pass(1_000);
    expect(away).toEqual([expect.any(Number)]);
    expect(away[0]).toBeGreaterThan(4_000);
  });

  it('goes by the time all the while where turns begin, though it has nothing to hear and its application much to send', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.peer.host.freeze();
    let lost = 0;
    a.node.events.on('left', () => {
      lost++;
    });
    for (let i = 0; i < 2_400 && lost === 0; i++) {
      outcome(a.node.send(b.id, 'one of many', text('hello')));
      await pass(50);
    }
    expect(lost).toBe(1);
  });
});
