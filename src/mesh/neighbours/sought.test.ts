import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MAX_SOUGHT } from './limits.ts';
import { Sought } from './sought.ts';

const random = seededRandom(5);
const [a, b] = [newNodeId(random), newNodeId(random)];

it('seeks each until its time is over, the later of two times', () => {
  const sought = new Sought();
  sought.add(a, 100);
  sought.add(b, 200);
  sought.add(a, 50);
  expect([...sought.current(60)]).toEqual([b, a]);
  expect([...sought.current(100)]).toEqual([b]);
  expect(sought.has(a)).toBe(false);
});

it('knows a newcomer, and that one is none who was lost after that', () => {
  const sought = new Sought();
  const newcomer = { sinceMs: 7, turn: 2 };
  sought.add(a, 100, newcomer);
  expect(sought.newcomer(a)).toEqual(newcomer);
  sought.add(a, 100);
  expect(sought.newcomer(a)).toBeUndefined();
  expect(sought.newcomer(b)).toBeUndefined();
});

it('forgets whom it need not seek any more', () => {
  const sought = new Sought();
  sought.add(a, 100);
  sought.delete(a);
  expect([...sought.current(0)]).toEqual([]);
});

it('seeks at most 64, the last told of', () => {
  const sought = new Sought();
  for (let i = 0; i < 200; i++) sought.add(newNodeId(random), 100);
  sought.add(a, 100);
  expect(sought.size).toBe(MAX_SOUGHT);
  expect(sought.has(a)).toBe(true);
});

it('says once that one is cut off: when a path has led there and leads there no more', () => {
  const sought = new Sought();
  sought.add(a, 100);
  expect([false, false, true, true, false, false].map((hasPath) => sought.isCutOff(a, hasPath))).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
  ]);
  expect(sought.isCutOff(b, false)).toBe(false);
});
