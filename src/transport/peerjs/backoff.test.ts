import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { Backoff } from './backoff.ts';

it('doubles from half a second to 15 s, spread by half, and starts over after a success', () => {
  const backoff = new Backoff(seededRandom(1));
  for (const nominal of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
    const wait = backoff.next();
    expect(wait).toBeGreaterThanOrEqual(nominal / 2);
    expect(wait).toBeLessThan(nominal * 1.5);
  }
  backoff.reset();
  expect(backoff.next()).toBeLessThan(750);
  expect(new Backoff(seededRandom(2)).next()).not.toBe(new Backoff(seededRandom(3)).next());
});
