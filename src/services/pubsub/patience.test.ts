import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Patience } from './patience.ts';

const random = seededRandom(4);
const [node, other] = [newNodeId(random), newNodeId(random)];

it('who lets others wait is waited for in full twice, and then for what it has earned at a tenth of the time', () => {
  const patience = new Patience(30_000);
  patience.waited(node, 0, 30_000);
  expect(patience.isFull(node, 30_000)).toBe(true);
  // Ten that wait at once are one wait.
  for (let i = 0; i < 10; i++) patience.waited(node, 31_000 + i, 61_000 + i);
  expect([patience.isFull(node, 62_000), [...patience.exhausted(62_000)]]).toEqual([false, [node]]);
  expect([patience.isFull(node, 350_000), patience.isFull(node, 362_000)]).toEqual([false, true]);
  expect(patience.isFull(other, 62_000)).toBe(true);
});
