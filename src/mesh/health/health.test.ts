import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl, FrameType, newNodeId, nodeIdFromBytes } from '../../wire/index.ts';
import { WAKE } from '../protocol.ts';
import type { Token } from '../vocabulary.ts';
import type { HealthEffect } from './contract.ts';
import { encodeSyn } from './datagram.ts';
import { HealthNetwork } from './health-network.testing.ts';
import { encodeStatement } from './statement.ts';
import { encodeAnswer } from './table-exchange.ts';

function settled(network: HealthNetwork, seed = 20_000): HealthNetwork {
  network.run(seed);
  return network;
}

const ofType = <T extends HealthEffect['type']>(network: HealthNetwork, type: T) =>
  network.notes.flatMap(({ effect }) =>
    effect.type === type ? [effect as Extract<HealthEffect, { type: T }>] : [],
  );

describe('the health of those who are no neighbours', () => {
  it('is unchecked until they answered a ping or sent what only they can have made', () => {
    const network = new HealthNetwork({ nodes: 12, seed: 1, degree: 2 }); // a ring
    const [asker, far] = [network.at(0), network.at(6)];
    network.run(500);
    expect(asker.health.health(far.id)).toBe('unchecked');
    network.run(15_000);
    expect(asker.health.health(far.id)).toBe('healthy');
    expect(asker.health.rttMs(far.id)).toBeGreaterThan(10);
  });

  it('is healthy on any proof', () => {
    const network = new HealthNetwork({ nodes: 40, seed: 1, degree: 2 });
    network.run(3100); // known by now, not asked yet
    const far = network.at(20).id;
    expect(network.at(0).health.health(far)).toBe('unchecked');
    network.tell(network.at(0), { type: 'proof', id: far });
    expect(network.at(0).health.health(far)).toBe('healthy');
  });

  it('is suspected after two checks without an answer', () => {
    const network = new HealthNetwork({ nodes: 12, seed: 1, degree: 2 });
    const mute = network.at(6);
    mute.hasWorker = true; // its neighbours keep it, but its page answers nobody
    network.run(15_000);
    network.hint(mute);
    network.still(mute, 18_000, false);
    network.run(12_000);
    expect(network.at(0).health.health(mute.id)).toBe('suspected');
    network.run(30_000);
    expect(network.at(0).health.health(mute.id)).toBe('healthy');
  });

  it('is asked at a rate that does not grow with the mesh', () => {
    const rates = [20, 80].map((nodes) => {
      const network = settled(new HealthNetwork({ nodes, seed: 1, degree: 6 }), 120_000);
      for (const node of network.nodes) node.frameBytes = 0;
      network.run(60_000);
      return network.nodes.reduce((sum, { frameBytes }) => sum + frameBytes, 0) / nodes / 1024;
    });
    expect(Math.max(...rates)).toBeLessThan(5); // KiB a minute, what is relayed for others included
  });
});

describe('network tables', () => {
  it('are given to whoever asks, near or far, and name only whom the Node heard itself', () => {
    const network = settled(new HealthNetwork({ nodes: 8, seed: 1, degree: 2 }));
    network.ask(network.at(0), network.at(4).id, 5000, 1);
    network.run(3000);
    const [table = []] = network.tables();
    expect(table.map(({ id }) => id)).toContain(network.at(3).id);
    expect(table.map(({ id }) => id)).not.toContain(network.at(0).id);
    for (const { lastProofMs } of table) expect(lastProofMs).toBeLessThanOrEqual(60_000);
  });

  it('say of whom topology knows that the neighbour has told us which leads there', () => {
    const network = new HealthNetwork({ nodes: 40, seed: 1, degree: 2 }); // a ring
    network.run(3100); // known by now, not asked yet
    const [self, left, right] = [network.at(0), network.at(1).id, network.at(39).id];
    const unheard = self.health.table(network.now).filter(({ lastProofMs }) => lastProofMs === undefined);
    expect(unheard.length).toBeGreaterThan(10);
    const place = new Map(network.nodes.map(({ id }, i) => [id, i]));
    for (const { id, heardFrom } of unheard) {
      const at = place.get(id) ?? 0;
      if (at !== 20) expect(heardFrom).toBe(at < 20 ? left : right);
    }
  });

  it('make nobody healthy of whom they tell', () => {
    const network = settled(new HealthNetwork({ nodes: 4, seed: 1 }));
    const asker = network.at(0);
    network.ask(asker, network.at(1).id, 5000, 1);
    const ghost = newNodeId(network.random);
    const question = network.now; // the true answer comes too; a forged one of another Node is dropped
    network.run(0);
    const forged = encodeAnswer(1, [{ id: ghost, heardFrom: ghost, lastProofMs: 0, rttMs: 1, loss: 0 }]);
    network.frame(network.at(2).id, asker, network.at(2).id, FrameType.peers, forged);
    network.run(60_000);
    expect(network.now).toBeGreaterThan(question);
    expect(asker.health.health(ghost)).toBe('unchecked');
    expect(network.tables()).toHaveLength(1);
  });

  it('are settled as a failure when nobody answers, or no path leads there', () => {
    const network = settled(new HealthNetwork({ nodes: 4, seed: 1 }));
    network.kill(network.at(1));
    network.ask(network.at(0), network.at(1).id, 1000, 1);
    network.ask(network.at(0), newNodeId(network.random), 1000, 2);
    network.run(1500);
    expect(ofType(network, 'settled')).toEqual([
      { type: 'settled', tokens: [2], failure: { reason: 'unreachable' } },
      { type: 'settled', tokens: [1], failure: { reason: 'timed-out', afterMs: 1000 } },
    ]);
  });

  it('are ours without a question, and refused once we are closed', () => {
    const network = settled(new HealthNetwork({ nodes: 4, seed: 1 }));
    network.ask(network.at(0), network.at(0).id, 1000, 1);
    expect(network.tables()[0]).toHaveLength(3);
    network.tell(network.at(0), { type: 'close' });
    network.ask(network.at(0), network.at(1).id, 1000, 2);
    expect(ofType(network, 'settled')).toMatchObject([
      { tokens: [2 as Token], failure: { reason: 'closed' } },
    ]);
    expect(network.at(0).health.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what neighbours send', () => {
  it('is answered at a bounded rate, and the honest neighbours are served all the same', () => {
    const network = settled(new HealthNetwork({ nodes: 6, seed: 1 }));
    const [victim, ...rest] = network.nodes;
    if (!victim) throw new Error('no victim');
    victim.datagramBytes = victim.frameBytes = 0;
    const hostile = rest.slice(0, 3);
    for (let i = 0; i < 1000; i++) {
      network.after(i * 10, () => {
        for (const { id } of hostile) {
          const subject = network.at(5).id;
          const body = {
            kind: 'silent',
            hopsLeft: 1,
            silenceMs: 60_000,
            incarnation: i,
            witnesses: [],
          } as const;
          network.tell(victim, { type: 'datagram', via: id, bytes: encodeSyn(new Uint8Array(16).fill(i)) });
          network.frame(id, victim, id, FrameType.ping, new Uint8Array(8).fill(i));
          network.frame(id, victim, id, FrameType.peers, encodeControl({ question: i }));
          network.frame(id, victim, id, FrameType.suspect, encodeStatement({ ...body, subject }));
          network.frame(id, victim, id, FrameType.suspect, encodeStatement({ ...body, subject: victim.id }));
        }
      });
    }
    network.run(15_000);
    expect(network.deaths()).toEqual([]);
    expect(victim.frameBytes / 10).toBeLessThan(8 * 1024);
    expect(victim.datagramBytes / 10).toBeLessThan(2 * 1024);
    const why = new Set(ofType(network, 'drop').map((drop) => drop.why));
    expect(why).toEqual(
      new Set(['nobody asked', 'too many pings', 'too many questions', 'too many suspicions']),
    );
  });

  it('never kills one who is heard, whatever liars say of it', () => {
    const network = settled(new HealthNetwork({ nodes: 6, seed: 1, loss: 0.1 }));
    const [victim, subject] = [network.at(0), network.at(1)];
    for (let i = 0; i < 300; i++) {
      network.after(i * 400, () => {
        const witnesses = network.nodes.slice(2).map(({ id }) => id);
        const said = {
          kind: 'silent',
          hopsLeft: 1,
          silenceMs: 5000,
          subject: subject.id,
          incarnation: 2 ** 31,
        } as const;
        network.frame(
          network.at(2).id,
          victim,
          network.at(2).id,
          FrameType.suspect,
          encodeStatement({ ...said, witnesses }),
        );
      });
    }
    network.run(180_000);
    expect(network.deaths()).toEqual([]);
  });

  it('of any bytes never throws, and what is malformed is said to be', () => {
    const network = settled(new HealthNetwork({ nodes: 3, seed: 1 }));
    const [victim, via] = [network.at(0), network.at(1).id];
    const types = [FrameType.ping, FrameType.pong, FrameType.peers, FrameType.suspect] as const;
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), (type, body) => {
        network.frame(via, victim, via, type, body);
        network.tell(victim, { type: 'datagram', via, bytes: body });
      }),
    );
    network.frame(via, victim, via, FrameType.ping, new Uint8Array(7));
    expect(ofType(network, 'drop').at(-1)).toMatchObject({ why: 'malformed', isMalformed: true });
  });

  it('of strangers leaves no trace', () => {
    const network = settled(new HealthNetwork({ nodes: 3, seed: 1 }));
    const before = network.at(0).health.table(network.now).length;
    for (let i = 0; i < 1000; i++) {
      const stranger = nodeIdFromBytes(network.random.bytes(16));
      network.tell(network.at(0), { type: 'heard', peer: stranger });
      network.tell(network.at(0), { type: 'proof', id: stranger });
      network.tell(network.at(0), { type: 'hint-gone', id: stranger });
      network.tell(network.at(0), { type: 'datagram', via: stranger, bytes: encodeSyn(new Uint8Array(16)) });
    }
    expect(network.at(0).health.table(network.now)).toHaveLength(before);
  });
});

describe('the form', () => {
  it('answers nothing to an early wake or a frame heard', () => {
    const network = settled(new HealthNetwork({ nodes: 3, seed: 1 }));
    const { health } = network.at(0);
    expect(health.handle(WAKE, network.now)).toEqual([]);
    expect(health.handle({ type: 'heard', peer: network.at(1).id }, network.now)).toEqual([]);
  });

  it('probes from one end of a Link only, and not at all while frames arrive', () => {
    const network = settled(new HealthNetwork({ nodes: 2, seed: 1 }));
    const [a, b] = [network.at(0), network.at(1)];
    for (let i = 0; i < 300; i++) {
      network.after(i * 100, () => {
        network.tell(a, { type: 'heard', peer: b.id });
        network.tell(b, { type: 'heard', peer: a.id });
      });
    }
    a.datagramBytes = b.datagramBytes = 0;
    network.run(30_000);
    expect((a.datagramBytes + b.datagramBytes) / 17).toBeLessThanOrEqual(16); // each one's RTT, every ten seconds
  });

  it('goes on when the clock goes back', () => {
    const network = settled(new HealthNetwork({ nodes: 2, seed: 1 }), 100_000);
    const { health } = network.at(0);
    health.handle(WAKE, 30_000);
    expect(health.nextWakeAt).toBeLessThanOrEqual(31_500);
  });
});
