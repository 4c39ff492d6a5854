import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameType } from '../../wire/index.ts';
import { encodeHaves } from './announcements.ts';
import { SimulatedMesh } from './mesh.testing.ts';
import type { SimulatedNode } from './mesh-node.testing.ts';

const FRAME_BYTES = 50_000;

/** A liar whose Links stay up, and who only says every `everyMs` that it has taken some more frames. */
function trickle(nodes: number, everyMs: number, frames: (at: number) => number, untilMs: number) {
  const mesh = new SimulatedMesh({ nodes, seed: 13, degree: 2, bytesPerSecond: 20_000_000 });
  mesh.run(10);
  const [source, liar] = [mesh.node(0), mesh.node(nodes - 1)];
  liar.isDead = true;
  for (let i = 0; i < 400; i++) mesh.broadcast(0, i, FRAME_BYTES);
  const neighbours: SimulatedNode[] = mesh.linksOf(liar).map(({ a, b }) => (a === liar ? b : a));
  let taken = 0;
  for (let now = everyMs; now <= untilMs; now += everyMs) {
    mesh.run(everyMs);
    taken += frames(now);
    const whole = Math.floor(taken);
    const have = { source: source.id, life: source.own.life, low: 0, next: whole, taken: whole };
    const header = { type: FrameType.ihave, source: liar.id, hopLimit: 1 };
    for (const to of neighbours) mesh.arrive(liar, to, encodeFrame(header, encodeHaves([have])));
  }
  return mesh;
}

const countAt = (mesh: SimulatedMesh, index: number): number => mesh.node(index).received.get(0)?.length ?? 0;

describe('a member that acknowledges a frame every now and then', () => {
  it.each([3, 5])('holds a source up for ten seconds and no longer, in a ring of %i', (nodes) => {
    const mesh = trickle(nodes, 2500, () => 1, 15_000);
    for (let index = 1; index < nodes - 1; index++) expect(countAt(mesh, index)).toBe(400);
    expect(mesh.node(0).settled.size).toBe(400);
    for (const { missed } of mesh.nodes.slice(0, -1)) expect(missed).toBe(0);
  });

  it('holds it up no longer when it was fast before', () => {
    const mesh = trickle(3, 500, (at) => (at <= 15_000 ? 5 : 0.2), 28_000);
    expect(countAt(mesh, 1)).toBe(400);
  });

  it('is waited for while it takes a window in ten seconds', () => {
    const mesh = trickle(3, 500, () => 3, 20_000); // 300 KB a second
    expect(countAt(mesh, 1)).toBeLessThan(250);
    mesh.run(60_000); // it says nothing more
    expect(countAt(mesh, 1)).toBe(400);
  });
});

describe('an application that takes a message every now and then', () => {
  it('holds a source up for ten seconds and no longer, and its Node blames nobody for what it misses', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 5, degree: 3, bytesPerSecond: 20_000_000 });
    const slow = mesh.node(3);
    slow.isDeaf = true;
    for (let i = 0; i < 800; i++) mesh.broadcast(0, i, FRAME_BYTES);
    for (let i = 0; i < 8; i++) {
      mesh.run(2500);
      slow.take(1);
    }
    expect([countAt(mesh, 1), countAt(mesh, 2)]).toEqual([800, 800]);
    for (const { cutOff } of mesh.nodes) expect(cutOff).toEqual([]);
    for (let i = 0; i < 400; i++) {
      slow.take();
      mesh.run(50);
    }
    expect(slow.missed).toBeGreaterThan(0);
    expect(slow.received.get(0)?.at(-1)).toBe(799);
  });

  it('holds it up no longer when it was fast before', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 5, degree: 3 });
    const slow = mesh.node(3);
    slow.isDeaf = true;
    for (let i = 0; i < 800; i++) mesh.broadcast(0, i, FRAME_BYTES);
    for (let at = 0; at < 28_000; at += 500) {
      slow.take(at < 15_000 ? 10 : at % 2500 === 0 ? 1 : 0);
      mesh.run(500);
    }
    expect([countAt(mesh, 1), countAt(mesh, 2)]).toEqual([800, 800]);
    for (const { cutOff } of mesh.nodes) expect(cutOff).toEqual([]);
  });

  it('is waited for while it takes a window in ten seconds', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 5, degree: 3 });
    const slow = mesh.node(3);
    slow.isDeaf = true;
    for (let i = 0; i < 200; i++) mesh.broadcast(0, i, FRAME_BYTES);
    for (let i = 0; i < 300; i++) {
      slow.take(1); // half a megabyte a second
      mesh.run(100);
    }
    expect(countAt(mesh, 3)).toBe(200);
    expect(slow.missed).toBe(0);
  });
});

describe('a source whose account is full of other messages of it', () => {
  it('is heard all the same, at once, and blamed for nothing', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 3, degree: 3, bytesPerSecond: 5_000_000 });
    mesh.run(10);
    const busy = mesh.node(1);
    busy.budget.charge(mesh.node(0).id, 16 * 1024 * 1024); // a handler is at work on the largest message
    mesh.broadcast(0, 0);
    mesh.run(2000);
    expect(countAt(mesh, 1)).toBe(1);
    for (let i = 1; i < 400; i++) mesh.broadcast(0, i, FRAME_BYTES);
    mesh.run(40_000);
    for (const index of [1, 2, 3]) expect(countAt(mesh, index)).toBe(400);
    for (const { cutOff, missed } of mesh.nodes) expect([cutOff, missed]).toEqual([[], 0]);
  });

  it('is not blamed when the application takes none of its broadcasts either', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 3, degree: 3, bytesPerSecond: 5_000_000 });
    mesh.run(10);
    const busy = mesh.node(1);
    busy.isDeaf = true;
    busy.budget.charge(mesh.node(0).id, 16 * 1024 * 1024);
    for (let i = 0; i < 400; i++) mesh.broadcast(0, i, FRAME_BYTES);
    mesh.run(40_000);
    for (const index of [2, 3]) expect(countAt(mesh, index)).toBe(400);
    for (const { cutOff } of mesh.nodes) expect(cutOff).toEqual([]);
  });
});
