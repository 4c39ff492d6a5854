import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { JobId, WorkerRef } from '../contract.ts';
import { hashOfPiece } from './attributed-store.ts';
import { Checks, type CheckTime, FIRST_CHECK_FENCE, HURRIED_MS } from './checks.ts';
import { Lots } from './lots.ts';
import type { UncheckedPiece } from './part-codec.ts';

const random = seededRandom(4);
const self = newNodeId(random);
const workers: WorkerRef[] = Array.from({ length: 6 }, () => ({ node: newNodeId(random), index: 0 }));
const [a, b, c, d, e, f] = workers;
if (!a || !b || !c || !d || !e || !f) throw new Error('unreachable');
const own: WorkerRef = { node: self, index: 0 };
const nodes = workers.map(({ node }) => node);
const right = Uint8Array.of(1, 2, 3);
const wrong = Uint8Array.of(9, 9, 9);
const range = { first: 2, count: 3 };
const pieceOf = (maker: WorkerRef, bytes: Uint8Array, task = 5): UncheckedPiece => ({
  ...{ task, range, maker: maker.node, hash: hashOfPiece(bytes) },
});

let checks: Checks;
beforeEach(() => {
  checks = new Checks(self, new Lots(new Uint8Array(16), '11'.repeat(16) as JobId));
});

const at = (nowMs: number, isLast = false): CheckTime => ({ nowMs, term: 1, isLast });

/** Asks that worker; `nowMs` grows, so that whoever was chosen by lot has lost its right to it. */
let nowMs = 0;
function fenceFor(worker: WorkerRef, candidates = nodes): number {
  for (let tries = 0; tries < 2; tries++) {
    nowMs += 10_000;
    const [check] = checks.grant(worker, candidates, at(nowMs));
    if (check) return check.fence;
  }
  throw new Error('it was not asked');
}

const isAsked = (worker: WorkerRef, candidates = nodes): boolean => {
  nowMs += 10_000;
  return [0, 10_000].some((late) => checks.grant(worker, candidates, at(nowMs + late)).length > 0);
};

const answer = (worker: WorkerRef, bytes: Uint8Array, candidates = nodes) =>
  checks.answered(worker, fenceFor(worker, candidates), bytes, candidates);

describe('a piece of a result', () => {
  it('is computed by another Node than its maker, and is right when both come to the same', () => {
    checks.add(pieceOf(a, right));
    expect(isAsked(a)).toBe(false);
    expect(isAsked({ node: a.node, index: 7 })).toBe(false);
    expect(answer(b, right)).toEqual({ type: 'right', piece: pieceOf(a, right) });
    expect(checks.isAwaited(nodes)).toBe(false);
  });

  it('goes to a Node by lot, and to whoever asks only when that one does not', () => {
    const first = (task: number): WorkerRef | undefined => {
      checks = new Checks(self, new Lots(new Uint8Array(16), '11'.repeat(16) as JobId));
      checks.add(pieceOf(a, right, task));
      return workers.find((worker) => checks.grant(worker, nodes, at(0)).length > 0);
    };
    const chosen = Array.from({ length: 100 }, (_, task) => first(task));
    for (const worker of [b, c, d, e, f]) {
      const count = chosen.filter((one) => one === worker).length;
      expect(count).toBeGreaterThan(5);
      expect(count).toBeLessThan(40);
    }
    checks.add(pieceOf(a, right, 500));
    const others = workers.filter((worker) => checks.grant(worker, nodes, at(0)).length > 0);
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it('goes to one after the other by lot when the end waits for it, and the answer of a slow one still counts', () => {
    checks.add(pieceOf(a, right));
    const askedAt = (nowMs: number, isLast: boolean): WorkerRef[] =>
      workers.filter((worker) => checks.grant(worker, nodes, at(nowMs, isLast)).length > 0);
    const startMs = 1_000_000;
    const asked = [...askedAt(startMs, false), ...askedAt(startMs, false)];
    expect(askedAt(startMs + 2_000, false)).toEqual([]);
    for (let step = 1; step <= 8; step++) asked.push(...askedAt(startMs + 3_000 + step * HURRIED_MS, true));
    expect(new Set(asked).size).toBe(5);
    expect(asked).toHaveLength(5);
    // Of all who could the last one is awaited.
    expect(checks.isAwaited(nodes)).toBe(true);
    const [slow] = asked;
    if (!slow) throw new Error('nobody was asked');
    expect(checks.answered(slow, FIRST_CHECK_FENCE, right, nodes)).toMatchObject({ type: 'right' });
    expect(checks.isAwaited(nodes)).toBe(false);
    expect(checks.inHand).toBe(0);
  });

  it('goes, at the end, to whoever had too many others to do when its lot fell, once it has brought one of them', () => {
    const two = [b.node, c.node];
    for (let task = 0; task < 60; task++) checks.add(pieceOf(a, right, task));
    let hand: number[] = [];
    const ask = (nowMs: number): void => {
      hand.push(...checks.grant(b, two, at(nowMs, true)).map(({ fence }) => fence));
      checks.grant(c, two, at(nowMs, true));
    };
    // It brings one in twenty milliseconds; the other one asks, and brings nothing.
    for (let nowMs = 0; nowMs < 6_000 && checks.isAwaited(two); nowMs += 20) {
      ask(nowMs);
      const [first, ...rest] = hand;
      hand = rest;
      if (first === undefined) continue;
      checks.heard(b, nowMs);
      checks.answered(b, first, right, two);
    }
    expect(checks.isAwaited(two)).toBe(false);
  });

  it('is somebody else’s when the one that was asked goes, cannot, or says nothing', () => {
    checks.add(pieceOf(a, right));
    const fence = fenceFor(b);
    expect(isAsked(c)).toBe(false);
    checks.takeBack(({ node }) => node === b.node);
    const again = fenceFor(b);
    expect(again).not.toBe(fence);
    checks.refused(b, again);
    expect(isAsked(b)).toBe(false);
    fenceFor(c);
    nowMs += 21_000;
    checks.expire(nowMs);
    expect(isAsked(c)).toBe(false);
    checks.add(pieceOf(a, right, 6));
    expect(checks.isAwaited([a.node, c.node])).toBe(false);
    checks.heard(c, nowMs);
    expect(checks.isAwaited([a.node, c.node])).toBe(true);
    expect(isAsked(d)).toBe(true);
  });

  it('stays with whoever has it now when an older one gives it back', () => {
    checks.add(pieceOf(a, right));
    const old = fenceFor(b);
    checks.takeBack(({ node }) => node === b.node);
    fenceFor(c);
    checks.refused(b, old);
    expect(checks.inHand).toBe(1);
    expect(isAsked(d)).toBe(false);
  });

  it('counts by a late answer, too, but by none of a fence that was not given to that worker', () => {
    checks.add(pieceOf(a, right));
    const fence = fenceFor(b);
    nowMs += 21_000;
    checks.expire(nowMs);
    expect(checks.isOf(c, fence)).toBe(false);
    expect(checks.isOf(b, fence)).toBe(true);
    expect(checks.answered(b, fence, right, nodes).type).toBe('right');
    expect(checks.isOf(b, fence)).toBe(false);
  });

  it('is not waited for when nobody can be asked', () => {
    checks.add(pieceOf(a, right));
    expect(checks.isAwaited([a.node])).toBe(false);
    expect(checks.isAwaited([a.node, b.node])).toBe(true);
  });
});

describe('where two come to different results', () => {
  it('others are asked until one answer leads by two', () => {
    checks.add(pieceOf(a, wrong));
    expect(answer(b, right).type).toBe('open');
    expect(checks.isDisputed).toBe(true);
    expect(answer(c, right).type).toBe('open');
    expect(answer(d, right)).toEqual({ type: 'wrong', piece: pieceOf(a, wrong), liars: [a.node] });
  });

  it('it may be the one that checked who is wrong', () => {
    checks.add(pieceOf(a, right));
    answer(b, wrong);
    answer(c, right);
    expect(answer(d, right)).toEqual({ type: 'wrong', piece: pieceOf(a, right), liars: [b.node] });
  });

  it('two that lie alike do not win over four that do not', () => {
    checks.add(pieceOf(a, wrong));
    answer(c, right);
    expect(answer(b, wrong).type).toBe('open');
    answer(d, right);
    expect(answer(e, right).type).toBe('open');
    expect(answer(f, right)).toMatchObject({ type: 'wrong', liars: [a.node, b.node] });
  });

  it('the majority decides when nobody is left to be asked', () => {
    const three = [a.node, b.node, c.node];
    checks.add(pieceOf(a, wrong));
    expect(answer(b, right, three).type).toBe('open');
    expect(answer(c, right, three)).toMatchObject({ type: 'wrong', liars: [a.node] });
  });

  it('this Node is asked before all others, and believes itself as it believes two', () => {
    const all = [...nodes, self];
    checks.add(pieceOf(a, right));
    answer(b, wrong, all);
    expect(isAsked(c, all)).toBe(false);
    expect(answer(own, right, all)).toMatchObject({ type: 'wrong', liars: [b.node] });
  });

  it('this Node learns from four others that its own machine computes wrongly', () => {
    const all = [...nodes, self];
    checks.add(pieceOf(own, wrong));
    for (const worker of [a, b, c]) expect(answer(worker, right, all).type).toBe('open');
    expect(answer(d, right, all)).toMatchObject({ type: 'wrong', liars: [self] });
  });

  it('this Node believes itself where it stands against one or two, and nobody else is there', () => {
    const three = [a.node, b.node, self];
    checks.add(pieceOf(a, wrong));
    expect(answer(own, right, three).type).toBe('open');
    expect(answer(b, wrong, three)).toMatchObject({ type: 'wrong', liars: [a.node, b.node] });
  });

  it('two alone stay divided until one of them goes: then it is the one that is gone', () => {
    const two = [a.node, b.node];
    checks.add(pieceOf(a, wrong));
    expect(answer(b, right, two).type).toBe('open');
    expect(checks.isAwaited(two)).toBe(false);
    expect(checks.decideRest(two)).toEqual({ type: 'open' });
    expect(checks.decideRest([b.node])).toMatchObject({ type: 'wrong', liars: [a.node] });
  });

  it('and all others to different ones again, it is no pure function', () => {
    checks.add(pieceOf(a, Uint8Array.of(1)));
    answer(b, Uint8Array.of(2));
    expect(answer(c, Uint8Array.of(3)).type).toBe('open');
    expect(answer(d, Uint8Array.of(4)).type).toBe('unrepeatable');
  });

  it('the votes of a liar count no more, nor is what it made of any interest', () => {
    checks.add(pieceOf(a, right, 1));
    checks.add(pieceOf(b, wrong, 2));
    answer(b, wrong); // at the first one
    checks.drop(() => true, b.node);
    expect(checks.isDisputed).toBe(false);
    expect(answer(c, right)).toEqual({ type: 'right', piece: pieceOf(a, right, 1) });
    expect(checks.isAwaited(nodes)).toBe(false);
  });
});
