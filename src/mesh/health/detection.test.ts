import { describe, expect, it } from 'vitest';
import { HealthNetwork, type HealthNetworkOptions } from './health-network.testing.ts';
import { parseStatement } from './statement.ts';

const MINUTE = 60_000;

/** When each neighbour called a killed Node dead, ms after the kill, sorted: at least so many times, each killed one with its seed. */
function detections(options: Omit<HealthNetworkOptions, 'seed'>, least: number, isHinted = false): number[] {
  const times: number[] = [];
  for (let seed = 1; times.length < least; seed++) {
    const network = new HealthNetwork({ ...options, seed });
    network.run(20_000 + ((seed * 137) % 1000));
    const victim = network.at(seed % options.nodes);
    const witnesses = victim.neighbours.size;
    const killedAt = network.now;
    network.kill(victim);
    if (isHinted) network.after(60, () => network.hint(victim));
    network.run(20_000);
    const deaths = network.deaths();
    expect(deaths.every(({ effect }) => effect.type === 'dead' && effect.peer === victim.id)).toBe(true);
    expect(deaths).toHaveLength(witnesses);
    times.push(...deaths.map(({ at }) => at - killedAt));
  }
  return times.sort((a, b) => a - b);
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

describe('finding the dead', () => {
  it.each([
    ['a pair', { nodes: 2 }, 25],
    ['a full mesh', { nodes: 8 }, 100],
    ['a sparse mesh', { nodes: 24, degree: 6 }, 100],
    ['a crowded mesh', { nodes: 13 }, 100],
    ['a mesh far apart', { nodes: 8, latencyMs: 120 }, 100],
    ['a mesh that loses every fifth datagram', { nodes: 8, loss: 0.2, latencyMs: 20 }, 100],
  ])(
    'of %s takes at most 3 s at the median, 5 s at the worst, without the rendezvous',
    (_, options, least) => {
      const times = detections(options, least);
      expect(median(times)).toBeLessThanOrEqual(3000);
      expect(times.at(-1)).toBeLessThanOrEqual(5000);
    },
  );

  it('takes about 1.2 s when the rendezvous saw the socket die', () => {
    const times = detections({ nodes: 8 }, 100, true);
    expect(median(times)).toBeLessThanOrEqual(1400);
    expect(times.at(-1)).toBeLessThanOrEqual(2600);
  });

  it('is faster where others confirm than for two alone', () => {
    expect(median(detections({ nodes: 4 }, 60))).toBeLessThan(median(detections({ nodes: 2 }, 40)) - 100);
  });
});

/** Every Node, every Link, for so long: nobody is called dead. */
function expectPeace(network: HealthNetwork): void {
  expect(network.deaths()).toEqual([]);
}

describe('a Node that dies while it talks', () => {
  it('is missed as soon in a crowd as by one alone, since frames had come all the time', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const network = new HealthNetwork({ nodes: 9, seed });
      const [talker, ...listeners] = network.nodes;
      if (!talker) throw new Error('no talker');
      for (let i = 0; i <= 80; i++)
        network.after(5000 + i * 250, () => {
          for (const node of listeners) network.tell(node, { type: 'heard', peer: talker.id });
        });
      network.run(25_000);
      network.kill(talker);
      network.run(3600);
      expect(network.deaths()).toHaveLength(8);
    }
  });
});

describe('sparing the living', () => {
  it('survives an hour of lost datagrams and jitter', () => {
    const network = new HealthNetwork({ nodes: 6, seed: 3, loss: 0.2, latencyMs: 20, sigma: 0.7 });
    network.run(60 * MINUTE);
    expectPeace(network);
  });

  it('survives ten minutes of losing every other datagram', () => {
    const network = new HealthNetwork({ nodes: 4, seed: 4, loss: 0.5, latencyMs: 40, sigma: 0.7 });
    network.run(10 * MINUTE);
    expectPeace(network);
  });

  it('keeps hidden tabs, whose timers come once a second, and lets them keep others', () => {
    const network = new HealthNetwork({ nodes: 6, seed: 5, loss: 0.05 });
    for (const index of [0, 2, 4, 5]) network.at(index).isHidden = true;
    network.run(10 * MINUTE);
    expectPeace(network);
  });

  it('finds the dead from a hidden tab, too', () => {
    const network = new HealthNetwork({ nodes: 2, seed: 6 });
    network.at(0).isHidden = true;
    network.run(MINUTE);
    network.kill(network.at(1));
    network.run(12_000);
    expect(network.deaths()).toHaveLength(1);
  });

  it.each([100, 500, 1000, 1500, 2000, 3000, 5000, 10_000, 30_000, 60_000])(
    'accuses nobody after standing still itself for %i ms',
    (stillMs) => {
      for (let seed = 1; seed <= 5; seed++) {
        const network = new HealthNetwork({ nodes: 5, seed });
        const sleeper = network.at(seed % 5);
        network.run(15_000 + seed * 97);
        network.still(sleeper, stillMs, true);
        network.run(stillMs + 20_000);
        const accusers = network.deaths().map(({ node }) => node);
        expect(accusers).not.toContain(sleeper.id);
        if (stillMs <= 1500) expect(accusers).toEqual([]);
        const away = network.notes.flatMap(({ effect }) => (effect.type === 'away' ? [effect.forMs] : []));
        if (stillMs >= 5000) expect(away[0]).toBeGreaterThan(stillMs - 1500);
        if (stillMs <= 2000) expect(away).toEqual([]);
      }
    },
  );

  it('calls a frozen Node away after about three seconds', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const network = new HealthNetwork({ nodes: 5, seed });
      network.at(1).hasWorker = true;
      network.run(20_000);
      network.still(network.at(1), 30_000, true);
      network.run(4000);
      expect(network.deaths()).toHaveLength(4);
    }
  });

  it('keeps a page that stands still for 10 s behind its worker, and calls it suspected meanwhile', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const network = new HealthNetwork({ nodes: 5, seed, loss: 0.1 });
      const busy = network.at(2);
      busy.hasWorker = true;
      network.run(20_000);
      network.still(busy, 10_000, false);
      network.run(8000);
      const states = network.nodes
        .filter((node) => node !== busy)
        .map(({ health }) => health.health(busy.id));
      expect(states).toEqual(['suspected', 'suspected', 'suspected', 'suspected']);
      expect(network.at(0).health.silenceMs(busy.id)).toBeGreaterThan(3000);
      network.run(60_000);
      expectPeace(network);
      expect(network.at(0).health.health(busy.id)).toBe('healthy');
      expect(network.at(0).health.silenceMs(busy.id)).toBe(0);
    }
  });

  it('gives a page up that never comes back, although its worker answers', () => {
    const network = new HealthNetwork({ nodes: 2, seed: 1 });
    network.at(0).hasWorker = true;
    network.run(5000);
    network.still(network.at(0), 90_000, false);
    network.run(25_000);
    expectPeace(network);
    network.run(10_000);
    expect(network.deaths().map(({ effect }) => effect)).toMatchObject([{ reason: 'its page stands still' }]);
  });

  it('suspects nobody at rest, however many neighbours share the watch', () => {
    const network = new HealthNetwork({ nodes: 13, seed: 8, loss: 0.01 });
    network.run(5 * MINUTE);
    const suspected = network.notes.filter(
      ({ effect }) => effect.type === 'health-changed' && effect.health === 'suspected',
    );
    expect(suspected).toEqual([]);
  });

  it('shrugs at a hint about one that answers', () => {
    const network = new HealthNetwork({ nodes: 4, seed: 1 });
    network.run(10_000);
    network.hint(network.at(0));
    network.run(MINUTE);
    expectPeace(network);
    expect(network.changes(network.at(0).id).map(({ health }) => health)).not.toContain('suspected');
  });
});

describe('a neighbour whose network changes', () => {
  /** A pair; one of them is out of reach for so long, and registers anew two seconds after it went. */
  function moving(outageMs: number): HealthNetwork {
    const network = new HealthNetwork({ nodes: 2, seed: 4 });
    network.run(20_000);
    const [desk, laptop] = [network.at(0), network.at(1)];
    const ways = [desk.id + laptop.id, laptop.id + desk.id];
    for (const way of ways) network.blackholes.add(way);
    network.after(2_000, () => {
      network.tell(desk, { type: 'hint-moved', id: laptop.id });
      network.tell(laptop, { type: 'hint-moved', id: undefined });
    });
    network.after(outageMs, () => {
      for (const way of ways) network.blackholes.delete(way);
    });
    network.run(30_000);
    return network;
  }

  it('keeps its Link when it has a path again within ten seconds of its registration', () => {
    expectPeace(moving(8_000));
  });

  it('is given up when it has none by then', () => {
    // Whoever is first closes the Link of both.
    expect(moving(20_000).deaths()).toHaveLength(1);
  });
});

describe('a Link that carries nothing one way', () => {
  it('is closed after ten seconds while the Node lives through others, and is slow meanwhile', () => {
    const network = new HealthNetwork({ nodes: 5, seed: 2 });
    network.run(20_000);
    const [deaf, mute] = [network.at(0), network.at(1)];
    network.blackholes.add(mute.id + deaf.id);
    network.run(7000);
    expectPeace(network);
    expect(deaf.health.silenceMs(mute.id)).toBeGreaterThan(5000);
    expect(deaf.health.health(mute.id)).toBe('suspected');
    network.run(9000);
    expect(network.deaths()).toMatchObject([
      {
        node: deaf.id,
        effect: { peer: mute.id, reason: 'it lives, but nothing of it arrives on this Link' },
      },
    ]);
    // Gone as a neighbour, alive as a Node.
    network.run(5000);
    expect(deaf.health.health(mute.id)).toBe('healthy');
  });

  it('is noticed like a death where there is nobody else', () => {
    const network = new HealthNetwork({ nodes: 2, seed: 2 });
    network.run(20_000);
    network.blackholes.add(network.at(1).id + network.at(0).id);
    network.run(5000);
    expect(network.deaths()).toHaveLength(1);
  });

  it('makes no witness of the others: they deny the suspicion and the suspect refutes it', () => {
    const network = new HealthNetwork({ nodes: 5, seed: 2 });
    network.run(20_000);
    network.blackholes.add(network.at(1).id + network.at(0).id);
    network.run(6000);
    const [suspicion] = network.at(0).health.suspicions(network.now);
    expect(suspicion).toMatchObject({ id: network.at(1).id, witnesses: [network.at(0).id] });
    for (const index of [2, 3, 4]) expect(network.at(index).health.health(network.at(1).id)).toBe('healthy');
  });
});

describe('a suspicion', () => {
  it('is denied by those who hear the suspect, though they had to ask first', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const network = new HealthNetwork({ nodes: 5, seed });
      network.run(20_000 + seed * 311);
      const [deaf, mute] = [network.at(0), network.at(1)];
      network.blackholes.add(mute.id + deaf.id);
      const denials = new Set<string>();
      for (const { id, health } of network.nodes.slice(2)) {
        const handle = health.handle.bind(health);
        health.handle = (event, now) => {
          const effects = handle(event, now);
          for (const effect of effects)
            if (
              effect.type === 'tell' &&
              effect.to === deaf.id &&
              parseStatement(effect.body)?.kind === 'heard'
            )
              denials.add(id);
          return effects;
        };
      }
      network.run(7000);
      expect(denials.size).toBeGreaterThanOrEqual(2); // the third may have heard the refutation first
      expectPeace(network);
    }
  });
});

describe('bytes at rest', () => {
  it('do not grow with the degree: a Node sends and gets as many datagrams in a crowd of thirteen as among four', () => {
    const [few = 0, many = 0] = [4, 13].map((nodes) => {
      const network = new HealthNetwork({ nodes, seed: 7, latencyMs: 8, sigma: 0.5 });
      network.run(2 * MINUTE);
      for (const node of network.nodes) node.datagramBytes = 0;
      network.run(2 * MINUTE);
      return network.nodes.reduce((sum, { datagramBytes }) => sum + datagramBytes, 0) / nodes / 17 / 120;
    });
    expect(few).toBeLessThan(3.5);
    expect(many).toBeLessThan(1.8 * few);
  });

  it.each([
    ['a full mesh of 8', { nodes: 8 }, 12],
    ['a sparse mesh of 60', { nodes: 60, degree: 6 }, 16],
  ])('are few in %s, with jitter as on Wi-Fi', (_, options, limitKib) => {
    const network = new HealthNetwork({ ...options, seed: 7, latencyMs: 8, sigma: 0.5 });
    network.run(2 * MINUTE);
    for (const node of network.nodes) node.datagramBytes = node.frameBytes = 0;
    const before = network.notes.length;
    network.run(2 * MINUTE);
    const kib = network.nodes.map(({ datagramBytes, frameBytes }) => (datagramBytes + frameBytes) / 2 / 1024);
    expect(kib.reduce((a, b) => a + b) / kib.length).toBeLessThan(limitKib);
    const links = network.nodes.reduce((sum, { neighbours }) => sum + neighbours.size, 0) / 2;
    const perLink = network.nodes.reduce((sum, { datagramBytes }) => sum + datagramBytes, 0) / 2 / links;
    expect(perLink).toBeLessThan(60 * 17 * 2 * 1.15); // both ends: a SYN and an ACK a second, and a tenth for the other end's own
    const news = network.notes.slice(before).filter(({ effect }) => effect.type === 'rtt');
    expect(news.length / links).toBeLessThan(1); // in two minutes, of both ends
  });
});
