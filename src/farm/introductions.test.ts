import { describe, expect, it } from 'vitest';
import { seededRandom, toHex } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { FIRST_CONTROL } from './control.ts';
import { Introductions } from './introductions.ts';
import type { Beat } from './messages.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const beat = (id = toHex(random.bytes(16)) as JobId): Beat => ({
  ...{ type: 'beat', id, term: 1, control: FIRST_CONTROL, standby: undefined },
  ...{ holders: [], doneCost: 0, totalCost: 1, inWork: 0, checked: 0, liars: [] },
});

describe('Introductions', () => {
  it('ask the teller of an unknown Job, once a second, and take a description that was asked for', () => {
    const introductions = new Introductions();
    const heard = beat();
    expect(introductions.heard(a, heard, 0)).toBe(true);
    expect(introductions.heard(a, heard, 999)).toBe(false);
    expect(introductions.heard(a, heard, 1_000)).toBe(true);
    expect(introductions.described(b, heard.id)).toBeUndefined();
    expect(introductions.described(a, heard.id)).toBe(heard);
    expect(introductions.described(a, heard.id)).toBeUndefined();
  });

  it('remember at most 64 Jobs of one teller, and none of one that left', () => {
    const introductions = new Introductions();
    const asked = Array.from({ length: 1_000 }, () => introductions.heard(a, beat(), 0));
    expect(asked.filter(Boolean)).toHaveLength(64);
    expect(introductions.heard(b, beat(), 0)).toBe(true);
    introductions.left(a);
    expect(introductions.heard(a, beat(), 0)).toBe(true);
  });

  it('tell one Node at most 128 Jobs in five seconds', () => {
    const introductions = new Introductions();
    const told = (nowMs: number): number =>
      Array.from({ length: 500 }, () => introductions.mayTell(a, nowMs)).filter(Boolean).length;
    expect([told(0), told(4_999), told(5_000)]).toEqual([128, 0, 128]);
    expect(introductions.mayTell(b, 0)).toBe(true);
  });
});
