import { describe, expect, it } from 'vitest';
import type { JobId } from './contract.ts';
import { HeldResults } from './held-results.ts';

const [one, two] = ['a'.repeat(32) as JobId, 'b'.repeat(32) as JobId];
const result = (bytes: number) => ({ bytes: new Uint8Array(bytes), elapsedMs: 1 });

describe('HeldResults', () => {
  it('keep what was made, by Job, until it is dropped', () => {
    const held = new HeldResults();
    held.add(one, 3, result(8));
    held.add(one, 1, result(8));
    held.add(two, 3, result(9));
    expect(held.tasks(one)).toEqual([3, 1]);
    expect(held.get(two, 3)?.bytes).toHaveLength(9);
    held.drop(one);
    expect(held.tasks(one)).toEqual([]);
    expect(held.get(one, 3)).toBeUndefined();
    expect(held.tasks(two)).toEqual([3]);
  });

  it('stay within their bytes by letting the oldest go, of whatever Job', () => {
    const held = new HeldResults(10 * (1_000 + 128));
    for (let task = 0; task < 25; task++) held.add(task < 17 ? one : two, task, result(1_000));
    expect([...held.tasks(one), ...held.tasks(two)]).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    held.add(two, 24, result(1_000)); // once more takes no more room
    expect([...held.tasks(one), ...held.tasks(two)]).toHaveLength(10);
    held.add(two, 99, result(50_000));
    expect(held.tasks(two)).toEqual([]);
  });
});
