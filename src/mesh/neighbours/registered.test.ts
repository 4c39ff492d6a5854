import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { MAX_NEWCOMERS, MAX_REGISTERED } from './limits.ts';
import { Registered } from './registered.ts';

const random = seededRandom(3);
const ids = Array.from({ length: 40 }, () => newNodeId(random));
const at = (i: number): NodeId => ids[i] as NodeId;

describe('the list of the rendezvous', () => {
  it('tells the newcomers of each list, the newest first', () => {
    const registered = new Registered();
    expect(registered.update(ids.slice(0, 2), 0)).toEqual([at(1), at(0)]);
    expect(registered.update(ids.slice(0, 4), 0)).toEqual([at(3), at(2)]);
    expect(registered.update(ids.slice(0, 4), 0)).toEqual([]);
  });

  it('takes one that went and came back for a newcomer', () => {
    const registered = new Registered();
    registered.update(ids.slice(0, 3), 0);
    registered.remove(at(1));
    expect(registered.update([at(0), at(2)], 0)).toEqual([]);
    expect(registered.update([at(0), at(2), at(1)], 0)).toEqual([at(1)]);
    registered.remove(at(2));
    expect(registered.update([at(0), at(2), at(1)], 0)).toEqual([at(2)]);
  });

  it('says since when each has been on it without a break, also where the list is another one', () => {
    const registered = new Registered();
    registered.update([at(0), at(1)], 10);
    registered.update([at(0), at(1), at(2)], 20);
    registered.update([at(3), at(2), at(1)], 30);
    expect([0, 1, 2, 3].map((i) => registered.since(at(i)))).toEqual([undefined, 10, 20, 30]);
    registered.remove(at(1));
    registered.update([at(3), at(2), at(1)], 40);
    expect(registered.since(at(1))).toBe(40);
  });

  it('knows exactly who is on the last list, whatever the lists were before', () => {
    const list = fc.uniqueArray(fc.nat(39), { maxLength: 15 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 8 }), (lists) => {
        const registered = new Registered();
        for (const indices of lists) registered.update(indices.map(at), 0);
        const last = lists.at(-1) ?? [];
        expect(registered.size).toBe(last.length);
        for (let i = 0; i < 40; i++) expect(registered.has(at(i))).toBe(last.includes(i));
      }),
      { seed: 4 },
    );
  });

  it('picks different ones that are wanted, the newest among them', () => {
    const registered = new Registered();
    registered.update(ids, 0);
    const picked = registered.pick(4, (id) => id !== at(39), random);
    expect(new Set(picked).size).toBe(4);
    expect(picked).toContain(at(38));
    expect(picked).not.toContain(at(39));
  });

  it('gives every one of them a chance in the end', () => {
    const registered = new Registered();
    registered.update(ids, 0);
    const seen = new Set<NodeId>();
    for (let i = 0; i < 400; i++) for (const id of registered.pick(2, () => true, random)) seen.add(id);
    expect(seen.size).toBe(40);
  });

  it('does not pick who is gone', () => {
    const registered = new Registered();
    registered.update(ids.slice(0, 2), 0);
    registered.remove(at(1));
    expect(registered.pick(5, () => true, random)).toEqual([at(0)]);
  });

  it('keeps the newest 4,096 of a longer list, and names few newcomers of it', () => {
    const registered = new Registered();
    const many = Array.from({ length: MAX_REGISTERED + 100 }, () => newNodeId(random));
    expect(registered.update(many, 0)).toHaveLength(MAX_NEWCOMERS);
    expect(registered.size).toBe(MAX_REGISTERED);
    expect(registered.has(many.at(-1) as NodeId)).toBe(true);
  });
});
