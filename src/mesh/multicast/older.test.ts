/** A newcomer is the only way to what was sent before it came. */
import { describe, expect, it } from 'vitest';
import { FrameType, type NodeId } from '../../wire/index.ts';
import { ANY, encodeGrafts, encodeHaves, parseGrafts } from './announcements.ts';
import { control, SimulatedMesh } from './mesh.testing.ts';
import type { SimulatedNode } from './mesh-node.testing.ts';

const SOURCE = 0;
const CUT_OFF = 2;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Three that are together; the third is cut off, and the first goes on to speak. */
function cutOff(seed: number, before: number, missed: number, bytes = 8): SimulatedMesh {
  const mesh = new SimulatedMesh({ nodes: 3, seed, degree: 2 });
  mesh.run(1000);
  for (const i of numbers(0, before)) mesh.broadcast(SOURCE, i, bytes);
  mesh.run(3000);
  for (const link of mesh.linksOf(mesh.node(CUT_OFF))) mesh.down(link);
  for (const i of numbers(before, before + missed)) mesh.broadcast(SOURCE, i, bytes);
  mesh.run(3000);
  return mesh;
}

/** How many of the control frames that it sends from now on are of that kind. */
function counted(
  mesh: SimulatedMesh,
  node: SimulatedNode,
  isOfKind: (to: NodeId, type: FrameType, body: Uint8Array) => boolean,
): () => number {
  let count = 0;
  const send = mesh.control.bind(mesh);
  mesh.control = (from, to, type, body) => {
    if (from === node && isOfKind(to, type, body)) count++;
    send(from, to, type, body);
  };
  return () => count;
}

const heard = (node: SimulatedNode) => node.received.get(SOURCE) ?? [];

describe('a member that was cut off comes back over a newcomer alone', () => {
  describe.each([1, 2, 3])('seed %i', (seed) => {
    it.each([
      ['to the others first', [0, 1, 2]],
      ['to the one that was cut off first', [2, 0, 1]],
    ])('that has its Links %s: nothing is missed of who is silent since', (_, order) => {
      const mesh = cutOff(seed, 5, 5);
      const newcomer = mesh.addNode();
      for (const index of order) {
        mesh.connect(newcomer.index, index);
        mesh.run(700);
      }
      mesh.run(8000);
      expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 10));
      expect(mesh.node(CUT_OFF).missed).toBe(0);
    });

    it('nothing of who goes on to speak, and the newcomer is shown what came after it alone', () => {
      const mesh = cutOff(seed, 5, 400, 20_000 / 8);
      const newcomer = mesh.addNode();
      for (const index of [0, 1]) mesh.connect(newcomer.index, index);
      mesh.run(1000);
      for (const i of numbers(405, 410)) mesh.broadcast(SOURCE, i);
      mesh.run(1000);
      mesh.connect(newcomer.index, CUT_OFF);
      mesh.run(8000);
      for (const i of numbers(410, 415)) mesh.broadcast(SOURCE, i);
      mesh.run(3000);
      expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 415));
      expect(mesh.node(CUT_OFF).missed).toBe(0);
      expect(heard(newcomer)).toEqual(numbers(405, 415));
    });

    it('nothing of who had not spoken before', () => {
      const mesh = cutOff(seed, 0, 7);
      const newcomer = mesh.addNode();
      for (const index of [1, 2]) mesh.connect(newcomer.index, index);
      mesh.run(8000);
      expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 7));
    });

    it('nor of who has left meanwhile', () => {
      const mesh = cutOff(seed, 3, 7);
      mesh.kill(mesh.node(SOURCE), 0);
      mesh.run(100);
      const newcomer = mesh.addNode();
      for (const index of [1, 2]) mesh.connect(newcomer.index, index);
      mesh.run(8000);
      expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 10));
    });
  });

  it('over two newcomers in a row', () => {
    const mesh = cutOff(4, 5, 5);
    const [near, far] = [mesh.addNode(), mesh.addNode()];
    mesh.connect(near.index, 1);
    mesh.connect(near.index, far.index);
    mesh.run(1000);
    mesh.connect(far.index, CUT_OFF);
    mesh.run(12_000);
    expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 10));
  });
});

describe('what a newcomer passes on', () => {
  it('is had of a source whose record comes to it late', () => {
    const mesh = cutOff(8, 5, 5);
    const newcomer = mesh.addNode();
    const { own, id } = mesh.node(SOURCE);
    mesh.directory.delete(id);
    for (const index of [1, 2]) mesh.connect(newcomer.index, index);
    mesh.run(2000);
    mesh.directory.set(id, own);
    newcomer.tell({ type: 'peer-life', identity: own });
    mesh.run(5000);
    expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 10));
  });

  it('is not for who came later', () => {
    const mesh = cutOff(9, 2, 2);
    const newcomer = mesh.addNode();
    mesh.connect(newcomer.index, 1);
    mesh.run(10_000);
    const later = mesh.addNode();
    mesh.connect(later.index, newcomer.index);
    mesh.run(10_000);
    expect(heard(later)).toEqual([]);
  });

  it('is as much as is still kept', () => {
    const mesh = cutOff(10, 5, 30, 60_000);
    const newcomer = mesh.addNode();
    mesh.connect(newcomer.index, 1);
    mesh.run(1000);
    for (const i of numbers(35, 45)) mesh.broadcast(SOURCE, i, 60_000);
    mesh.run(3000);
    mesh.connect(newcomer.index, CUT_OFF);
    mesh.run(15_000);
    const [first = 0] = heard(newcomer);
    const afterwards = heard(mesh.node(CUT_OFF)).slice(5);
    expect(first).toBe(35);
    expect(afterwards[0]).toBeLessThan(20);
    expect(afterwards).toEqual(numbers(afterwards[0] ?? 0, 45));
  });

  it('is nothing that its source has not signed', () => {
    const mesh = cutOff(11, 5, 5);
    const newcomer = mesh.addNode();
    mesh.connect(newcomer.index, 1);
    mesh.run(1000);
    for (const i of numbers(10, 12)) mesh.broadcast(SOURCE, i);
    mesh.run(1000);
    mesh.tamper = (from, to, frame) => {
      if (from !== mesh.node(1) || to !== newcomer) return [frame];
      const spoilt = frame.slice();
      spoilt[spoilt.length - 1] = 255 - (spoilt[spoilt.length - 1] ?? 0);
      return [spoilt];
    };
    mesh.connect(newcomer.index, CUT_OFF);
    mesh.run(15_000);
    expect(mesh.node(CUT_OFF).malformed).toEqual([]);
    expect(heard(mesh.node(CUT_OFF))).toEqual([...numbers(0, 5), ...numbers(10, 12)]);
    expect(mesh.node(CUT_OFF).missed).toBeGreaterThan(0);
  });

  it('is asked for once where it does not come, and not at all of who has not all of it', () => {
    const mesh = cutOff(12, 5, 5);
    const newcomer = mesh.addNode();
    mesh.connect(newcomer.index, 1);
    mesh.run(1000);
    for (const i of numbers(10, 12)) mesh.broadcast(SOURCE, i);
    mesh.run(1000);
    const { life } = mesh.node(SOURCE).own;
    const liar = mesh.addNode();
    mesh.connect(newcomer.index, liar.index);
    mesh.run(1000);
    mesh.kill(mesh.node(1), 0);
    mesh.run(100);
    const asked = counted(
      mesh,
      newcomer,
      (to, type, body) =>
        to === liar.id &&
        type === FrameType.graft &&
        (parseGrafts(body)?.some(({ isWanted }) => isWanted) ?? false),
    );
    const lie = (low: number, next: number) => {
      const have = { source: mesh.node(SOURCE).id, life, low, next, taken: 0 };
      control(mesh, liar, newcomer, FrameType.ihave, encodeHaves([have]));
    };
    lie(0, 1);
    mesh.connect(newcomer.index, CUT_OFF);
    mesh.run(15_000);
    expect(asked()).toBe(0);
    mesh.tamper = () => []; // nothing is brought from now on
    lie(0, 12);
    const from = 5;
    const graft = { source: mesh.node(SOURCE).id, life, isWanted: true, from, to: ANY, withinMs: ANY };
    for (const _ of numbers(0, 20)) {
      control(mesh, mesh.node(CUT_OFF), newcomer, FrameType.graft, encodeGrafts([graft]));
      mesh.run(500);
    }
    expect(asked()).toBe(1);
  });

  it('costs nothing where nobody lacks it', () => {
    const mesh = new SimulatedMesh({ nodes: 4, seed: 5, degree: 3 });
    mesh.run(1000);
    mesh.broadcast(SOURCE, 0);
    mesh.run(20_000);
    const newcomer = mesh.addNode();
    const offers = counted(mesh, newcomer, (_, type) => type === FrameType.ihave);
    for (const index of numbers(0, 4)) mesh.connect(newcomer.index, index);
    mesh.run(10_000);
    expect(offers()).toBe(0);
  });

  it('is no lie that makes it deaf, or that the one that asks waits for without end', () => {
    const mesh = cutOff(6, 2, 2);
    const newcomer = mesh.addNode();
    const liar = mesh.node(1);
    mesh.connect(newcomer.index, liar.index);
    mesh.run(100);
    const { life } = mesh.node(SOURCE).own;
    const have = { source: mesh.node(SOURCE).id, life, low: 4_000_000_000, next: 4_000_000_001, taken: 0 };
    control(mesh, liar, newcomer, FrameType.ihave, encodeHaves([{ ...have, low: 0 }]));
    control(mesh, liar, newcomer, FrameType.ihave, encodeHaves([have]));
    mesh.connect(newcomer.index, CUT_OFF);
    const from = 3_999_999_999;
    const graft = { source: have.source, life, isWanted: true, from, to: ANY, withinMs: ANY };
    control(mesh, mesh.node(CUT_OFF), newcomer, FrameType.graft, encodeGrafts([graft]));
    mesh.run(15_000);
    mesh.connect(newcomer.index, SOURCE);
    mesh.run(1000);
    for (const i of numbers(4, 8)) mesh.broadcast(SOURCE, i);
    mesh.run(15_000);
    expect(heard(newcomer).slice(-4)).toEqual(numbers(4, 8));
    expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(0, 8));
  });

  it('ends when all that others keep is younger than the newcomer', () => {
    const mesh = cutOff(7, 2, 2);
    const newcomer = mesh.addNode();
    mesh.connect(newcomer.index, 1);
    mesh.run(125_000);
    const asked = counted(mesh, newcomer, () => true);
    mesh.connect(newcomer.index, CUT_OFF);
    mesh.run(10_000);
    expect(asked()).toBe(0);
  });
});
