/** What a member that plays foul can do with broadcasts: waste its own Link, and be found out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom } from '../../runtime/index.ts';
import { encodeFrame, FrameType, parseFrameHeader } from '../../wire/index.ts';
import { MAX_BROADCAST_BYTES } from '../contract.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { ANY, encodeGrafts, encodeHaves } from './announcements.ts';
import { BROADCAST_OVERHEAD_BYTES, CONTENT_AT, sealBroadcast } from './broadcast-frame.ts';
import { ChunkFlag, writeChunkHead } from './chunks.ts';
import { control, SimulatedMesh, strangerId } from './mesh.testing.ts';
import type { SimulatedNode } from './mesh-node.testing.ts';
import { MAX_EXCESS_FRAMES } from './neighbour.ts';

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

/** 0 and 1 are honest, 2 is the liar; each has a Link to each. */
function triangle(seed: number): { mesh: SimulatedMesh; liar: SimulatedNode; victim: SimulatedNode } {
  const mesh = new SimulatedMesh({ nodes: 3, seed, degree: 2 });
  mesh.run(10);
  return { mesh, victim: mesh.node(1), liar: mesh.node(2) };
}

/** A key that somebody made, known to all. */
function invented(mesh: SimulatedMesh): OwnLife {
  const { cryptography, random, directory } = mesh;
  const own = beginLife(identityFrom(random.bytes(32), cryptography), 1, random.bytes(32), cryptography);
  directory.set(own.id, own);
  return own;
}

/** One has sent three broadcasts long ago, whose frames the liar has kept. */
function keptByTheLiar() {
  const { mesh, liar, victim } = triangle(11);
  const kept: Uint8Array[] = [];
  mesh.tamper = (_from, to, frame) => {
    if (to === liar) kept.push(frame.slice());
    return [frame.slice()];
  };
  for (const i of count(3)) {
    mesh.broadcast(0, i);
    mesh.run(500);
  }
  mesh.run(150_000); // its log is empty by now
  mesh.tamper = undefined;
  return { mesh, liar, victim, kept };
}

describe('invented sources', () => {
  it('push no real one out: what it sent is not taken twice', () => {
    const { mesh, liar, victim, kept } = keptByTheLiar();
    for (let i = 0; i < 11; i++) {
      const sources = count(400).map(() => invented(mesh));
      const haves = sources.map(({ id, life }) => ({ source: id, life, low: 0, next: 1, taken: 0 }));
      control(mesh, liar, victim, FrameType.ihave, encodeHaves(haves));
    }
    for (const frame of kept) mesh.arrive(liar, victim, frame.slice());
    mesh.run(30_000);
    expect(victim.received.get(0)).toEqual(count(3));
  });

  it.each([
    ['in reach', true],
    ['nowhere', false],
  ])(
    'that do send something, %s, push no real one out, and what they send does not go round',
    (_, isPresent) => {
      const { mesh, liar, victim, kept } = keptByTheLiar();
      const before = mesh.bytes.broadcast;
      for (let i = 0; i < 4200; i++) {
        const own = invented(mesh);
        if (isPresent) mesh.invented.add(own.id);
        const frame = new Uint8Array(BROADCAST_OVERHEAD_BYTES + 10);
        sealBroadcast(frame, own, 0, mesh.cryptography);
        mesh.arrive(liar, victim, frame);
      }
      for (const frame of kept) mesh.arrive(liar, victim, frame.slice());
      mesh.run(30_000);
      expect(victim.received.get(0)).toEqual(count(3));
      expect(mesh.bytes.broadcast - before).toBeLessThan(4 * 4200 * 150);
      expect(mesh.looks).toBeLessThan(4 * 4200); // not at all sources for each that is refused
      const [gone] = mesh.invented;
      if (gone) {
        mesh.invented.delete(gone);
        victim.tell({ type: 'left', id: gone });
      }
      const newcomer = mesh.addNode();
      mesh.connect(newcomer.index, 1);
      mesh.broadcast(newcomer.index, 7);
      mesh.run(30_000);
      expect(victim.received.get(newcomer.index)).toEqual([7]);
    },
  );

  it('with frames beyond gaps cost together no more than all broadcasts may', () => {
    const { mesh, liar, victim } = triangle(12);
    let most = 0;
    for (let g = 0; g < 100; g++) {
      const own = invented(mesh);
      for (let i = 0; i < 17; i++) {
        const frame = new Uint8Array(60_000);
        sealBroadcast(frame, own, 1 + 2 * i, mesh.cryptography);
        mesh.arrive(liar, victim, frame);
      }
      most = Math.max(most, victim.budget.total);
    }
    expect(most).toBeLessThanOrEqual(64 * 1024 * 1024);
    mesh.broadcast(0, 0);
    mesh.run(2000);
    expect(victim.received.get(0)).toEqual([0]);
  });
});

describe('a source that cuts a message of 1 MiB into crumbs of a byte', () => {
  const first = { flags: ChunkFlag.first, length: 1, stream: 3, targets: new Uint8Array(), total: 0x10_0000 };
  const crumb = { ...first, flags: 0 };

  it('thousands in a frame: they are not put together, for each would cost an object', () => {
    const { mesh, liar, victim } = triangle(14);
    for (let sequence = 0; sequence < 60; sequence++) {
      const frame = new Uint8Array(60_000);
      let at = CONTENT_AT;
      if (sequence === 0) at = writeChunkHead(frame, at, first) + 1;
      while (at + 68 < frame.length) at = writeChunkHead(frame, at, crumb) + 1;
      const cut = frame.slice(0, at + 64);
      sealBroadcast(cut, liar.own, sequence, mesh.cryptography);
      mesh.arrive(liar, victim, cut);
      mesh.run(100);
    }
    mesh.run(200_000); // its log is empty by now
    expect(victim.budget.used(liar.id)).toBe(0);
  });

  it('one in a frame: each costs more than its byte', () => {
    const { mesh, liar, victim } = triangle(15);
    for (let sequence = 0; sequence < 400; sequence++) {
      const frame = new Uint8Array(60_000).fill(0xff); // what follows the crumb makes no sense
      writeChunkHead(frame, CONTENT_AT, sequence === 0 ? first : crumb);
      sealBroadcast(frame, liar.own, sequence, mesh.cryptography);
      mesh.arrive(liar, victim, frame);
      mesh.run(100);
    }
    mesh.run(200_000);
    expect(victim.budget.used(liar.id)).toBeGreaterThan(400 * 64);
    victim.tell({ type: 'left', id: liar.id });
    expect(victim.budget.total).toBe(0);
  });
});

describe('a relay', () => {
  it.each([1, 2, 3, 4])(
    'that repeats, reorders and holds back frames changes nothing for others (seed %i)',
    (seed) => {
      const mesh = new SimulatedMesh({ nodes: 12, seed, degree: 5 });
      const kept: Uint8Array[] = [];
      mesh.tamper = (from, _to, frame) => {
        if (from.index !== 3) return [frame.slice()];
        kept.push(frame.slice());
        const again = kept[integerBelow(mesh.random, kept.length)] ?? frame;
        const choice = integerBelow(mesh.random, 4);
        if (choice === 0) return [];
        if (choice === 1) return [again.slice(), frame.slice()];
        if (choice === 2) return [again.slice()];
        return [frame.slice(), frame.slice(), again.slice()];
      };
      for (let i = 0; i < 100; i++) {
        mesh.broadcast(0, i);
        mesh.run(60);
      }
      mesh.run(20_000);
      for (const node of mesh.nodes) {
        if (node.index === 0 || node.index === 3) continue;
        expect(node.received.get(0)).toEqual(count(100));
        expect(node.malformed).toEqual([]);
      }
    },
  );

  it('that changes a bit is found out by its neighbours, and nobody else is blamed', () => {
    const mesh = new SimulatedMesh({ nodes: 12, seed: 9, degree: 5 });
    mesh.tamper = (from, _to, frame) => {
      const copy = frame.slice();
      // Anything but version, type and hop limit, which are the header's own affair.
      if (from.index === 3) {
        const at = 36 + integerBelow(mesh.random, copy.length - 36);
        copy[at] = (copy[at] ?? 0) ^ 1;
        if (typeof parseFrameHeader(copy) === 'string') return [];
      }
      return [copy];
    };
    for (let i = 0; i < 50; i++) {
      mesh.broadcast(0, i);
      mesh.run(60);
    }
    mesh.run(20_000);
    let found = 0;
    for (const node of mesh.nodes) {
      if (node.index === 0 || node.index === 3) continue;
      expect(node.received.get(0)).toEqual(count(50));
      for (const { via } of node.malformed) expect(via).toBe(mesh.node(3).id);
      found += node.malformed.length;
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('a forged frame', () => {
  it('is neither shown nor passed on, and held against who brought it', () => {
    const { mesh, liar, victim } = triangle(8);
    const frame = new Uint8Array(BROADCAST_OVERHEAD_BYTES + 10);
    sealBroadcast(frame, { ...mesh.node(0).own, identity: liar.own.identity }, 0, mesh.cryptography);
    mesh.arrive(liar, victim, frame.slice());
    expect(victim.malformed.map(({ via, why }) => [via, why])).toEqual([[liar.id, 'forged broadcast']]);
    expect(victim.multicast.counts.delivered).toBe(0);
    mesh.run(1000);
    expect(mesh.node(0).drops.size).toBe(0);
    mesh.broadcast(0, 5);
    mesh.run(1000);
    expect(victim.received.get(0)).toEqual([5]);
  });
});

describe('claims', () => {
  it('of sequences that nobody has sent do not move a source forward', () => {
    const { mesh, liar, victim } = triangle(1);
    mesh.broadcast(0, 0);
    mesh.run(1000);
    const { id, life } = mesh.node(0).own;
    const have = { source: id, life, low: 4_000_000_000, next: 4_000_000_001, taken: 0 };
    control(mesh, liar, victim, FrameType.ihave, encodeHaves([have]));
    mesh.run(30_000);
    mesh.broadcast(0, 1);
    mesh.run(5000);
    expect(victim.received.get(0)).toEqual([0, 1]);
    expect(victim.missed).toBe(0);
  });

  it('of Nodes that nobody knows cost a small place (strangers.test.ts) and no honest message', () => {
    const { mesh, liar, victim } = triangle(2);
    const random = seededRandom(5);
    for (let i = 0; i < 500; i++) {
      const haves = count(100).map(() => ({
        source: strangerId(random),
        life: 1,
        low: 0,
        next: 9,
        taken: 0,
      }));
      control(mesh, liar, victim, FrameType.ihave, encodeHaves(haves));
      const frame = encodeFrame(
        { type: FrameType.msg_broadcast, source: strangerId(random), hopLimit: 3 },
        new Uint8Array(200),
      );
      mesh.arrive(liar, victim, frame);
    }
    expect(victim.budget.total).toBe(0);
    mesh.broadcast(0, 0);
    mesh.run(1000);
    expect(victim.received.get(0)).toEqual([0]);
  });

  it('without end cut their sender off, and nobody else', () => {
    const { mesh, liar, victim } = triangle(3);
    for (let i = 0; i < MAX_EXCESS_FRAMES + 2000; i++) {
      control(mesh, liar, victim, FrameType.prune, new Uint8Array());
    }
    expect(victim.cutOff).toEqual([
      { type: 'cut-off', peer: liar.id, why: 'too-much', reason: 'floods with announcements of broadcasts' },
    ]);
  });
});

describe('grafts', () => {
  it('for everything again and again are answered within a measure', () => {
    const { mesh, liar, victim } = triangle(4);
    for (let i = 0; i < 30; i++) mesh.broadcast(0, i, 60_000);
    mesh.run(5000);
    const { id, life } = mesh.node(0).own;
    const graft = { source: id, life, isWanted: true, from: 0, to: ANY, withinMs: ANY };
    const before = mesh.bytes.broadcast;
    for (let i = 0; i < 500; i++) {
      control(mesh, liar, victim, FrameType.graft, encodeGrafts([graft]));
      mesh.run(10);
    }
    expect(mesh.bytes.broadcast - before).toBeLessThan(45 * 1024 * 1024);
  });
});

describe('a source', () => {
  it('that ignores the window is cut off with a reason, and costs no more than its budget', () => {
    const { mesh, victim } = triangle(5);
    const { own, id } = mesh.node(0);
    victim.isDeaf = true;
    let most = 0;
    for (let i = 0; i < 400; i++) {
      const frame = new Uint8Array(60_000);
      writeChunkHead(frame, CONTENT_AT, {
        flags: ChunkFlag.first | ChunkFlag.last,
        length: 50_000,
        stream: 1,
        targets: new Uint8Array(),
        total: 50_000,
      });
      sealBroadcast(frame, own, i, mesh.cryptography);
      mesh.arrive(mesh.node(0), victim, frame);
      most = Math.max(most, victim.budget.used(id));
    }
    expect(victim.cutOff[0]).toEqual({
      type: 'cut-off',
      why: 'too-much',
      peer: id,
      reason: 'broadcasts faster than they are taken',
    });
    expect(most).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(victim.malformed).toEqual([]);
  });

  it('whose chunks make no sense is passed on, and harms nobody', () => {
    const { mesh, victim } = triangle(7);
    const { own, id } = mesh.node(0);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (content) => {
        const sequence = victim.multicast.counts.delivered;
        const frame = new Uint8Array(BROADCAST_OVERHEAD_BYTES + content.length);
        frame.set(content, CONTENT_AT);
        sealBroadcast(frame, own, sequence, mesh.cryptography);
        mesh.arrive(mesh.node(0), victim, frame);
        mesh.run(100);
        expect(mesh.node(2).multicast.counts.delivered).toBe(sequence + 1);
      }),
      { numRuns: 300, seed: 8 },
    );
    expect(victim.malformed).toEqual([]);
    mesh.run(200_000);
    expect(victim.budget.used(id)).toBeLessThan(MAX_BROADCAST_BYTES);
  });
});

describe('whatever bytes', () => {
  it('come as a frame of multicast, nothing throws and nothing is kept', () => {
    const { mesh, liar, victim } = triangle(6);
    mesh.broadcast(0, 0);
    mesh.run(500);
    const { id } = mesh.node(0);
    fc.assert(
      fc.property(
        fc.constantFrom(FrameType.msg_broadcast, FrameType.ihave, FrameType.graft, FrameType.prune),
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        (type, body, isOfSource) => {
          mesh.arrive(
            liar,
            victim,
            encodeFrame({ type, source: isOfSource ? id : liar.id, hopLimit: 1 }, body),
          );
          mesh.run(300);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    mesh.broadcast(0, 1);
    mesh.run(5000);
    expect(victim.received.get(0)).toEqual([0, 1]);
  });
});
