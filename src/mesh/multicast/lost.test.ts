/** What nobody keeps any more is told to whom it was for, though it had never heard its source; and to nobody else. */
import { describe, expect, it } from 'vitest';
import { SimulatedMesh } from './mesh.testing.ts';
import type { SimulatedNode } from './mesh-node.testing.ts';

const SOURCE = 0;
const CUT_OFF = 2;
const LARGE = 60_000;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const heard = (node: SimulatedNode) => node.received.get(SOURCE) ?? [];

/** Three that are together, of whom the third is cut off before the first has ever spoken. */
function cutOff(seed: number): SimulatedMesh {
  const mesh = new SimulatedMesh({ nodes: 3, seed, degree: 2 });
  mesh.run(1000);
  for (const link of mesh.linksOf(mesh.node(CUT_OFF))) mesh.down(link);
  return mesh;
}

/** Says more than a log keeps. */
function overflow(mesh: SimulatedMesh): void {
  for (const i of numbers(0, 60)) {
    mesh.broadcast(SOURCE, i, LARGE);
    mesh.run(50);
  }
  mesh.run(3000);
}

describe('a member that had never heard the source and was cut off', () => {
  it.each([1, 2, 3])('is told what the logs keep no more (seed %i)', (seed) => {
    const mesh = cutOff(seed);
    overflow(mesh);
    mesh.connect(1, CUT_OFF);
    mesh.run(15_000);
    const [first = 0] = heard(mesh.node(CUT_OFF));
    expect(first).toBeGreaterThan(0);
    expect(heard(mesh.node(CUT_OFF))).toEqual(numbers(first, 60));
    expect(mesh.node(CUT_OFF).missed).toBe(first);
  });

  it('is told so, too, where its only way leads over one that came later', () => {
    const mesh = cutOff(4);
    overflow(mesh);
    const newcomer = mesh.addNode();
    for (const index of [1, CUT_OFF]) mesh.connect(newcomer.index, index);
    mesh.run(15_000);
    const [first = 0] = heard(mesh.node(CUT_OFF));
    expect(first).toBeGreaterThan(0);
    expect(mesh.node(CUT_OFF).missed).toBe(first);
  });

  it('is told what was said too long ago, when the source goes on', () => {
    const mesh = cutOff(5);
    for (const i of numbers(0, 5)) {
      mesh.broadcast(SOURCE, i);
      mesh.run(100);
    }
    mesh.run(150_000);
    mesh.connect(1, CUT_OFF);
    mesh.run(1000);
    mesh.broadcast(SOURCE, 5);
    mesh.run(15_000);
    expect(heard(mesh.node(CUT_OFF))).toEqual([5]);
    expect(mesh.node(CUT_OFF).missed).toBe(5);
  });
});

it('who comes later is told of nothing that was lost before', () => {
  const mesh = cutOff(6);
  overflow(mesh);
  const newcomer = mesh.addNode();
  for (const index of [0, 1]) mesh.connect(newcomer.index, index);
  mesh.run(1000);
  mesh.broadcast(SOURCE, 60);
  mesh.run(15_000);
  expect(heard(newcomer).at(-1)).toBe(60);
  expect(newcomer.missed).toBe(0);
});
