import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { Token } from '../vocabulary.ts';
import { type Asking, Requests } from './requests.ts';
import { ANSWERS } from './stream-number.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const asking = (token: number, target: NodeId, timeoutMs: number, longestMs?: number): Asking => ({
  ...{ token: token as Token, target, answers: ANSWERS, timeoutMs, longestMs },
});
/** Nothing ever came. */
const still = (): number => Number.NEGATIVE_INFINITY;

describe('requests', () => {
  it('end once, and only by the one who was asked', () => {
    const requests = new Requests(0xffff_ffff);
    const { id } = requests.open(asking(1, a, 1000), 0);
    expect(requests.open(asking(2, a, 1000), 0).id).toBe(0);
    expect(requests.end(id, b)).toBeUndefined();
    expect(requests.end(id, a)).toMatchObject({ token: 1 });
    expect(requests.end(id, a)).toBeUndefined();
  });

  it('time out one by one, each at its time, and not when they have ended', () => {
    const requests = new Requests(0);
    requests.open(asking(1, a, 1000), 0);
    requests.open(asking(2, a, 500), 0);
    requests.end(requests.open(asking(3, a, 700), 0).id);
    expect(requests.deadlineMs).toBe(500);
    expect(requests.expired(499, still)).toEqual([]);
    expect(requests.expired(500, still)).toMatchObject([{ token: 2 }]);
    expect(requests.expired(1000, still)).toMatchObject([{ token: 1 }]);
    expect(requests.deadlineMs).toBe(NEVER);
  });

  it('wait for longer, if they may, while answers of their target come', () => {
    const requests = new Requests(0);
    const { id } = requests.open(asking(1, a, 1000, 5000), 0);
    requests.open(asking(2, a, 1000), 0);
    expect(requests.expired(1000, () => 900)).toMatchObject([{ token: 2 }]);
    expect([requests.deadlineMs, requests.get(id)?.token]).toEqual([1900, 1]);
    expect(requests.expired(1900, () => 1800)).toEqual([]);
    expect(requests.expired(2800, () => 1800)).toMatchObject([{ token: 1 }]);
    expect(requests.endOf(a)).toEqual([]);

    requests.open(asking(3, b, 1000, 5000), 0);
    for (const ms of [1000, 2000, 3000, 4000]) expect(requests.expired(ms, () => ms)).toEqual([]);
    expect(requests.deadlineMs).toBe(5000);
    expect(requests.expired(5000, () => 5000)).toMatchObject([{ token: 3 }]);
    expect([requests.deadlineMs, requests.endOf(b)]).toEqual([NEVER, []]);
  });

  it('end when the target leaves, and no others', () => {
    const requests = new Requests(0);
    requests.open(asking(1, a, 1000), 0);
    requests.open(asking(2, b, 1000), 0);
    expect(requests.endOf(a)).toMatchObject([{ token: 1 }]);
    expect(requests.endOf(a)).toEqual([]);
    expect(requests.endOf(b)).toMatchObject([{ token: 2 }]);
  });
});
