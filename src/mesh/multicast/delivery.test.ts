/** From frames to the application: what is behind is caught up with in one go. */
import { describe, expect, it } from 'vitest';
import { SimulatedMesh } from './mesh.testing.ts';

const EMPTY_LOGS_MS = 200_000;

describe('an application that catches up over messages for others', () => {
  it('gets the message whose last piece is still on its way', () => {
    const mesh = new SimulatedMesh({ nodes: 3, seed: 1, degree: 2, bytesPerSecond: 100_000 });
    const late = mesh.node(1);
    late.isDeaf = true;
    mesh.run(10);
    mesh.broadcast(0, 0, 1024 * 1024);
    mesh.run(1);
    mesh.broadcast(0, 1, 100, [2]);
    mesh.run(1);
    mesh.broadcast(0, 2, 200_000);
    // Eighteen frames, one, and four, of which two have come.
    while (late.multicast.counts.delivered < 21) mesh.run(10);
    expect(late.received.get(0)).toEqual([0]);
    late.take();
    late.isDeaf = false;
    mesh.run(60_000);
    expect(late.received.get(0)).toEqual([0, 2]);
  });

  it('pays for what it has taken', () => {
    const mesh = new SimulatedMesh({ nodes: 3, seed: 1, degree: 2 });
    const late = mesh.node(1);
    late.isDeaf = true;
    mesh.run(10);
    for (let i = 0; i < 3; i++) {
      mesh.broadcast(0, 3 * i, 1024 * 1024);
      mesh.run(500);
      mesh.broadcast(0, 3 * i + 1, 100, [2]);
      mesh.run(500);
      mesh.broadcast(0, 3 * i + 2, 100_000);
      mesh.run(500);
      late.take();
      late.take();
    }
    mesh.run(EMPTY_LOGS_MS);
    expect(late.received.get(0)).toEqual([0, 2, 3, 5, 6, 8]);
    expect(late.budget.total).toBe(0);
  });
});

describe('a source that dies in the midst of a message', () => {
  it('costs nothing any more once its frames are too old to be replayed', () => {
    const mesh = new SimulatedMesh({ nodes: 3, seed: 1, degree: 2, bytesPerSecond: 100_000 });
    mesh.run(10);
    mesh.broadcast(0, 0, 1024 * 1024);
    mesh.run(5000);
    mesh.kill(mesh.node(0));
    mesh.run(5000);
    for (const node of [mesh.node(1), mesh.node(2)]) node.tell({ type: 'left', id: mesh.node(0).id });
    expect(mesh.node(1).budget.total).toBeGreaterThan(500_000);
    mesh.run(EMPTY_LOGS_MS);
    for (const node of [mesh.node(1), mesh.node(2)]) expect(node.budget.total).toBe(0);
  });
});
