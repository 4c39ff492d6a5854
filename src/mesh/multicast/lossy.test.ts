/** Links that lose frames, as no channel does: whatever a neighbour holds is asked for until it has come. */
import { describe, expect, it } from 'vitest';
import { uniform } from '../../runtime/index.ts';
import { SimulatedMesh } from './mesh.testing.ts';
import { SUMMARY_MS } from './spread.ts';

const MESSAGES = 20;

function line(nodes: number, seed: number): SimulatedMesh {
  const mesh = new SimulatedMesh({ nodes: 0, seed });
  for (let i = 0; i < nodes; i++) mesh.addNode();
  for (let i = 0; i + 1 < nodes; i++) mesh.connect(i, i + 1);
  mesh.run(1000);
  return mesh;
}

describe('a frame that was lost on its Link', () => {
  it('is asked for when a later one shows the gap, be it the first that its source ever sent', () => {
    const mesh = line(3, 1);
    mesh.tamper = () => [];
    mesh.broadcast(0, 0);
    mesh.run(1000);
    mesh.tamper = undefined;
    mesh.broadcast(0, 1);
    mesh.run(1000);
    for (const node of mesh.nodes.slice(1)) {
      expect(node.received.get(0)).toEqual([0, 1]);
      expect(node.missed).toBe(0);
    }
  });

  it('and was the last of its source is asked for when the source has fallen silent', () => {
    const mesh = line(3, 2);
    mesh.broadcast(0, 0);
    mesh.run(1000);
    mesh.tamper = () => [];
    mesh.broadcast(0, 1);
    mesh.run(1000);
    mesh.tamper = undefined;
    mesh.run(25_000);
    for (const node of mesh.nodes.slice(1)) expect(node.received.get(0)).toEqual([0, 1]);
  });

  it('comes in the end although the question after it was lost too', () => {
    const mesh = line(3, 2);
    mesh.broadcast(0, 0);
    mesh.run(1000);
    mesh.tamper = () => [];
    mesh.losesControl = true;
    mesh.broadcast(0, 1);
    mesh.run(2 * SUMMARY_MS + 1000);
    mesh.tamper = undefined;
    mesh.losesControl = false;
    mesh.run(25_000);
    for (const node of mesh.nodes.slice(1)) expect(node.received.get(0)).toEqual([0, 1]);
  });

  it.each([1, 2, 3, 4, 5, 6])('comes in the end where two in five are lost, with seed %i', (seed) => {
    const mesh = line(5, seed);
    mesh.tamper = (_from, _to, frame) => (uniform(mesh.random) < 0.4 ? [] : [frame]);
    for (let i = 0; i < MESSAGES; i++) {
      mesh.broadcast(0, i);
      mesh.broadcast(3, i);
      mesh.run(700);
    }
    mesh.run(90_000);
    for (const node of mesh.nodes) {
      for (const source of [0, 3]) {
        const expected = node.index === source ? undefined : Array.from({ length: MESSAGES }, (_, i) => i);
        expect(node.received.get(source), `node ${node.index}, source ${source}`).toEqual(expected);
      }
      expect(node.missed).toBe(0);
    }
  });
});
