import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { Token } from '../vocabulary.ts';
import { Requests } from './requests.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const token = (value: number): Token => value as Token;

describe('requests', () => {
  it('end once, and only by the one who was asked', () => {
    const requests = new Requests(0xffff_ffff);
    const { id } = requests.open(token(1), a, 1000, 0);
    expect(requests.open(token(2), a, 1000, 0).id).toBe(0);
    expect(requests.end(id, b)).toBeUndefined();
    expect(requests.end(id, a)).toMatchObject({ token: 1 });
    expect(requests.end(id, a)).toBeUndefined();
  });

  it('time out one by one, each at its time, and not when they have ended', () => {
    const requests = new Requests(0);
    requests.open(token(1), a, 1000, 0);
    requests.open(token(2), a, 500, 0);
    requests.end(requests.open(token(3), a, 700, 0).id);
    expect(requests.deadlineMs).toBe(500);
    expect(requests.expired(499)).toEqual([]);
    expect(requests.expired(500)).toMatchObject([{ token: 2 }]);
    expect(requests.expired(1000)).toMatchObject([{ token: 1 }]);
    expect(requests.deadlineMs).toBe(NEVER);
  });

  it('end when the target leaves, and all of them when we close', () => {
    const requests = new Requests(0);
    requests.open(token(1), a, 1000, 0);
    requests.open(token(2), b, 1000, 0);
    expect(requests.endOf(a)).toMatchObject([{ token: 1 }]);
    expect([requests.isWaitingFor(a), requests.isWaitingFor(b)]).toEqual([false, true]);
    expect(requests.endAll()).toMatchObject([{ token: 2 }]);
  });
});
