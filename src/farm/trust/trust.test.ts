import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { JobId, WorkerRef } from '../contract.ts';
import { atHand, SumStore, sumOf } from '../sums.testing.ts';
import { Lots } from './lots.ts';
import { trustOf } from './trust.testing.ts';
import { Trust } from './trust.ts';

const random = seededRandom(2);
const self = newNodeId(random);
const [a, b, c]: WorkerRef[] = Array.from({ length: 3 }, () => ({ node: newNodeId(random), index: 0 }));
if (!a || !b || !c) throw new Error('unreachable');
const nodes = [a.node, b.node, c.node];
const job = { taskCount: 400, spec: Uint8Array.of(7) };
const at = (nowMs: number) => ({ nowMs, isLast: false });

function setUp() {
  const { store, trust, liars } = trustOf(self, new SumStore(job));
  trust.begin(1);
  const take = (task: number, maker: WorkerRef): void => {
    store.accept(task, sumOf(job.spec, task), maker);
    trust.taken(task, sumOf(job.spec, task), maker);
  };
  /** Lets that worker check what it is asked for, of many. */
  const check = (worker: WorkerRef, of = nodes): number => {
    const asked = [0, 10_000].flatMap((nowMs) => trust.grant(worker, of, at(nowMs)));
    for (const { fence, task, range } of asked) {
      const { first, count } = range;
      trust.answered(worker, fence, sumOf(job.spec, task).slice(first, first + count), of);
    }
    return asked.length;
  };
  return { store, trust, liars, take, check };
}

describe('the trust of a coordinator', () => {
  it('counts whose results were found right, and forgets that they were unchecked', () => {
    const { store, trust, take, check } = setUp();
    take(0, a);
    take(1, a);
    expect(store.unchecked().map(({ task }) => task)).toEqual([0, 1]);
    expect(trust.isInDoubt(0, nodes)).toBe(true);
    expect(check(b)).toBe(2);
    expect([trust.checkedOf(a.node), trust.checkedOf(b.node), trust.checked]).toEqual([2, 0, 2]);
    expect(store.unchecked()).toEqual([]);
    expect(trust.isAwaited(nodes)).toBe(false);
  });

  it('doubts what a Node brought until all is checked that it had brought by then, and not what comes later', () => {
    const { trust, take, check } = setUp();
    for (let task = 0; task < 200; task++) take(task, a);
    const two = [a.node, b.node];
    expect(check(b, two)).toBe(16);
    expect(trust.isInDoubt(0, two)).toBe(false);
    expect(trust.isInDoubt(24, two)).toBe(true);
    const few = setUp();
    few.take(0, a);
    few.take(8, b);
    expect(few.trust.isInDoubt(1, [b.node])).toBe(false);
    expect(few.trust.isInDoubt(0, [b.node])).toBe(true);
  });

  it('looks at less of each result of a Node, and at all of the first one of every other', () => {
    const { trust, take } = setUp();
    for (let task = 0; task < 40; task++) take(task, a);
    const ofOne = trust.checkedCost;
    expect(ofOne).toBeLessThan(6);
    take(40, b);
    expect(trust.checkedCost).toBe(ofOne + 1);
  });

  it('has no worker check more than sixteen at a time, and gives up beyond four thousand', () => {
    const { trust, take } = setUp();
    for (let task = 0; task < 60; task++) take(task, a);
    const first = trust.grant(b, nodes, at(0)).length;
    expect(first + trust.grant(b, nodes, at(10_000)).length).toBe(16);
    expect(trust.inHand).toBe(16);
    const many = setUp();
    for (let i = 0; i < 4_200; i++) many.trust.taken(i % 400, sumOf(job.spec, i % 400), a);
    const before = many.trust.checkedCost;
    many.trust.taken(1, sumOf(job.spec, 1), b);
    expect(many.trust.checkedCost).toBe(before);
  });

  it('knows of a thousand Nodes how they stand, however many bring results under a new name each', () => {
    const { trust } = setUp();
    const result = sumOf(job.spec, 0);
    const drawn = (maker: WorkerRef): number => {
      const before = trust.checkedCost;
      trust.taken(0, result, maker);
      return trust.checkedCost - before;
    };
    expect(drawn(a)).toBe(1);
    expect(drawn(a)).toBe(0.5);
    for (let i = 0; i < 1_100; i++) trust.taken(0, result, { node: newNodeId(random), index: 0 });
    // A newcomer again: all of its first result is looked at.
    expect(drawn(a)).toBe(1);
  });

  it('goes on in a copy with what was not checked yet, its own included', () => {
    const { store, take } = setUp();
    take(0, a);
    const { trust: other, store: copy, liars } = trustOf(b.node, new SumStore(job));
    copy.mergePart(0, atHand(store.encodePart(0)));
    const lots = new Lots(new Uint8Array(16), '00'.repeat(16) as JobId);
    const successor = new Trust({ self: b.node, store: copy, liars, lots });
    expect(successor.isAwaited([a.node, b.node])).toBe(true);
    expect(other.isAwaited([a.node, b.node])).toBe(false);
    const own = new Trust({ self: a.node, store: copy, liars, lots });
    expect(own.isAwaited([a.node])).toBe(false);
    expect(own.isAwaited(nodes)).toBe(true);
  });

  it('takes no answer to what was asked in an earlier term, and asks again', () => {
    const { trust, take } = setUp();
    take(0, a);
    const [asked] = [0, 10_000].flatMap((nowMs) => trust.grant(b, nodes, at(nowMs)));
    if (!asked) throw new Error('it was not asked');
    expect(trust.isAsked(b, asked.fence)).toBe(true);
    trust.begin(2);
    expect(trust.isAsked(b, asked.fence)).toBe(false);
    expect(trust.inHand).toBe(0);
    expect([20_000, 30_000].flatMap((nowMs) => trust.grant(c, nodes, at(nowMs)))).toHaveLength(1);
  });

  it('lets go of checks of what was taken back with a liar', () => {
    const { store, trust, liars, take } = setUp();
    take(0, a);
    take(1, b); // in the same part
    take(9, b);
    liars.add({ node: a.node, withdrawnCost: store.withdraw(a.node) });
    trust.withdrawn(a.node);
    expect(trust.isInDoubt(0, nodes)).toBe(false);
    expect(trust.isInDoubt(1, nodes)).toBe(true);
    expect(trust.isLiar(a.node)).toBe(true);
  });
});
