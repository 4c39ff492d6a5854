import { describe, expect, it } from 'vitest';
import type { Member } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { steadyMembers } from './steady-members.ts';

const ATTRIBUTES = {};

function member(id: string, change: Partial<Member> = {}): Member {
  const still = { attributes: ATTRIBUTES, isSelf: false, isNeighbour: true, hops: 1, sinceMs: 0 };
  return { ...still, id: id as NodeId, rttMs: 20, health: 'healthy', ...change };
}

describe('the list of people', () => {
  const before = [member('a'), member('b')];

  it('stays as it is while round trips wander, and while one that was heard is only not asked', () => {
    expect(steadyMembers(before, [member('a', { rttMs: 16 }), member('b', { rttMs: 24 })])).toBe(before);
    expect(steadyMembers(before, [member('a', { health: 'unchecked' }), member('b')])).toBe(before);
    const near = [member('a', { rttMs: 0.3 })];
    expect(steadyMembers(near, [member('a', { rttMs: 1.2 })])).toBe(near);
  });

  it('shows what has moved far from what is shown, however slowly', () => {
    let shown: readonly Member[] = before;
    for (let rttMs = 20; rttMs <= 40; rttMs++)
      shown = steadyMembers(shown, [member('a', { rttMs }), member('b')]);
    expect(shown[0]?.rttMs).toBeGreaterThan(35);
    expect(shown[1]).toBe(before[1]);
  });

  it.each<[string, Partial<Member>]>([
    ['who is suspected', { health: 'suspected' }],
    ['who is reached otherwise', { hops: 2 }],
    ['who is a neighbour no more', { isNeighbour: false }],
    ['whose path is gone', { hops: undefined, rttMs: undefined }],
    ['who says something else', { attributes: {} }],
    ['who has come again', { sinceMs: 9 }],
  ])('shows at once %s', (_what, change) => {
    const now = [member('a', change), member('b')];
    expect(steadyMembers(before, now)).toEqual(now);
  });

  it('shows who was heard for the first time, who comes, who goes and who changes places', () => {
    const unheard = [member('a', { health: 'unchecked' })];
    expect(steadyMembers(unheard, [member('a')])).toEqual([member('a')]);
    for (const ids of ['abc', 'a', 'ba'].map((text) => [...text]))
      expect(
        steadyMembers(
          before,
          ids.map((id) => member(id)),
        ).map(({ id }) => id),
      ).toEqual(ids);
  });
});
