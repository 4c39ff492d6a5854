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

describe('the account of a peer', () => {
  it('has three quarters for ordinary streams and all of it for answers', () => {
    const { account: own } = account();
    const stream = { promisedBytes: 0 };
    expect(own.room(stream, false)).toBe(600 * KIB);
    expect(own.room(stream, true)).toBe(800 * KIB);
    own.charge(100 * KIB);
    expect(own.room(stream, false)).toBe(500 * KIB);
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
    const half = { promisedBytes: 400 * KIB };
    own.promised(half, 0, false, true);
    expect(own.room({ promisedBytes: 0 }, false)).toBe(200 * KIB);
    expect(own.room(half, false)).toBe(600 * KIB);
    expect(own.admits({ promisedBytes: 0 }, 201 * KIB, false)).toBe(false);
    expect(own.admits({ promisedBytes: 0 }, 200 * KIB, false)).toBe(true);
  });

  it('admits one message beyond its limit when nothing else waits, and the next when that is done', () => {
    const { account: own } = account();
    const large = { promisedBytes: 0 };
    expect(own.admits(large, 2000 * KIB, false)).toBe(true);
    large.promisedBytes = 2000 * KIB;
    own.promised(large, 0, false, true);
    expect(own.room(large, false)).toBeGreaterThan(2000 * KIB);
    expect(own.admits({ promisedBytes: 0 }, 1000 * KIB, false)).toBe(false);
    large.promisedBytes = 0;
    own.promised(large, 2000 * KIB, true, false);
    expect(own.admits({ promisedBytes: 0 }, 1000 * KIB, false)).toBe(true);
  });

  it('never admits what all together have no room for', () => {
    const { account: own, budget } = account(800 * KIB, 1000 * KIB);
    budget.charge(OTHER, 600 * KIB);
    expect(own.admits({ promisedBytes: 0 }, 401 * KIB, false)).toBe(false);
    expect(own.admits({ promisedBytes: 0 }, 400 * KIB, false)).toBe(true);
    expect(own.room({ promisedBytes: 0 }, true)).toBe(400 * KIB);
  });
});
