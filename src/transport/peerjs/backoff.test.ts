import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { Backoff } from './backoff.ts';

it('doubles from a quarter of a second to two and a half, spread by half, and starts over after a success', () => {
  const backoff = new Backoff(seededRandom(1));
  for (const nominal of [250, 500, 1000, 2000, 2500, 2500]) {
    const wait = backoff.next();
    expect(wait).toBeGreaterThanOrEqual(nominal / 2);
    expect(wait).toBeLessThan(nominal);
  }
  backoff.reset();
  expect(backoff.next()).toBeLessThan(250);
  expect(new Backoff(seededRandom(2)).next()).not.toBe(new Backoff(seededRandom(3)).next());
});
