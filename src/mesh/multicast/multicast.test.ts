/** One Node alone: what it settles, what it owes, what it says of itself. */
import { describe, expect, it } from 'vitest';
import { MAX_BROADCAST_BYTES } from '../contract.ts';
import { NEVER, NO_EFFECTS, WAKE } from '../protocol.ts';
import type { StreamId, Token } from '../vocabulary.ts';
import { SimulatedMesh } from './mesh.testing.ts';

describe('a broadcast', () => {
  it('without neighbours settles at once, and reaches who comes soon after', () => {
    const mesh = new SimulatedMesh({ nodes: 0, seed: 1 });
    mesh.addNode();
    mesh.addNode();
    mesh.node(1).tell(WAKE);
    const token = mesh.broadcast(0, 7);
    mesh.run(0);
    expect(mesh.node(0).settled).toEqual(new Map([[token, undefined]]));
    mesh.run(5000);
    mesh.connect(0, 1);
    mesh.run(1000);
    expect(mesh.node(1).received.get(0)).toEqual([7]);
  });

  it('that is no message, too large or to nobody settles with the reason', () => {
    const mesh = new SimulatedMesh({ nodes: 2, seed: 1 });
    const node = mesh.node(0);
    const large = mesh.send(0, new Uint8Array(MAX_BROADCAST_BYTES + 1));
    const toSelf = mesh.send(0, new Uint8Array(1), [0]);
    const [token, stream] = [99 as Token, 1 as StreamId];
    const request = { kind: 'request', name: 'n', requestId: 1, body: new Uint8Array() } as const;
    node.tell({ type: 'broadcast', token, targets: undefined, stream, message: request, timeoutMs: 1 });
    expect(node.settled.get(large)).toEqual({
      reason: 'too-large',
      bytes: MAX_BROADCAST_BYTES + 1,
      limit: MAX_BROADCAST_BYTES,
    });
    expect(node.settled.has(toSelf)).toBe(true);
    expect(node.settled.get(toSelf)).toBeUndefined();
    expect(node.settled.get(token)).toMatchObject({ reason: 'refused' });
  });

  it('of the largest size reaches everyone', () => {
    const mesh = new SimulatedMesh({ nodes: 3, seed: 1 });
    mesh.broadcast(0, 1, MAX_BROADCAST_BYTES);
    mesh.run(3000);
    for (const node of mesh.nodes.slice(1)) expect(node.bodies).toEqual([MAX_BROADCAST_BYTES]);
  });

  it('that waits is settled when it is cancelled, times out, or the Node closes', () => {
    const mesh = new SimulatedMesh({ nodes: 2, seed: 1, bytesPerSecond: 100_000 });
    const node = mesh.node(0);
    for (let i = 0; i < 4; i++) mesh.send(0, new Uint8Array(1_000_000));
    mesh.run(10);
    const [cancelled, late] = [
      mesh.send(0, new Uint8Array(9)),
      mesh.send(0, new Uint8Array(9), undefined, 200),
    ];
    node.tell({ type: 'cancel', token: cancelled });
    node.tell({ type: 'cancel', token: cancelled });
    expect(node.settled.get(cancelled)).toEqual({ reason: 'cancelled' });
    mesh.freeze(mesh.node(1), 60_000);
    mesh.run(6000);
    expect(node.settled.get(late)).toEqual({ reason: 'timed-out', afterMs: 200 });
    node.tell({ type: 'close' });
    expect(node.settled.size).toBe(6);
    expect(node.settled.get(4 as Token)).toEqual({ reason: 'closed' });
    expect(node.multicast.nextWakeAt).toBe(NEVER);
    expect(node.multicast.handle(WAKE, mesh.now)).toBe(NO_EFFECTS);
  });
});

describe('a broadcast whose body is transferred before it has left', () => {
  it.each([100, 3_000_000])(
    'fails by itself, and holds nothing else up (%i bytes wait before it)',
    (bytesBefore) => {
      const mesh = new SimulatedMesh({ nodes: 3, seed: 2, degree: 2, bytesPerSecond: 1_000_000 });
      mesh.run(10);
      for (let i = 0; i < bytesBefore; i += 1_000_000) mesh.broadcast(0, i, Math.min(bytesBefore, 1_000_000));
      const body = new Uint8Array(500_000);
      const token = mesh.send(0, body);
      const after = mesh.broadcast(0, 7);
      if (bytesBefore > 100) mesh.run(10);
      structuredClone(body.buffer, { transfer: [body.buffer] });
      mesh.run(30_000);
      expect(mesh.node(0).settled.get(token)).toEqual({ reason: 'body-gone' });
      expect(mesh.node(0).settled.get(after)).toBeUndefined();
      expect(mesh.node(0).settled.has(after)).toBe(true);
      for (const index of [1, 2]) expect(mesh.node(index).received.get(0)?.at(-1)).toBe(7);
    },
  );
});

describe('the tree', () => {
  it('is every Link while nothing was sent, and a spanning tree afterwards', () => {
    const mesh = new SimulatedMesh({ nodes: 8, seed: 1, degree: 7 });
    const edges = () => mesh.nodes.reduce((sum, { multicast }) => sum + multicast.treeEdges.size, 0) / 2;
    expect(edges()).toBe(28);
    mesh.broadcast(0, 0);
    mesh.run(2000);
    expect(edges()).toBe(7);
  });

  it('of a new source is that of one known everywhere: its first message does not flood', () => {
    const mesh = new SimulatedMesh({ nodes: 8, seed: 1, degree: 7, latencyMs: [20, 21] });
    mesh.broadcast(0, 0);
    mesh.run(2000);
    const before = mesh.counts.surplus;
    mesh.broadcast(5, 0);
    mesh.run(2000);
    expect(mesh.counts.surplus - before).toBeLessThan(7);
  });
});

describe('a Node that hears of a source before its record', () => {
  it('delivers it when the record comes', () => {
    const mesh = new SimulatedMesh({ nodes: 3, seed: 2, degree: 2 });
    const [source, node] = [mesh.node(0), mesh.node(1)];
    mesh.directory.delete(source.id);
    for (let i = 0; i < 40; i++) {
      mesh.broadcast(0, i, 20_000);
      mesh.run(10);
    }
    mesh.run(1000);
    expect(node.received.size).toBe(0);
    mesh.directory.set(source.id, source.own);
    for (const each of [node, mesh.node(2)]) each.tell({ type: 'peer-life', identity: source.own });
    mesh.run(5000);
    expect(node.received.get(0)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });
});
