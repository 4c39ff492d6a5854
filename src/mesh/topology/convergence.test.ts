import { describe, expect, it } from 'vitest';
import { integerBelow, uniform } from '../../runtime/index.ts';
import { encodeFrame, FRAME_HEADER_BYTES, FrameType } from '../../wire/index.ts';
import { edgesOf, gaussian, type SimulatedPeer, TestNetwork } from './network.testing.ts';
import { sealRecord } from './record-codec.ts';
import { encodeRecords } from './record-list.ts';

/** Everyone holds the same graph, and it is the true one. */
function expectConverged(network: TestNetwork): void {
  const alive = [...network.peers.values()];
  for (const group of components(network)) {
    const truth = new Set<string>();
    for (const peer of group) {
      for (const other of peer.links.keys()) {
        truth.add(peer.own.id < other ? `${peer.own.id}-${other}` : `${other}-${peer.own.id}`);
      }
    }
    const edges = [...truth].sort();
    for (const peer of group) {
      const among = edgesOf(peer).filter((edge) => truth.has(edge));
      expect(among).toEqual(edges);
      expect(new Set(peer.topology.view.ids())).toEqual(
        new Set(group.map(({ own }) => own.id).filter((id) => id !== peer.own.id)),
      );
      for (const { own } of group) {
        if (own.id !== peer.own.id) expect(peer.topology.directory.get(own.id)?.life).toBe(own.life);
      }
    }
  }
  expect(alive.length).toBeGreaterThan(0);
}

function components(network: TestNetwork): SimulatedPeer[][] {
  const left = new Set(network.peers.values());
  const groups: SimulatedPeer[][] = [];
  for (const first of left) {
    const group = new Set([first]);
    for (const peer of group) {
      for (const id of peer.links.keys()) {
        const other = network.peers.get(id);
        if (other) group.add(other);
      }
    }
    for (const peer of group) left.delete(peer);
    groups.push([...group]);
  }
  return groups;
}

function pick(network: TestNetwork): SimulatedPeer {
  const alive = [...network.peers.values()];
  return alive[integerBelow(network.random, alive.length)] as SimulatedPeer;
}

/** Each Node to the one before it and to random others, up to a degree of about six. */
function mesh(network: TestNetwork, count: number, degree = 6): SimulatedPeer[] {
  const peers = Array.from({ length: count }, () => network.start());
  for (let i = 0; i < count; i++) {
    const peer = peers[i] as SimulatedPeer;
    if (i > 0) network.link(peer, peers[i - 1] as SimulatedPeer);
    for (let j = 0; peer.links.size < Math.min(degree, count - 1) && j < 50; j++) {
      const other = pick(network);
      if (count <= 8 || other.links.size < degree + 2) network.link(peer, other);
    }
  }
  return peers;
}

/** Forty changes of every kind while frames are lost, doubled and overtaken, then nothing more of it. */
function afterUnrest(seed: number): TestNetwork {
  const network = new TestNetwork({
    seed,
    loss: 0.2,
    duplication: 0.1,
    isUnordered: seed % 2 === 0,
    jitter: 0.5,
  });
  const count = 3 + integerBelow(network.random, 28);
  const dead: SimulatedPeer[] = [];
  mesh(network, count, 4);
  for (let step = 0; step < 40; step++) {
    network.run(uniform(network.random) * 1500);
    const chance = uniform(network.random);
    const a = pick(network);
    const b = pick(network);
    if (chance < 0.35) network.link(a, b);
    else if (chance < 0.6 && network.areLinked(a, b)) network.unlink(a, b);
    else if (chance < 0.68 && network.peers.size > 3) {
      network.kill(a);
      dead.push(a);
    } else if (chance < 0.74 && network.peers.size > 3) {
      network.leave(a);
      dead.push(a);
    } else if (chance < 0.9) {
      // The same key in a newer life, or a new Node.
      const old = chance < 0.84 ? dead.pop() : undefined;
      const reborn = old && !network.peers.has(old.own.id) ? network.start(old.secret) : network.start();
      network.link(reborn, a);
    } else network.handle(a, { type: 'attributes', bytes: network.random.bytes(20) });
  }
  network.setFaults(0, 0);
  return network;
}

describe('gossip', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'brings everyone to the same graph whatever is lost, doubled or overtaken (seed %i)',
    (seed) => {
      const network = afterUnrest(seed);
      network.run(30_000);
      expectConverged(network);
    },
  );

  // The slowest of 3,000 when digests went to random neighbours: up to 50 s.
  it.each([179, 615, 2175])(
    'finds within a quarter of a minute what was lost on the only Link that could bring it (seed %i)',
    (seed) => {
      const network = afterUnrest(seed);
      network.run(15_000);
      expectConverged(network);
    },
  );

  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'brings everyone to the same graph while neighbours forge, change and replay (seed %i)',
    (seed) => {
      const network = new TestNetwork({ seed: 100 + seed, loss: 0.05, jitter: 0.5 });
      mesh(network, 12, 4);
      const old: Uint8Array[] = [];
      for (let step = 0; step < 200; step++) {
        network.run(uniform(network.random) * 200);
        const [a, b] = [pick(network), pick(network)];
        if (step % 9 === 0) network.link(a, b);
        else if (step % 13 === 0 && network.areLinked(a, b)) network.unlink(a, b);
        const [via] = a.links.keys();
        if (via === undefined || network.captured.length === 0) continue;
        const kept = network.captured[integerBelow(network.random, network.captured.length)] as Uint8Array;
        if (step % 10 === 0) old.push(kept);
        const hostile = (
          step % 3 === 0 ? (old[integerBelow(network.random, old.length)] ?? kept) : kept
        ).slice();
        if (step % 3 === 1) {
          const at = FRAME_HEADER_BYTES + integerBelow(network.random, hostile.length - FRAME_HEADER_BYTES);
          hostile[at] = (hostile[at] ?? 0) ^ (1 + integerBelow(network.random, 255));
        }
        network.inject(via, a, hostile);
        if (step % 5 === 0) {
          // A life of its own invention that claims Edges with everyone.
          const forger = network.start();
          network.peers.delete(forger.own.id);
          const neighbours = new Map([...network.peers.keys()].slice(0, 12).map((id) => [id, 1]));
          const fields = { version: 1, hasLeft: false, attributes: new Uint8Array(), neighbours };
          const [body = new Uint8Array()] = encodeRecords(
            [sealRecord(forger.own, fields, network.nameHash, network.cryptography)],
            4096,
          );
          network.inject(via, a, encodeFrame({ type: FrameType.new_edge, source: via, hopLimit: 1 }, body));
        }
      }
      network.setFaults(0, 0);
      network.run(30_000);
      expectConverged(network);
    },
  );

  it('heals a partition over a single new Link, and everyone is in step within three seconds', () => {
    const network = new TestNetwork({ seed: 1 });
    const peers = mesh(network, 30);
    network.run(20_000);
    const side = (peer: SimulatedPeer) => peers.indexOf(peer) < 15;
    for (const a of peers) {
      for (const b of peers) if (side(a) !== side(b) && network.areLinked(a, b)) network.unlink(a, b);
    }
    network.run(5000);
    expectConverged(network);
    network.handle(peers[20] as SimulatedPeer, { type: 'attributes', bytes: Uint8Array.of(0x80) });
    network.run(100_000); // both sides have forgotten the other
    network.link(peers[3] as SimulatedPeer, peers[25] as SimulatedPeer);
    network.run(3000);
    expectConverged(network);
  });

  it('tells a Node that joins everything once, not once a neighbour', () => {
    const network = new TestNetwork({ seed: 2, attributes: network60() });
    mesh(network, 60);
    network.run(30_000);
    for (const peer of network.peers.values()) peer.answerBytes = 0;
    const joiner = network.start();
    const neighbours = [...network.peers.values()].slice(0, 6);
    for (const peer of neighbours) network.link(joiner, peer);
    network.run(2000);
    expectConverged(network);
    const state = 60 * 340;
    let sent = 0;
    for (const peer of network.peers.values()) sent += peer.answerBytes;
    expect(sent).toBeLessThan(1.6 * state); // the rest: what was on its way when digests met
  });

  it.each([8, 100])('costs %i Nodes at rest, with Wi-Fi jitter, less than a third of the budget', (count) => {
    const network = new TestNetwork({ seed: 3, jitter: 0.5, attributes: network60() });
    const peers = mesh(network, count, count === 8 ? 7 : 6);
    // Smoothed round trips of every Link, as health would report them: RFC 6298 on log-normal samples.
    const smoothed = new Map<string, number>();
    const measure = () => {
      for (const peer of peers) {
        for (const other of peer.links.keys()) {
          const key = peer.own.id + other;
          const sample = 20 * Math.exp(0.5 * gaussian(network.random));
          const rttMs = (smoothed.get(key) ?? sample) * 0.875 + sample * 0.125;
          smoothed.set(key, rttMs);
          network.handle(peer, { type: 'rtt', peer: other, rttMs });
        }
      }
      network.at(1000, measure);
    };
    network.at(500, measure);
    network.run(120_000);
    for (const peer of peers) peer.sentBytes = 0;
    const minutes = 5;
    network.run(minutes * 60_000);
    expectConverged(network);
    const sent = peers.reduce((sum, peer) => sum + peer.sentBytes, 0);
    expect(sent / peers.length / minutes / 1024).toBeLessThan(count === 8 ? 1 : 4);
  });
});

/** Attributes of the size that a page has. */
function network60(): Uint8Array {
  return new Uint8Array(60);
}
