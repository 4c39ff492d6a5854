import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { MemoryBudget } from '../memory/budget.ts';
import { Account } from './account.ts';

const KIB = 1024;
const PEER = 'a' as NodeId;
const OTHER = 'b' as NodeId;

function account(peerBytes = 800 * KIB, totalBytes = 8000 * KIB) {
  const budget = new MemoryBudget(peerBytes, totalBytes);
  return { budget, account: new Account(PEER, budget) };
}

const stream = (promisedBytes = 0) => ({ promisedBytes, isForAnswers: false });
const answers = () => ({ promisedBytes: 0, isForAnswers: true });

describe('the account of a peer', () => {
  it('has three quarters for ordinary streams and all of it for answers', () => {
    const { account: own } = account();
    expect(own.room(stream())).toBe(600 * KIB);
    expect(own.room(answers())).toBe(800 * KIB);
    own.charge(100 * KIB);
    expect(own.room(stream())).toBe(500 * KIB);
  });

  it('has a quarter for answers whatever the rest takes, but not what all together have no room for', () => {
    const { account: own, budget } = account();
    own.charge(2000 * KIB);
    const half = answers();
    expect(own.room(half)).toBe(200 * KIB);
    own.kept(half, 50 * KIB);
    half.promisedBytes = 100 * KIB;
    own.promised(half, 0, false, true);
    expect(own.room(half)).toBe(150 * KIB);
    expect(own.room(answers())).toBe(50 * KIB);
    expect(own.room(stream())).toBeLessThan(0);
    budget.charge(OTHER, 4930 * KIB);
    expect(own.room(answers())).toBe(20 * KIB);
  });

  it('hands over until a quarter is delivered and not taken', () => {
    const { account: own, budget } = account();
    own.delivered(199 * KIB);
    expect(own.mayDeliver).toBe(true);
    own.delivered(KIB);
    expect(own.mayDeliver).toBe(false);
    expect(budget.used(PEER)).toBe(200 * KIB);
    own.taken(KIB);
    expect(own.mayDeliver).toBe(true);
  });

  it('keeps what half messages may yet take from all streams but their own', () => {
    const { account: own } = account();
    const half = stream(400 * KIB);
    own.promised(half, 0, false, true);
    expect(own.room(stream())).toBe(200 * KIB);
    expect(own.room(half)).toBe(600 * KIB);
    expect(own.admits(stream(), 201 * KIB)).toBe(false);
    expect(own.admits(stream(), 200 * KIB)).toBe(true);
  });

  it('admits one message beyond its limit when nothing else waits, and the next when that is done', () => {
    const { account: own } = account();
    const large = stream();
    expect(own.admits(large, 2000 * KIB)).toBe(true);
    large.promisedBytes = 2000 * KIB;
    own.promised(large, 0, false, true);
    expect(own.room(large)).toBeGreaterThan(2000 * KIB);
    expect(own.admits(stream(), 1000 * KIB)).toBe(false);
    large.promisedBytes = 0;
    own.promised(large, 2000 * KIB, true, false);
    expect(own.admits(stream(), 1000 * KIB)).toBe(true);
  });

  it('admits one answer beyond its limit whatever else waits, and the next when that is done', () => {
    const { account: own } = account();
    own.delivered(700 * KIB);
    expect(own.admits(stream(), 1000 * KIB)).toBe(false);
    const large = answers();
    expect(own.admits(large, 2000 * KIB)).toBe(true);
    large.promisedBytes = 2000 * KIB;
    own.promised(large, 0, false, true);
    expect(own.admits(answers(), 1000 * KIB)).toBe(false);
    large.promisedBytes = 0;
    own.promised(large, 2000 * KIB, true, false);
    expect(own.admits(answers(), 1000 * KIB)).toBe(true);
  });

  it('never admits what all together have no room for', () => {
    const { account: own, budget } = account(800 * KIB, 1000 * KIB);
    budget.charge(OTHER, 600 * KIB);
    expect(own.admits(stream(), 401 * KIB)).toBe(false);
    expect(own.admits(stream(), 400 * KIB)).toBe(true);
    expect(own.room(answers())).toBe(400 * KIB);
  });
});
