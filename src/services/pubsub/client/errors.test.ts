import { expect, it } from 'vitest';
import { errorOf } from './errors.ts';

it('who has taken a message is counted in words', () => {
  const messages = [0, 1, 2].map(
    (subscriptions) =>
      errorOf('a.b', { subscriptions, nodes: 1, failure: 'partial', reason: 'one is missing' })?.message,
  );
  expect(messages).toEqual([
    expect.stringContaining('by 0 subscriptions only: one is missing'),
    expect.stringContaining('by 1 subscription only: one is missing'),
    expect.stringContaining('by 2 subscriptions only: one is missing'),
  ]);
});
