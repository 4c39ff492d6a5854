import { expect, it } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { areConnected } from './connected.ts';
import type { Inhabitant } from './surroundings.ts';

const random = seededRandom(3);
const [a, b, c, d] = [newNodeId(random), newNodeId(random), newNodeId(random), newNodeId(random)];

function withLinks(links: readonly (readonly [NodeId, readonly NodeId[]])[]) {
  return new Map(
    links.map(([id, linkedPeers]) => [id, { mesh: { linkedPeers } as unknown as Inhabitant['mesh'] }]),
  );
}

it('are those between whom Links lead that both ends hold', () => {
  const nodes = withLinks([
    [a, [b]],
    [b, [a, c]],
    [c, [b, d]],
    [d, []],
  ]);
  expect(areConnected(a, c, nodes)).toBe(true);
  expect(areConnected(a, d, nodes)).toBe(false); // d has forgotten c
  expect(areConnected(d, a, nodes)).toBe(false);
  expect(areConnected(newNodeId(random), a, nodes)).toBe(false); // nobody knows it
});
