import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { NodeClosedError, TargetLeftError } from '../errors.ts';
import { Requests } from './requests.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];

function ask(requests: Requests, now = 0, timeoutMs = 1000, target = a) {
  const outcomes: unknown[] = [];
  const id = requests.open(
    {
      target,
      name: 'q',
      timeoutMs,
      resolve: (body) => outcomes.push([...body]),
      reject: (error) => outcomes.push(error.code),
    },
    now,
  );
  return { id, outcomes };
}

describe('requests', () => {
  it('end with the answer of the one who was asked, once', () => {
    const requests = new Requests(0);
    const { id, outcomes } = ask(requests);
    requests.answered(b, id, Uint8Array.of(9));
    expect(outcomes).toEqual([]);
    requests.answered(a, id, Uint8Array.of(1));
    requests.answered(a, id, Uint8Array.of(2));
    requests.failed(id, new NodeClosedError());
    expect(outcomes).toEqual([[1]]);
  });

  it('end with the reason the other side gives', () => {
    const requests = new Requests(0);
    const { id, outcomes } = ask(requests);
    requests.refused(a, id, 'no such thing');
    expect(outcomes).toEqual(['request-failed']);
  });

  it('time out one by one, each at its time', () => {
    const requests = new Requests(0xffff_ffff);
    const first = ask(requests, 0, 1000);
    const second = ask(requests, 0, 500);
    expect(requests.deadlineMs).toBe(500);
    expect(requests.wake(499)).toBe(500);
    expect(requests.wake(500)).toBe(1000);
    expect(second.outcomes).toEqual(['request-timeout']);
    expect(first.outcomes).toEqual([]);
    expect(requests.wake(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(first.outcomes).toEqual(['request-timeout']);
  });

  it('end when the target leaves, and all of them when we close', () => {
    const requests = new Requests(0);
    const toA = ask(requests, 0, 1000, a);
    const toB = ask(requests, 0, 1000, b);
    requests.dropPeer(a, new TargetLeftError(a, 'it said goodbye'));
    expect([toA.outcomes, toB.outcomes]).toEqual([['target-left'], []]);
    requests.dropAll(new NodeClosedError());
    expect(toB.outcomes).toEqual(['node-closed']);
  });
});
