import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { StreamDigest } from './stream-digest.ts';

const random = seededRandom(2);
const [a, b] = [newNodeId(random), newNodeId(random)];

it('says soon that something came, and then no more often than every ten seconds', () => {
  const digest = new StreamDigest();
  const said: string[] = [];
  for (let ms = 0; ms < 30_000; ms += 100) {
    digest.add(ms, [{ subject: 'time', from: a }]);
    const text = digest.next(ms);
    if (text !== undefined) said.push(text);
  }
  expect(said).toEqual([
    '11 new messages on time, from 1 device.',
    '100 new messages on time, from 1 device.',
    '100 new messages on time, from 1 device.',
  ]);
});

it('names the busiest of several subjects, and counts senders', () => {
  const digest = new StreamDigest();
  digest.add(
    0,
    ['x', 'y', 'y'].map((subject, i) => ({ subject, from: i === 0 ? a : b })),
  );
  expect(digest.next(1_000)).toBe('3 new messages on 2 subjects, most on y, from 2 devices.');
});

it('is silent where nothing comes', () => {
  const digest = new StreamDigest();
  expect(digest.next(60_000)).toBeUndefined();
  digest.add(60_000, [{ subject: 'x', from: a }]);
  digest.next(61_000);
  expect(digest.next(90_000)).toBeUndefined();
});

it('remembers a bounded number of subjects of a flood of new ones', () => {
  const digest = new StreamDigest();
  digest.add(
    0,
    Array.from({ length: 5_000 }, (_, i) => ({ subject: `s.${i}`, from: a })),
  );
  expect(digest.next(2_000)).toBe(
    '5,000 new messages on at least 1,000 subjects, most on s.0, from 1 device.',
  );
});
