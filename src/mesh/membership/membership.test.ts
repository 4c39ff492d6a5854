import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeControl, type NodeId, newNodeId } from '../../wire/index.ts';
import type { NodeHealth } from '../contract.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import { beginLife, identityFrom } from '../identity/identity.ts';
import type { OpenLink } from '../link/contract.ts';
import { NEVER, WAKE } from '../protocol.ts';
import type { LinkId } from '../vocabulary.ts';
import { Membership, PATHLESS_GRACE_MS } from './membership.ts';

const random = seededRandom(3);
const [near, far] = [newNodeId(random), newNodeId(random)];

/** A graph that the test writes by hand: hops of those with a path. */
function setting() {
  const cryptography = simulatedCryptography();
  const own = beginLife(identityFrom(random.bytes(32), cryptography), 1, random.bytes(32), cryptography);
  const hops = new Map<NodeId, number>();
  const attributes = new Map<NodeId, Uint8Array>();
  const left = new Set<NodeId>();
  const health = new Map<NodeId, NodeHealth>();
  const open = new Map<NodeId, OpenLink>();
  let asked = 0;
  let walks = 0;
  let looks = 0;
  /** `changed`: named to who has looked at revision `namedFrom` or later. */
  const company = { revision: 0, namedFrom: Number.POSITIVE_INFINITY, changed: [] as NodeId[] };
  const membership = new Membership(
    {
      own,
      attributes: encodeControl({ name: 'Ada' }),
      view: {
        has: (id) => {
          looks++;
          return hops.has(id);
        },
        get size() {
          return hops.size;
        },
        get revision() {
          return company.revision;
        },
        ids: () => {
          walks++;
          return hops.keys();
        },
        changed: (since) => (since < company.namedFrom ? undefined : company.changed),
        sample: () => [],
        attributes: (id) => attributes.get(id),
        hasLeft: (id) => left.has(id),
        degree: () => 0,
      },
      router: {
        route: (id) => {
          asked++;
          const count = hops.get(id);
          return count === undefined ? undefined : { nextHop: near, hops: count, rttMs: 8 * count };
        },
        hops: (id) => hops.get(id),
        hasDetour: () => false,
        isSpare: () => false,
        edges: () => [],
      },
      open,
      health: (id) => health.get(id) ?? 'unchecked',
      rttMs: (id) => (id === near ? 3.5 : undefined),
    },
    0,
  );
  const update = (now: number) => {
    company.revision++;
    return lookAgain(now);
  };
  const lookAgain = (now: number) => {
    membership.handle({ type: 'graph-changed' }, now);
    return membership.handle(WAKE, now);
  };
  const drop = (peer: NodeId, reason: string, now: number) =>
    membership.handle({ type: 'link-down', peer, link: 1 as LinkId, reason, livedMs: 1 }, now);
  return {
    own,
    membership,
    hops,
    attributes,
    left,
    health,
    open,
    update,
    lookAgain,
    drop,
    company,
    asked: () => asked,
    walks: () => walks,
    looks: () => looks,
  };
}

describe('membership', () => {
  it('begins with ourselves', () => {
    const { own, membership } = setting();
    expect(membership.members).toMatchObject([
      { id: own.id, isSelf: true, hops: 0, sinceMs: 0, attributes: { name: 'Ada' }, health: 'healthy' },
    ]);
    expect(membership.nextWakeAt).toBe(NEVER);
  });

  it('takes in who has a path, in the order of their coming, as healthy as health says', () => {
    const { membership, hops, open, health, update } = setting();
    hops.set(near, 1);
    open.set(near, {} as OpenLink);
    health.set(near, 'healthy');
    expect(update(10)).toMatchObject([{ type: 'joined', member: { id: near } }, { type: 'members-changed' }]);
    hops.set(far, 2);
    update(20);
    expect(membership.members).toMatchObject([
      { isSelf: true },
      { id: near, isNeighbour: true, hops: 1, rttMs: 3.5, sinceMs: 10, health: 'healthy' },
      { id: far, isNeighbour: false, hops: 2, rttMs: 16, sinceMs: 20, health: 'unchecked' },
    ]);
    expect(membership.has(far)).toBe(true);
  });

  it('lets a farewell take effect at once', () => {
    const { membership, hops, left, update } = setting();
    hops.set(near, 1);
    update(0);
    hops.delete(near);
    left.add(near);
    expect(update(1)).toEqual([
      { type: 'left', id: near, reason: 'it said goodbye' },
      { type: 'members-changed' },
    ]);
    expect(membership.members).toHaveLength(1);
  });

  it('believes a farewell that came by a quicker way than its own Link when that ends, or after a moment', () => {
    const { membership, hops, open, left, update, drop } = setting();
    for (const id of [near, far]) {
      hops.set(id, 1);
      open.set(id, {} as OpenLink);
    }
    update(0);
    for (const id of [near, far]) {
      hops.delete(id);
      left.add(id);
    }
    expect(update(1)).toEqual([{ type: 'members-changed' }]);
    expect(membership.members).toHaveLength(3);
    open.delete(near);
    drop(near, 'the other side left', 20);
    expect(membership.handle(WAKE, 20)).toEqual([
      { type: 'left', id: near, reason: 'it said goodbye' },
      { type: 'members-changed' },
    ]);
    expect(membership.nextWakeAt).toBe(1 + PATHLESS_GRACE_MS);
    expect(membership.handle(WAKE, 1 + PATHLESS_GRACE_MS)).toMatchObject([
      { type: 'left', id: far, reason: 'it said goodbye' },
      { type: 'members-changed' },
    ]);
  });

  it('keeps who lost its last path for a moment, and forgets the moment when a path is back', () => {
    const { membership, hops, health, update, drop } = setting();
    hops.set(near, 1);
    update(0);
    drop(near, 'it fell silent', 90);
    hops.delete(near);
    health.set(near, 'suspected');
    expect(update(100)).toEqual([{ type: 'members-changed' }]);
    expect(membership.members[1]).toMatchObject({ id: near, health: 'suspected', hops: undefined });
    hops.set(near, 1);
    update(500);
    expect(membership.nextWakeAt).toBe(NEVER);
    drop(near, 'it fell silent again', 990);
    hops.delete(near);
    update(1000);
    expect(membership.nextWakeAt).toBe(1000 + PATHLESS_GRACE_MS);
    expect(membership.handle(WAKE, 1599)).toEqual([]);
    expect(membership.handle(WAKE, 1600)).toEqual([
      { type: 'left', id: near, reason: 'it fell silent again' },
      { type: 'members-changed' },
    ]);
    expect(membership.nextWakeAt).toBe(NEVER);
  });

  it('walks over the members only when somebody has come or gone', () => {
    const { membership, hops, update, lookAgain, walks } = setting();
    hops.set(near, 1);
    update(10);
    const before = walks();
    hops.set(far, 2);
    expect(lookAgain(20)).toEqual([]); // the graph changed, the company did not: readers hear of it in a moment
    expect(membership.handle(WAKE, membership.nextWakeAt)).toEqual([{ type: 'members-changed' }]);
    expect(walks()).toBe(before);
    expect(update(30)).toMatchObject([{ type: 'joined' }, { type: 'members-changed' }]);
    hops.delete(near);
    update(40);
    lookAgain(50 + PATHLESS_GRACE_MS);
    expect(membership.has(near)).toBe(false); // whose time has come leaves without another change
  });

  it('does not work out routes for everyone who comes', () => {
    const { hops, update, asked } = setting();
    hops.set(far, 2);
    update(10);
    expect(asked()).toBe(0);
  });

  it('walks over nobody for who has come or gone, when the View names them', () => {
    const { membership, company, hops, left, update, walks } = setting();
    hops.set(near, 1);
    update(10);
    const before = walks();
    company.namedFrom = company.revision;
    company.changed = [far, far]; // came, went and came again
    hops.set(far, 2);
    expect(update(20)).toMatchObject([{ type: 'joined', member: { id: far } }, { type: 'members-changed' }]);
    expect(membership.members.map(({ id }) => id)).toContain(far);
    company.namedFrom = company.revision;
    company.changed = [far];
    hops.delete(far);
    left.add(far);
    expect(update(30)).toMatchObject([{ type: 'left', id: far }, { type: 'members-changed' }]);
    expect(walks()).toBe(before);
  });

  it('asks after nobody but who is out of reach while the View says that nobody else has gone', () => {
    const { membership, company, hops, update, lookAgain, looks } = setting();
    for (let i = 0; i < 50; i++) hops.set(newNodeId(random), 2);
    hops.set(near, 1);
    hops.set(far, 2);
    update(10);
    hops.delete(near);
    hops.delete(far);
    update(100);
    company.namedFrom = company.revision;
    const before = looks();
    lookAgain(200);
    hops.set(near, 1);
    expect(lookAgain(300)).toEqual([{ type: 'members-changed' }]);
    expect(looks() - before).toBe(4); // two of them, twice
    expect(membership.nextWakeAt).toBe(100 + PATHLESS_GRACE_MS);
    expect(membership.handle(WAKE, 100 + PATHLESS_GRACE_MS)).toMatchObject([
      { type: 'left', id: far },
      { type: 'members-changed' },
    ]);
    expect(membership.has(near)).toBe(true);
  });

  it('says at most once a wake that something changed, and looks at nobody until asked', () => {
    const { membership, hops, update, asked } = setting();
    hops.set(near, 1);
    hops.set(far, 2);
    update(0);
    const before = asked();
    for (let i = 0; i < 10; i++) membership.handle({ type: 'graph-changed' }, 1);
    const at = membership.nextWakeAt;
    expect(at).toBeGreaterThan(1);
    expect(at).toBeLessThanOrEqual(251);
    expect(membership.handle(WAKE, at)).toEqual([{ type: 'members-changed' }]);
    expect(membership.handle(WAKE, at)).toEqual([]);
    expect(membership.nextWakeAt).toBe(NEVER);
    expect(asked()).toBe(before);
  });

  it('says so a millisecond later for each Node, a second at most', () => {
    for (const [count, afterMs] of [
      [64, 64],
      [2000, 1000],
    ] as const) {
      const { membership, hops, update } = setting();
      for (let i = 0; i < count; i++) hops.set(newNodeId(random), 2);
      update(0);
      membership.handle({ type: 'graph-changed' }, 10);
      membership.handle({ type: 'graph-changed' }, 20);
      expect(membership.nextWakeAt).toBe(10 + afterMs);
    }
  });

  it('keeps the same array until something changes, also for a new record with the old words', () => {
    const { membership, hops, attributes, update } = setting();
    hops.set(near, 1);
    attributes.set(near, encodeControl({ workers: 3 }));
    update(0);
    const before = membership.members;
    expect(before[1]?.attributes).toEqual({ workers: 3 });
    attributes.set(near, encodeControl({ workers: 3 }));
    update(1);
    expect(membership.members).toBe(before);
    attributes.set(near, encodeControl({ workers: 4 }));
    update(2);
    expect(membership.members).not.toBe(before);
    expect(membership.members[1]?.attributes).toEqual({ workers: 4 });
  });

  it('shows our own attributes as soon as they are said', () => {
    const { membership } = setting();
    membership.handle({ type: 'attributes', bytes: encodeControl({ name: 'Grace' }) }, 5);
    expect(membership.members[0]?.attributes).toEqual({ name: 'Grace' });
    expect(membership.handle(WAKE, 5)).toEqual([{ type: 'members-changed' }]);
  });

  it('asks nobody to look for a change of health of somebody who is no member', () => {
    const { membership } = setting();
    membership.handle({ type: 'health-changed', id: far }, 0);
    expect(membership.nextWakeAt).toBe(NEVER);
  });
});
