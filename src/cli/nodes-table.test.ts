import { expect, it } from 'vitest';
import type { Member } from '../library/index.ts';
import type { LinkSnapshot } from '../mesh/index.ts';
import { parseNodeId } from '../wire/index.ts';
import { nodesTable, rowOf } from './nodes-table.ts';

const [desk, tab, far] = ['1', '2', '3'].map((digit) =>
  parseNodeId(`${digit.repeat(8)}-0000-8000-8000-000000000000`),
) as [Member['id'], Member['id'], Member['id']];
const member: Member = {
  id: desk,
  attributes: { name: 'desk' },
  isSelf: false,
  isNeighbour: false,
  hops: undefined,
  rttMs: undefined,
  health: 'healthy',
  sinceMs: 0,
};
const link = { peer: tab, rttMs: 1.26, loss: 0.125 } as LinkSnapshot;

const rows = [
  rowOf({ ...member, isSelf: true, hops: 0, rttMs: 0 }, undefined, undefined, undefined),
  rowOf(
    { ...member, id: tab, attributes: { name: 'tab\u001b[2J' }, hops: 1, rttMs: 5 },
    link,
    { id: tab, heardFrom: tab, lastProofMs: 1499.6, rttMs: 9, loss: 1 },
    'reflexive',
  ),
  rowOf(
    { ...member, id: far, attributes: {}, hops: 2, rttMs: 40, health: 'unchecked' },
    undefined,
    { id: far, heardFrom: tab, lastProofMs: undefined, rttMs: undefined, loss: undefined },
    undefined,
  ),
];

it('tells programs what is known of each Node, its own Link before what it was told', () => {
  expect(rows).toMatchObject([
    { id: desk, isSelf: true, hops: 0, rttMs: null, loss: null, path: null, heardMs: null },
    { hops: 1, rttMs: 1.3, loss: 0.125, path: 'reflexive', heardMs: 1500, heardFrom: tab },
    { name: 'A device', hops: 2, rttMs: 40, loss: null, health: 'unchecked', heardMs: null, heardFrom: tab },
  ]);
});

it('is a table for people, in which no name moves the cursor', () => {
  expect(nodesTable(rows).split('\n')).toEqual([
    'node      name             hops  rtt     loss  path       health     heard',
    '11111111  desk (this one)  0     -       -     -          healthy    -',
    '22222222  tab [2J          1     1.3 ms  13 %  reflexive  healthy    1.5 s ago',
    '33333333  A device         2     40 ms   -     -          unchecked  -',
  ]);
});
