import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { CALL_GUARD_MS, Calls } from './calls.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];

describe('calls', () => {
  it('end in time, the earliest first', () => {
    const calls = new Calls();
    expect(calls.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    calls.begin(a, 0);
    calls.begin(b, 10);
    expect(calls.deadlineMs).toBe(CALL_GUARD_MS);
    expect(calls.expire(CALL_GUARD_MS - 1)).toEqual([]);
    expect(calls.expire(CALL_GUARD_MS)).toEqual([a]);
    expect([...calls.peers]).toEqual([b]);
  });

  it('begin anew when they are made again, and end only once', () => {
    const calls = new Calls();
    calls.begin(a, 0);
    calls.begin(b, 1);
    calls.begin(a, 2);
    expect(calls.deadlineMs).toBe(1 + CALL_GUARD_MS);
    expect(calls.end(a)).toBe(true);
    expect(calls.end(a)).toBe(false);
  });
});
