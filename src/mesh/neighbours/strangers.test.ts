import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { Attempts } from './attempts.ts';
import { CallTimes } from './call-times.ts';
import { CUT_OFF_GRACE_MS, MAX_STRANGERS_PENDING, RESIDENTS_PER_NEWCOMER } from './limits.ts';
import { Plan } from './plan.ts';
import { id, ids, Surroundings } from './single-node.testing.ts';
import { Strangers } from './strangers.ts';

function make(self = 0, seed = 1) {
  const around = new Surroundings(id(self), seed);
  const attempts = new Attempts(around.options.random);
  const callTimes = new CallTimes();
  const strangers = new Strangers(around.options, attempts, callTimes);
  const planAt = (now: number) => {
    const plan = new Plan(around.options, new Set(), now);
    strangers.plan(plan);
    return { calls: [...plan.called.keys()], nextWakeAt: plan.nextWakeAt };
  };
  return { around, attempts, callTimes, strangers, planAt };
}

describe('strangers, to one who is alone', () => {
  it('are called one first: the others are found through it when it answers', () => {
    const { strangers, planAt } = make();
    strangers.onCandidates(ids.slice(1, 30), 0);
    expect(planAt(0).calls).toHaveLength(1);
  });

  it('are not called when the rendezvous is there and does not know them; else they are', () => {
    const { around, strangers, planAt } = make();
    around.remembered.add(id(5));
    strangers.onLost(id(6), 0);
    strangers.onRendezvous(true);
    strangers.onCandidates([id(1)], 0);
    expect(planAt(1_000).calls).toEqual([id(1)]);
    strangers.onRendezvous(false);
    expect(planAt(3_000).calls.sort()).toEqual([id(1), id(5), id(6)]);
  });

  it('are called, though not named, when the network is so large that the rendezvous names some of it only', () => {
    const { strangers, planAt } = make();
    const lost = ids[40];
    if (lost === undefined) throw new Error('there are more ids than that');
    strangers.onLost(lost, 0);
    strangers.onRendezvous(true);
    strangers.onCandidates(ids.slice(1, 33), 0);
    expect(planAt(1_000).calls).toContain(lost);
  });

  const callsBy = (offerMs: number) => {
    const { around, callTimes, strangers, planAt } = make();
    strangers.onCandidates(ids.slice(1), 0);
    callTimes.began(id(0), 0);
    const counts: Record<number, number> = {};
    for (let now = 0; now < 40_000; now += 250) {
      if (now === offerMs) callTimes.offered(id(0), now);
      for (const peer of planAt(now).calls) around.pending.add(peer);
      counts[now] = around.pending.size;
    }
    return counts;
  };

  it('are those remembered and those registered alike, however many of either are gone', () => {
    const { around, attempts, strangers, planAt } = make();
    strangers.onRendezvous(true);
    strangers.onCandidates(ids.slice(1, 33), 0);
    for (const peer of ids.slice(33)) around.remembered.add(peer);
    const fails = new Map<NodeId, number>();
    let [ofRegistered, ofRemembered] = [0, 0];
    for (let now = 0; now < 20_000; now += 250) {
      for (const [peer, at] of fails) {
        if (at > now) continue;
        fails.delete(peer);
        around.pending.delete(peer);
        attempts.failed(peer, false, now);
      }
      for (const peer of planAt(now).calls) {
        if (around.remembered.has(peer)) ofRemembered++;
        else ofRegistered++;
        around.pending.add(peer);
        fails.set(peer, now + 6_000);
      }
    }
    expect(ofRegistered).toBeGreaterThan(ofRemembered / 2);
    expect(ofRemembered).toBeGreaterThan(ofRegistered / 2);
  });

  it('are called more at once the longer nobody answers, up to twelve', () => {
    expect(callsBy(0)).toMatchObject({ 250: 1, 500: 2, 1000: 3, 3000: 7, 5500: 12, 39750: 12 });
  });

  it('are called no more at once while an offer is not out yet, and the more slowly the longer it took', () => {
    expect(callsBy(60_000)).toMatchObject({ 39750: 1 });
    expect(callsBy(1_000)).toMatchObject({ 11750: 1, 12000: 2, 24000: 3 });
  });

  it('are, as long as they are newcomers and calls take long, left to call themselves', () => {
    const { callTimes, strangers, planAt } = make();
    strangers.onCandidates([], 0);
    callTimes.began(id(1), 0);
    callTimes.linked(id(1), 2_000); // a Link that broke
    strangers.onCandidates([id(9)], 10_000);
    expect(planAt(15_900).calls).toEqual([]);
    expect(planAt(16_000).calls).toEqual([id(9)]);
  });

  it('are those remembered, too, when the rendezvous names nobody', () => {
    const { around, planAt } = make();
    around.remembered.add(id(5));
    const { calls, nextWakeAt } = planAt(0);
    expect(calls).toEqual([id(5)]);
    expect(nextWakeAt).toBeLessThanOrEqual(1_000);
  });

  it('are nobody to wait for when no address is known', () => {
    expect(make().planAt(0)).toEqual({ calls: [], nextWakeAt: Number.POSITIVE_INFINITY });
  });

  it('may be called at once again when the rendezvous is back', () => {
    const { attempts, strangers, planAt } = make();
    strangers.onCandidates([id(1)], 0);
    for (let i = 0; i < 8; i++) attempts.failed(id(1), false, 0);
    expect(planAt(1_000).calls).toEqual([]);
    strangers.onCandidates([id(1)], 1_000);
    expect(planAt(1_500).calls).toEqual([id(1)]);
  });
});

describe('strangers, to one in company', () => {
  const inCompany = (self = 5, members = 1) => {
    const made = make(self);
    made.strangers.onCandidates([], 0);
    made.strangers.onLinkUp(id(0));
    made.around.link(id(0));
    for (let i = 0; i < members - 1; i++) made.around.members.set(id(59 - i), 5);
    made.planAt(0);
    return made;
  };

  it('that have just come are left to call themselves, and called when they do not', () => {
    const { strangers, planAt } = inCompany();
    strangers.onCandidates([id(9)], 100);
    expect(planAt(1_000).calls).toEqual([]);
    expect(planAt(2_200).calls).toEqual([id(9)]);
  });

  it('that have just come are left to call for longer where calls take long, and called by one after the other', () => {
    const turns = Array.from({ length: 20 }, (_, seed) => {
      const { around, callTimes, strangers, planAt } = make(5, seed);
      around.link(id(0));
      strangers.onCandidates([], 0);
      callTimes.began(id(0), 0);
      callTimes.linked(id(0), 1_000);
      strangers.onCandidates([id(9)], 1_000);
      let now = 1_000;
      for (let at = now; strangers.isSought(id(9)); at = planAt(now).nextWakeAt) {
        now = at;
        if (planAt(now).calls.includes(id(9))) return now;
      }
      throw new Error('it was never called');
    }).sort((a, b) => a - b);
    expect(turns[0]).toBeGreaterThanOrEqual(1_000 + 3_000);
    expect(turns.at(-1)).toBeLessThanOrEqual(1_000 + RESIDENTS_PER_NEWCOMER * 3_000);
    expect(turns[15] ?? 0).toBeGreaterThan((turns[5] ?? 0) + 1_500);
  });

  it('that are not sought for their own sake are left to call themselves, too', () => {
    const approachOf = (callMs: number) => {
      const { callTimes, strangers, planAt } = inCompany();
      callTimes.began(id(0), 0);
      callTimes.linked(id(0), callMs);
      for (let now = callMs; now < 30_000; now += 500) planAt(now);
      strangers.onCandidates([id(9)], 30_000);
      strangers.forget(id(9));
      for (let now = 30_000; ; now += 100) if (planAt(now).calls.length > 0) return now - 30_000;
    };
    expect(approachOf(20)).toBeLessThan(4_000);
    expect(approachOf(4_000)).toBeGreaterThanOrEqual(12_000);
  });

  it('that were neighbours are called at once, however long calls take', () => {
    const { callTimes, strangers, planAt } = inCompany();
    callTimes.began(id(0), 0);
    callTimes.linked(id(0), 4_000);
    strangers.onLost(id(9), 4_000);
    expect(planAt(4_500).calls).toEqual([id(9)]);
  });

  it('that are sought already and are named anew are still left to call themselves', () => {
    const { around, strangers, planAt } = inCompany();
    strangers.onCandidates([id(9)], 100);
    expect(strangers.isSought(id(9))).toBe(true);
    for (let i = 10; i < 60; i++) around.members.set(id(i), 5); // one of few would hardly be one of four now
    strangers.onCandidates([], 110); // an older list, overtaken
    strangers.onCandidates([id(9)], 120);
    expect(planAt(130).calls).toEqual([]);
    expect(planAt(1_100).calls).toEqual([]);
    expect(planAt(2_200).calls).toEqual([id(9)]);
  });

  it('that have just come to a room of fifty are called by few', () => {
    let callers = 0;
    for (let seed = 0; seed < 50; seed++) {
      const around = new Surroundings(id(0), seed);
      const strangers = new Strangers(around.options, new Attempts(around.options.random), new CallTimes());
      strangers.onCandidates([], 0);
      for (let i = 1; i < 50; i++) around.link(id(i));
      strangers.onCandidates([id(55)], 0);
      if (strangers.isSought(id(55))) callers++;
    }
    expect(callers).toBeGreaterThan(0);
    expect(callers).toBeLessThan(15);
  });

  it('that have just come, as one of many who are registered but not here yet, are called by few', () => {
    let callers = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { around, strangers } = make(0, seed);
      strangers.onRendezvous(true);
      around.link(id(1));
      strangers.onCandidates(ids.slice(1, 50), 0);
      strangers.onCandidates(ids.slice(1, 51), 100);
      if (strangers.isSought(id(50))) callers++;
    }
    expect(callers).toBeGreaterThan(0);
    expect(callers).toBeLessThan(15);
  });

  it('are not approached faster than calls take', () => {
    const approachesIn = (callMs: number) => {
      const { callTimes, strangers, planAt } = inCompany();
      callTimes.began(id(0), 0);
      callTimes.linked(id(0), callMs);
      strangers.onCandidates(ids.slice(10, 30), 0);
      for (const peer of ids.slice(10, 30)) strangers.forget(peer);
      let calls = 0;
      for (let now = callMs; now < callMs + 60_000; now += 500) calls += planAt(now).calls.length;
      return calls;
    };
    expect(approachesIn(4_000)).toBeLessThan(approachesIn(20) / 3);
  });

  it('are approached one or two at a time, also those remembered', () => {
    const { around, strangers, planAt } = inCompany();
    around.remembered.add(id(30));
    strangers.onCandidates(ids.slice(10, 25), 0);
    for (const peer of ids.slice(10, 25)) strangers.forget(peer);
    const calls = new Set<string>();
    for (let now = 0; now < 180_000; now += 500) {
      const now1 = planAt(now).calls;
      expect(now1.length).toBeLessThanOrEqual(3);
      for (const peer of now1) calls.add(peer);
    }
    expect(calls).toContain(id(30));
    expect(calls.size).toBe(16);
  });

  it('are not approached while enough of them are pending', () => {
    const { around, strangers, planAt } = inCompany();
    strangers.onCandidates(ids.slice(10, 25), 0);
    for (const peer of ids.slice(10, 25)) strangers.forget(peer);
    for (let i = 0; i < MAX_STRANGERS_PENDING; i++) around.pending.add(id(40 + i));
    for (let now = 0; now < 20_000; now += 500) expect(planAt(now).calls).toEqual([]);
  });

  it('are approached as seldom as the size of the mesh asks for when that has grown since the last time', () => {
    const callsOf = (growsTo: number) => {
      const { around, strangers, planAt } = inCompany();
      for (let i = 0; i < growsTo; i++) around.members.set(id(59 - i), 5);
      strangers.onCandidates([id(10)], 0);
      strangers.forget(id(10));
      for (let now = 0; ; now += 100) if (planAt(now).calls.length > 0) return now;
    };
    expect(callsOf(0)).toBeLessThanOrEqual(3_000);
    expect(callsOf(23)).toBeGreaterThanOrEqual(6_000);
  });

  it('are approached the more seldom the larger the mesh is', () => {
    const callsOf = (members: number) => {
      const { strangers, planAt } = inCompany(5, members);
      strangers.onCandidates(ids.slice(10, 30), 0);
      for (const peer of ids.slice(10, 30)) strangers.forget(peer);
      let calls = 0;
      for (let now = 0; now < 60_000; now += 500) calls += planAt(now).calls.length;
      return calls;
    };
    expect(callsOf(24)).toBeLessThan(callsOf(2) / 3);
  });
});

describe('a lost neighbour', () => {
  it.each([
    { self: 0, least: 100, most: 300 },
    { self: 9, least: 250, most: 450 },
  ])('is called again within $most ms (the smaller id first)', ({ self, least, most }) => {
    const { around, strangers, attempts, planAt } = make(self);
    around.link(id(1));
    strangers.onLost(id(5), 1_000);
    expect(planAt(1_000).calls).toEqual([]);
    const at = attempts.notBefore(id(5));
    expect(at).toBeGreaterThanOrEqual(1_000 + least);
    expect(at).toBeLessThanOrEqual(1_000 + most);
    expect(planAt(at).calls).toEqual([id(5)]);
  });

  it('is left to the others for a moment when it was reached over them and is cut off now', () => {
    const { around, strangers, planAt } = make();
    around.link(id(9));
    strangers.onLost(id(5), 0);
    around.members.set(id(5), 20);
    expect(planAt(5_000).calls).toEqual([]);
    around.members.delete(id(5));
    const { calls, nextWakeAt } = planAt(10_000);
    expect(calls).toEqual([]);
    expect(nextWakeAt).toBeLessThanOrEqual(10_000 + 2 * CUT_OFF_GRACE_MS);
    expect(planAt(10_000 + CUT_OFF_GRACE_MS - 1).calls).toEqual([]);
    expect(planAt(10_000 + 2 * CUT_OFF_GRACE_MS).calls).toEqual([id(5)]);
  });

  it('is called whatever slots are taken, until three minutes have passed, unless it said farewell', () => {
    const { around, strangers, planAt } = make();
    for (let i = 1; i <= 12; i++) around.link(id(i));
    strangers.onLost(id(20), 0);
    expect(planAt(1_000).calls).toEqual([id(20)]);
    strangers.forget(id(20));
    expect(planAt(1_100).calls).toEqual([]);
    strangers.onLost(id(20), 0);
    expect(planAt(180_000).calls).toEqual([]);
  });
});

describe('registrations without end', () => {
  const registrations = (count: number, isGoneTold: boolean) => {
    const { around, attempts, strangers, planAt } = make();
    const random = seededRandom(7);
    around.link(id(1));
    strangers.onCandidates([], 0);
    let most = 0;
    for (let i = 0; i < count; i++) {
      const ghost = newNodeId(random);
      strangers.onCandidates([ghost], i);
      for (const peer of planAt(i).calls) attempts.failed(peer, false, i);
      if (isGoneTold) strangers.onGone(ghost);
      most = Math.max(most, strangers.size);
    }
    return { most, left: strangers.size };
  };

  it('leave nothing behind, 30,000 of them, when each is told to have gone', () => {
    expect(registrations(30_000, true)).toEqual({ most: expect.closeTo(2, -1), left: 0 });
  });

  it('leave what is bounded when nobody says that they have gone', () => {
    expect(registrations(30_000, false).most).toBeLessThanOrEqual(4_096 + 64 + 1);
  });
});
