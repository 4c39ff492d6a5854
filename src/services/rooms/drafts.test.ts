import { describe, expect, it } from 'vitest';
import { Drafts } from './drafts.ts';

const rate = { updatesPerSecond: 10, bytesPerSecond: 1024 };
const draft = (token: number, payload = 'a') => ({ token, payload, claimedAtMs: 0 });
const codesOf = (effects: ReturnType<Drafts['add']>) =>
  effects.map((one) => (one.type === 'failed' ? (one.error as { code?: string }).code : one.type));

/** All that may go now, written. */
function taken(drafts: Drafts, nowMs: number, bytes = 10): number[] {
  const tokens: number[] = [];
  for (let one = drafts.take(nowMs); one; one = drafts.take(nowMs)) {
    tokens.push(one.token);
    drafts.written(bytes, nowMs);
  }
  return tokens;
}

describe('what is to be written', () => {
  it('goes at once as far as the rate allows, and in its turn and order behind that', () => {
    const drafts = new Drafts(rate);
    for (let token = 0; token < 25; token++) drafts.add(draft(token));
    expect(taken(drafts, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(drafts.nextWakeAt).toBe(100);
    expect(taken(drafts, 99)).toEqual([]);
    expect(taken(drafts, 100)).toEqual([10]);
    expect(taken(drafts, 5_000)).toHaveLength(10);
  });

  it('costs nothing when nothing came of it', () => {
    const drafts = new Drafts(rate);
    for (let token = 0; token < 30; token++) drafts.add(draft(token));
    for (let i = 0; i < 20; i++) drafts.take(0);
    expect(taken(drafts, 0)).toHaveLength(10);
    expect(drafts.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes at the share of the rate that all go at, and what was owed before is no more than at the new one', () => {
    const drafts = new Drafts(rate);
    for (let token = 0; token < 60; token++) drafts.add(draft(token));
    expect(taken(drafts, 0)).toHaveLength(10);
    drafts.slowTo(0.1, 0);
    expect(taken(drafts, 20_000)).toEqual([10]);
    expect(taken(drafts, 20_999)).toEqual([]);
    expect(taken(drafts, 21_000)).toEqual([11]);
    drafts.slowTo(1, 21_000);
    expect(taken(drafts, 21_100)).toHaveLength(10);
  });

  it('is as it was when it was given', () => {
    const drafts = new Drafts(rate);
    const payload = [1];
    drafts.add({ token: 1, payload, claimedAtMs: 0 });
    payload.push(2);
    expect(drafts.take(0)?.payload).toEqual([1]);
  });

  it('is not more than a minute of the rate', () => {
    const drafts = new Drafts(rate);
    for (let token = 0; token < 600; token++) expect(drafts.add(draft(token))).toEqual([]);
    expect(codesOf(drafts.add(draft(600)))).toEqual(['room-too-fast']);
    drafts.cancel(3);
    expect(drafts.add(draft(600))).toEqual([]);
    const large = new Drafts(rate);
    expect(large.add(draft(0, 'x'.repeat(262_000)))).toEqual([]);
    expect(codesOf(large.add(draft(1, 'x'.repeat(262_000))))).toEqual(['room-too-fast']);
    expect(codesOf(large.add(draft(2, 'x'.repeat(262_144))))).toEqual(['room-too-large']);
  });

  it('is given up when the room stops, and who waits is told', () => {
    const drafts = new Drafts(rate);
    for (const token of [1, 2]) drafts.add(draft(token));
    drafts.cancel(1);
    expect(drafts.fail(new Error('stopped'))).toMatchObject([{ type: 'failed', token: 2 }]);
    expect(drafts.take(0)).toBeUndefined();
  });
});
