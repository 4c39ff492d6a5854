import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { WAKE } from '../protocol.ts';
import type { LinkDown, LinkId } from '../vocabulary.ts';
import type { NeighboursEvent } from './contract.ts';
import { MAX_DEGREE, MAX_DEGREE_FOR_STRANGERS, RENDEZVOUS_BACK_MS } from './limits.ts';
import { Neighbours } from './neighbours.ts';
import { id, ids, Surroundings } from './single-node.testing.ts';

function make(self = 0) {
  const around = new Surroundings(id(self));
  const neighbours = new Neighbours(around.options);
  const tell = (event: NeighboursEvent, now: number) => neighbours.handle(event, now);
  /** Whom it calls, when woken whenever it wants to be, up to a time. */
  const callsUntil = (end: number) => {
    const calls: NodeId[] = [];
    while (neighbours.nextWakeAt <= end) {
      for (const effect of tell(WAKE, neighbours.nextWakeAt)) {
        if (effect.type !== 'call') continue;
        calls.push(effect.peer);
        around.pending.add(effect.peer);
      }
    }
    return calls;
  };
  return { around, neighbours, tell, callsUntil };
}

const down = (index: number, livedMs: number): LinkDown => ({
  type: 'link-down',
  peer: id(index),
  link: 1 as LinkId,
  reason: 'dead',
  livedMs,
});

describe('neighbours', () => {
  it('plan at a wake only, and not before their time', () => {
    const { neighbours, tell } = make();
    expect(neighbours.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    expect(tell({ type: 'candidates', ids: [id(1)] }, 50)).toEqual([]);
    expect(neighbours.nextWakeAt).toBe(50);
    expect(tell(WAKE, 49)).toEqual([]);
    expect(tell(WAKE, 50)).toEqual([{ type: 'call', peer: id(1) }]);
  });

  it('call those they could not reach while the rendezvous was away soon after it is back', () => {
    const { around, tell, callsUntil } = make();
    tell(around.link(id(5)), 0);
    around.members.set(id(6), 9);
    tell({ type: 'rendezvous', state: 'offline' }, 0);
    for (let i = 0; i < 10; i++) tell({ type: 'attempt-failed', peer: id(6) }, 1000);
    expect(callsUntil(3000)).not.toContain(id(6));
    tell({ type: 'rendezvous', state: 'online' }, 3000);
    expect(callsUntil(3000 + RENDEZVOUS_BACK_MS)).toContain(id(6));
  });

  it('call every member of a small mesh; of two that hear of each other the smaller id first', () => {
    for (const [self, least] of [
      [0, 0],
      [20, 500],
    ] as const) {
      const { around, neighbours, tell } = make(self);
      tell(around.link(id(5)), 0);
      tell(WAKE, 0);
      around.members.set(id(6), 9);
      tell({ type: 'joined', id: id(6) }, 100);
      let calledAt = -1;
      while (calledAt < 0 && neighbours.nextWakeAt < 10_000) {
        const now = neighbours.nextWakeAt;
        if (tell(WAKE, now).some((effect) => effect.peer === id(6))) calledAt = now - 100;
      }
      expect(calledAt).toBeGreaterThanOrEqual(least);
      expect(calledAt).toBeLessThanOrEqual(1_500);
    }
  });

  it('call a newcomer of a small mesh at once when it has come to another, having the smaller id', () => {
    const { around, tell, callsUntil } = make();
    tell({ type: 'candidates', ids: [id(5)] }, 0);
    tell(around.link(id(5)), 0);
    callsUntil(0);
    tell({ type: 'candidates', ids: [id(5), id(6)] }, 100);
    expect(callsUntil(900)).toEqual([]);
    around.members.set(id(6), 9);
    tell({ type: 'joined', id: id(6) }, 900);
    expect(callsUntil(900)).toEqual([id(6)]);
  });

  it('leave it to the smaller id to call a newcomer of a small mesh that has come to another, whether or not they sought it', () => {
    const { around, tell, callsUntil } = make(20);
    tell({ type: 'candidates', ids: [id(5)] }, 0);
    tell(around.link(id(5)), 0);
    callsUntil(0);
    tell({ type: 'candidates', ids: [id(5), id(6)] }, 100);
    around.members.set(id(6), 9);
    tell({ type: 'joined', id: id(6) }, 2_100);
    expect(callsUntil(2_500)).toEqual([]);
    expect(callsUntil(3_700)).toEqual([id(6)]);
  });

  it('do not call every member of a mesh that is small yet, but of which the rendezvous says that it will be large', () => {
    const { around, tell, callsUntil } = make();
    tell({ type: 'rendezvous', state: 'online' }, 0);
    tell({ type: 'candidates', ids: ids.slice(1, 20) }, 0);
    const calls = callsUntil(0);
    for (const peer of calls) tell(around.link(peer), 10);
    const others = ids.slice(20, 23);
    for (const peer of others) around.members.set(peer, 9);
    tell({ type: 'graph-changed' }, 20);
    expect(callsUntil(1_000)).toEqual([]);
    tell({ type: 'candidates', ids: [...calls, ...others] }, 1_000);
    expect(callsUntil(1_000).sort()).toEqual(others);
  });

  it('call every member of a small mesh, whoever was registered before the rendezvous went away', () => {
    const { around, tell, callsUntil } = make();
    tell({ type: 'rendezvous', state: 'online' }, 0);
    tell({ type: 'candidates', ids: ids.slice(1, 20) }, 0);
    for (const peer of callsUntil(0)) tell(around.link(peer), 10);
    const others = ids.slice(20, 23);
    for (const peer of others) around.members.set(peer, 9);
    tell({ type: 'rendezvous', state: 'offline' }, 1_000);
    expect(callsUntil(1_000).sort()).toEqual(others);
  });

  it('do not take a Link that the other end began for a call of theirs that took long', () => {
    const { around, tell, callsUntil } = make(20);
    tell({ type: 'candidates', ids: [id(5)] }, 0);
    callsUntil(0);
    tell({ type: 'attempt-failed', peer: id(5) }, 100);
    tell(around.link(id(5)), 5_000);
    tell(WAKE, 5_000);
    around.members.set(id(6), 9);
    tell({ type: 'joined', id: id(6) }, 5_000);
    expect(callsUntil(6_500)).toContain(id(6));
  });

  it('leave it for longer to the smaller id to call where calls take long', () => {
    const { around, tell, callsUntil } = make(20);
    tell({ type: 'candidates', ids: [id(5)] }, 0);
    expect(callsUntil(0)).toEqual([id(5)]);
    tell(around.link(id(5)), 4_000);
    tell(WAKE, 4_000);
    around.members.set(id(6), 9);
    tell({ type: 'joined', id: id(6) }, 4_000);
    expect(callsUntil(9_900)).toEqual([]); // half of three times what the first took
    expect(callsUntil(22_100)).toEqual([id(6)]);
  });

  it('hold six Links in a large mesh: three soon, the others when nobody came for them', () => {
    const { around, tell, callsUntil } = make();
    for (const peer of ids.slice(1, 30)) around.members.set(peer, 30);
    tell(around.link(id(1)), 0);
    expect(callsUntil(1_000)).toHaveLength(2);
    for (const peer of [...around.pending]) tell(around.link(peer), 1_000);
    expect(callsUntil(2_000)).toHaveLength(0);
    expect(callsUntil(14_000)).toHaveLength(3);
    for (const peer of [...around.pending]) tell(around.link(peer), 14_000);
    tell({ type: 'graph-changed' }, 14_100);
    expect(callsUntil(19_000)).toHaveLength(0);
  });

  it('fill slots one after the other, as fast as calls are', () => {
    const { around, tell, callsUntil } = make();
    tell({ type: 'candidates', ids: [id(1)] }, 0);
    callsUntil(1_999);
    for (const peer of ids.slice(2, 30)) around.members.set(peer, 30);
    tell(around.link(id(1)), 2_000);
    expect(callsUntil(2_000)).toHaveLength(1);
    expect(callsUntil(2_900)).toHaveLength(0); // half of what the first took
    expect(callsUntil(5_100)).toHaveLength(1);
  });

  it('leave slots alone while others that are registered are not here yet, three times as long as calls take', () => {
    const { around, tell, callsUntil } = make();
    tell({ type: 'rendezvous', state: 'online' }, 0);
    tell({ type: 'candidates', ids: ids.slice(1, 30) }, 0);
    const [first] = callsUntil(0);
    if (first === undefined) throw new Error('nobody was called');
    for (const peer of ids.slice(1, 20)) around.members.set(peer, 30);
    tell(around.link(first), 400);
    expect(callsUntil(1_500)).toHaveLength(0);
    expect(callsUntil(2_500)).toHaveLength(2);
  });

  it('do not look at their slots again and again while too much is under way to fill one', () => {
    const { around, neighbours, tell } = make();
    for (const peer of ids.slice(1, 10)) around.members.set(peer, 30);
    for (const peer of ids.slice(10, 33)) around.pending.add(peer);
    tell(around.link(id(1)), 0);
    let looks = 0;
    for (; neighbours.nextWakeAt < 20_000 && looks < 1_000; looks++) tell(WAKE, neighbours.nextWakeAt);
    expect(looks).toBeLessThan(50);
  });

  it('do not look at changes of a large graph that do not concern them', () => {
    const { around, neighbours, tell, callsUntil } = make();
    for (const peer of ids.slice(1, 30)) around.members.set(peer, 30);
    for (const peer of ids.slice(1, 8)) tell(around.link(peer), 0);
    callsUntil(100);
    tell({ type: 'graph-changed' }, 200);
    tell({ type: 'joined', id: id(31) }, 200);
    expect(neighbours.nextWakeAt).toBeGreaterThan(200);
    for (const peer of ids.slice(5, 30)) around.members.delete(peer);
    tell({ type: 'left', id: id(5) }, 300); // as membership tells of each
    expect(neighbours.nextWakeAt).toBe(300);
  });

  it('call a neighbour whose Link broke after a long life within half a second, and again after failures', () => {
    const { around, tell, callsUntil } = make(9);
    tell(around.link(id(1)), 0);
    tell(around.link(id(2)), 0);
    around.open.delete(id(1));
    around.members.delete(id(1));
    tell(down(1, 60_000), 60_000);
    expect(callsUntil(60_450)).toEqual([id(1)]);
    around.pending.clear();
    tell({ type: 'attempt-failed', peer: id(1) }, 60_500);
    expect(callsUntil(61_300)).toEqual([id(1)]);
  });

  it('do not call one that said farewell, or whose Link we trimmed', () => {
    const { around, tell, callsUntil } = make();
    tell(around.link(id(1)), 0);
    tell(around.link(id(2)), 0);
    around.open.delete(id(1));
    around.members.delete(id(1));
    around.left.add(id(1));
    tell(down(1, 60_000), 60_000);
    tell({ type: 'left', id: id(1) }, 60_000);
    expect(callsUntil(300_000)).toEqual([]);
  });

  it('accept twelve, four more that have no path to us, and none that is blocked', () => {
    const { around, neighbours, tell } = make();
    around.members.set(id(1), 9);
    expect(neighbours.mayAccept(id(1), MAX_DEGREE - 1)).toBe(true);
    expect(neighbours.mayAccept(id(1), MAX_DEGREE)).toBe(false);
    expect(neighbours.mayAccept(id(2), MAX_DEGREE)).toBe(true);
    expect(neighbours.mayAccept(id(2), MAX_DEGREE_FOR_STRANGERS)).toBe(false);
    tell({ type: 'block', peer: id(2), isBlocked: true }, 0);
    expect(neighbours.mayAccept(id(2), 0)).toBe(false);
  });

  it('close a Link that is blocked, leave it closed, and take it up when unblocked', () => {
    const { around, neighbours, tell, callsUntil } = make();
    tell(around.link(id(1)), 0);
    tell(around.link(id(2)), 0);
    const effects = tell({ type: 'block', peer: id(1), isBlocked: true }, 10_000);
    expect(effects).toEqual([{ type: 'disconnect', peer: id(1), reason: 'blocked here' }]);
    expect(neighbours.blocked).toEqual(new Set([id(1)]));
    around.open.delete(id(1));
    tell(down(1, 10_000), 10_000);
    expect(callsUntil(60_000)).toEqual([]);
    tell({ type: 'block', peer: id(1), isBlocked: false }, 60_000);
    expect(callsUntil(60_100)).toEqual([id(1)]);
  });

  it('say why they hold a Link', () => {
    const { around, neighbours, tell, callsUntil } = make();
    tell(around.link(id(1), { isInitiator: false }), 0);
    expect(neighbours.why(id(1))).toBe('full mesh');
    for (const peer of ids.slice(2, 30)) around.members.set(peer, 30);
    expect(neighbours.why(id(1))).toBe('chosen by them');
    const called = callsUntil(1_000);
    for (const peer of [...around.pending]) tell(around.link(peer), 1_000);
    const whys = ids.filter((peer) => called.includes(peer)).map((peer) => neighbours.why(peer));
    expect(whys.sort()).toEqual(['near', 'random']);
    expect(callsUntil(14_000).map((peer) => neighbours.why(peer))).toEqual(['random', 'near', 'random']);
  });

  it('wait a minute after a refusal for a wrong key, seconds after one for lack of room', () => {
    for (const [reason, most, least] of [
      ['wrong-key', 90_000, 60_000],
      ['full', 6_000, 0],
    ] as const) {
      const { around, neighbours, tell } = make();
      tell({ type: 'candidates', ids: [id(1)] }, 0);
      tell(WAKE, 0);
      tell({ type: 'refused', peer: id(1), reason }, 10);
      tell({ type: 'attempt-failed', peer: id(1) }, 10);
      let calledAt = -1;
      while (calledAt < 0 && neighbours.nextWakeAt < 200_000) {
        const now = neighbours.nextWakeAt;
        if (tell(WAKE, now).length > 0) calledAt = now;
      }
      expect(around.pending.size).toBe(0);
      expect(calledAt).toBeGreaterThan(least);
      expect(calledAt).toBeLessThan(most);
    }
  });
});
