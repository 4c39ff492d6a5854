import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Askers } from './askers.ts';
import type { BlobHash } from './contract.ts';
import { MAX_PEERS } from './messages.ts';

const random = seededRandom(1);
const hash = 'ab'.repeat(32) as BlobHash;

describe('those who fetch a Blob', () => {
  it('are told of each other, the latest, and not of themselves', () => {
    const askers = new Askers();
    const nodes = Array.from({ length: 40 }, () => newNodeId(random));
    for (const [i, node] of nodes.entries()) askers.note(hash, node, i);
    const [last] = nodes.slice(-1);
    if (!last) throw new Error('unreachable');
    expect(askers.of(hash, last)).toEqual(nodes.slice(-1 - MAX_PEERS, -1));
    expect(askers.of('cd'.repeat(32) as BlobHash, last)).toEqual([]);
    askers.left(last);
    expect(askers.of(hash, nodes[0] ?? last)).not.toContain(last);
  });

  it('are forgotten when they ask no more', () => {
    const askers = new Askers();
    const [early, late] = [newNodeId(random), newNodeId(random)];
    askers.note(hash, early, 0);
    askers.note(hash, late, 40_000);
    expect(askers.of(hash, late)).toEqual([]);
  });
});
