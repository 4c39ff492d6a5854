import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { MAX_UNDER_WAY } from './limits.ts';
import { Plan, sampleOf } from './plan.ts';
import { id, ids, Surroundings } from './single-node.testing.ts';

describe('a plan', () => {
  it('takes for free who has nothing with us', () => {
    const around = new Surroundings(id(0));
    around.link(id(1));
    around.pending.add(id(2));
    const plan = new Plan(around.options, new Set([id(3)]), 0);
    plan.call(id(4), 'random');
    expect(ids.slice(0, 6).map((peer) => plan.isFree(peer))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('tells members from strangers among those pending', () => {
    const around = new Surroundings(id(0));
    around.members.set(id(1), 5);
    for (const peer of ids.slice(1, 4)) around.pending.add(peer);
    const plan = new Plan(around.options, new Set(), 0);
    expect([plan.membersPending, plan.strangersPending]).toEqual([1, 2]);
  });

  it('has an end to what is under way', () => {
    const around = new Surroundings(id(0));
    around.link(id(1));
    around.pending.add(id(2));
    const plan = new Plan(around.options, new Set(), 0);
    const calls = ids.slice(3).filter((peer) => plan.call(peer, 'random'));
    expect(calls).toHaveLength(MAX_UNDER_WAY - 2);
    expect(plan.effects).toHaveLength(MAX_UNDER_WAY - 2);
  });
});

describe('a sample', () => {
  it('holds each as likely as any', () => {
    const random = seededRandom(8);
    const counts = new Map(ids.map((each) => [each, 0]));
    for (let i = 0; i < 3_000; i++) {
      for (const each of sampleOf(ids, 6, random)) counts.set(each, (counts.get(each) ?? 0) + 1);
    }
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(220);
      expect(count).toBeLessThan(380);
    }
  });

  it('holds all when there are few', () => {
    expect(sampleOf(ids.slice(0, 3), 6, seededRandom(8))).toEqual(ids.slice(0, 3));
  });
});
