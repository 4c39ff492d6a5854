/** The protocol on whole meshes: who gets what, at which cost, whatever happens on the way. */
import { describe, expect, it } from 'vitest';
import { type MeshOptions, SimulatedMesh } from './mesh.testing.ts';

const count = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);

/** Everyone alive but the source has exactly these, in order. */
function expectAll(mesh: SimulatedMesh, source: number, numbers: readonly number[]): void {
  for (const node of mesh.nodes) {
    if (node.isDead || node.index === source) continue;
    expect(node.received.get(source) ?? [], `node ${node.index}`).toEqual(numbers);
    expect(node.missed).toBe(0);
  }
}

/** One source sends so many, one every 100 ms, on a tree that a few before have shaped. */
function steady(options: MeshOptions, messages: number) {
  const mesh = new SimulatedMesh(options);
  for (let i = 0; i < 5; i++) {
    mesh.broadcast(0, i);
    mesh.run(2000);
  }
  const before = mesh.counts;
  const bytesBefore = { ...mesh.bytes };
  mesh.lastHop = 0;
  for (let i = 0; i < messages; i++) {
    mesh.broadcast(0, 5 + i);
    mesh.run(100);
  }
  mesh.run(3000);
  expectAll(mesh, 0, count(5 + messages));
  const delivered = mesh.counts.delivered - before.delivered;
  const surplus = mesh.counts.surplus - before.surplus;
  return {
    mesh,
    perDelivery: surplus / delivered,
    lastHop: mesh.lastHop,
    bytes: mesh.bytes.broadcast + mesh.bytes.control - bytesBefore.broadcast - bytesBefore.control,
    first: before,
  };
}

describe('broadcasts of one source', () => {
  it.each([8, 100])('cost at most one copy in twenty too many at %i Nodes', (nodes) => {
    const tree = steady({ nodes, seed: nodes, degree: nodes === 8 ? 7 : 6 }, 50);
    const flood = steady({ nodes, seed: nodes, degree: nodes === 8 ? 7 : 6, mode: 'flood' }, 50);
    expect(tree.perDelivery).toBeLessThanOrEqual(0.05);
    expect(flood.perDelivery).toBeGreaterThan(3);
    expect(tree.bytes).toBeLessThan(flood.bytes);
  });

  it('cost at most one copy in twenty too many at 1,000 Nodes', () => {
    const tree = steady({ nodes: 1000, seed: 1 }, 8);
    expect(tree.perDelivery).toBeLessThanOrEqual(0.05);
  });

  it('stop when there is nothing to send', () => {
    const { mesh } = steady({ nodes: 100, seed: 4 }, 5);
    // The last of it is announced once more (SUMMARY_MS).
    mesh.run(20_000);
    const before = mesh.controlFrames;
    mesh.run(600_000);
    expect(mesh.controlFrames).toBe(before);
    for (const { multicast, budget } of mesh.nodes) {
      expect(multicast.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
      expect(budget.total).toBe(0);
    }
  });
});
