import { beforeEach, describe, expect, it } from 'vitest';
import { Dag } from './dag.ts';
import { TestRoom } from './room.testing.ts';
import type { Update } from './update.ts';

const room = new TestRoom();
const [ann, bob] = [room.author(), room.author()];
const a1 = room.update(ann, 'a1');
const b1 = room.update(bob, 'b1');
const a2 = room.after([a1, b1], ann, 'a2', 2);
const b2 = room.after([a1], bob, 'b2', 2);
const a3 = room.after([a2], ann, 'a3', 3);

let dag: Dag;
const add = (...updates: Update[]): string[] =>
  updates.flatMap((one) => dag.add(one).accepted.map(({ payload }) => `${payload}`));

describe('the updates of a room', () => {
  beforeEach(() => {
    dag = new Dag(room.keyring.first.id);
  });

  it('are in with all that came before them, in whatever order they come', () => {
    expect(add(a3)).toEqual([]);
    expect(add(a2, b1)).toEqual(['b1']);
    expect(dag.waiting).toBe(2);
    expect(add(a1)).toEqual(['a1', 'a2', 'a3']);
    expect([dag.waiting, dag.size]).toEqual([0, 4]);
  });

  it('are in once', () => {
    expect(add(a1, a1)).toEqual(['a1']);
    expect(add(a3, a3)).toEqual([]);
    expect(add(b1, a2)).toEqual(['b1', 'a2', 'a3']);
  });

  it('are named by those that nothing follows', () => {
    add(a1, b1);
    expect(dag.heads).toEqual(new Set([a1.hash, b1.hash]));
    add(a2, b2);
    expect(dag.heads).toEqual(new Set([a2.hash, b2.hash]));
  });

  it('do not lie about their depth, and nothing follows from what does', () => {
    const liar = room.update(ann, 'deep', { number: 2, depth: 3, parents: [a1.hash] });
    const shallow = room.update(ann, 'shallow', { number: 3, depth: 2, parents: [a1.hash, a2.hash] });
    add(a1, b1, a2);
    for (const one of [liar, shallow]) {
      expect(dag.add(one)).toEqual({
        accepted: [],
        expired: [],
        refused: [{ update: one, reason: 'an update lies about its depth' }],
      });
    }
    expect(add(room.after([liar], bob, 'after', 2))).toEqual([]);
    expect(dag.has(liar.hash)).toBe(false);
  });

  it('lie no less for having waited', () => {
    const liar = room.update(ann, 'deep', { number: 2, depth: 3, parents: [a1.hash] });
    add(liar);
    expect(dag.add(a1).refused).toHaveLength(1);
    expect(dag.waiting).toBe(0);
  });

  it('are one deeper than their parents', () => {
    add(a1, b1, a2, b2);
    expect([dag.depthAfter([]), dag.depthAfter([a1.hash]), dag.depthAfter([b1.hash, a2.hash])]).toEqual([
      1, 2, 3,
    ]);
  });

  it('are told from what somebody has who knows some of them', () => {
    add(a1, b1, a2, b2);
    expect(dag.ancestryOf([b2.hash, a3.hash])).toEqual(new Set([b2.hash, a1.hash]));
    expect(dag.isIn(a1.hash, [b2.hash])).toBe(true);
    expect(dag.isIn(b1.hash, [b2.hash])).toBe(false);
    expect(dag.isIn(b2.hash, [a2.hash, b2.hash])).toBe(true);
    expect(dag.isIn(a3.hash, [a3.hash])).toBe(false);
  });

  it('wait in bounded number and size, the newest rather than the oldest', () => {
    const orphans = Array.from({ length: 1030 }, (_, i) =>
      room.update(ann, i, { number: i + 1, depth: 2, parents: [b1.hash] }),
    );
    add(...orphans);
    expect(dag.waiting).toBe(1024);
    expect(add(b1).sort()).toEqual(['b1', ...orphans.slice(6).map(({ payload }) => `${payload}`)].sort());
    const large = Array.from({ length: 11 }, (_, i) =>
      room.update(bob, 'x'.repeat(200_000 + i), { number: 2, depth: 2, parents: [a1.hash] }),
    );
    add(...large);
    expect(dag.waiting).toBe(10);
  });

  it('takes what follows from what is closed, no deeper than that could be, and what is closed itself no more', () => {
    const dag = new Dag(room.keyring.first.id);
    const a2 = room.after([a1], ann, 'a2', 2);
    for (const one of [a1, a2]) dag.add(one);
    const closed = new Map([[a1.writer, 2]]);
    expect(dag.reset({ closed, depth: 2, epoch: room.keyring.first.id })).toEqual([a1, a2]);
    dag.add(a1);
    expect(dag.size).toBe(0);
    const late = room.after([a1], bob, 'late', 2);
    const deep = room.update(bob, 'deep', { number: 3, depth: 3 + 2 ** 24 });
    for (const one of [late, deep]) dag.add(one);
    expect([[...dag.heads], dag.waiting]).toEqual([[late.hash], 1]);
    expect(dag.depthAfter([])).toBe(3);
  });
});
