/** A reducer that changes a map in place is folded to the same states as one that copies it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePlain } from './canonical.ts';
import type { MapDraft, Plain } from './contract.ts';
import { comesBefore } from './dag.ts';
import { Fold } from './fold.ts';
import { mapReducer } from './reducers/map-reducer.ts';
import { TestRoom } from './room.testing.ts';
import type { RoomReducer } from './states.ts';
import type { Undoes, Update } from './update.ts';

type Change = { readonly set?: readonly (readonly [string, Plain])[]; readonly remove?: readonly string[] };

const room = new TestRoom();
const ann = room.author();
const bob = room.author();

/** Refuses, having changed something, where `no` is set. */
const inPlace = mapReducer<Plain, Change>('pairs/1', (map, { set = [], remove = [] }) => {
  for (const key of remove) map.delete(key);
  for (const [key, value] of set) {
    map.set(key, value);
    if (key === 'no') throw new Error('refused');
  }
}) as unknown as RoomReducer;
const copying: RoomReducer = { name: inPlace.name, reduce: inPlace.reduce };

const newFold = (reducer: RoomReducer, maxBytes = 1_000): Fold =>
  new Fold({ reducer, initial: Object.freeze({ begun: 1 }) as Plain, maxBytes });

/** Names that JavaScript walks in another order than that of their texts, and one that is none. */
const key = fc.constantFrom('a', 'b', 'é', '10', '9', 'no', '__proto__', '\ud800', 'begun');
const value: fc.Arbitrary<Plain> = fc.oneof(
  fc.integer(),
  fc.constant('x'.repeat(60)),
  fc.constant({ z: [1], a: null }),
);
const change: fc.Arbitrary<Change> = fc.record({
  set: fc.array(fc.tuple(key, value), { maxLength: 3 }),
  remove: fc.array(key, { maxLength: 2 }),
});

const isReadable = (one: Change): boolean => {
  try {
    encodePlain(one as Plain);
    return true;
  } catch {
    return false;
  }
};

describe('a map that is changed in place', () => {
  it('is folded as one that is copied: in any order, over the cap, with what throws and what is undone', () => {
    const step = fc.record({
      change: change.filter(isReadable),
      depth: fc.integer({ min: 1, max: 6 }),
      undoes: fc.option(fc.nat(), { nil: undefined, freq: 5 }),
      isLookedAt: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.constantFrom(90, 1_000), (steps, maxBytes) => {
        const [ours, theirs] = [newFold(inPlace, maxBytes), newFold(copying, maxBytes)];
        for (const [i, { change: payload, depth, undoes: seed, isLookedAt }] of steps.entries()) {
          const undoes: Undoes | undefined =
            seed === undefined || i < 2 ? undefined : { session: 1, number: 1 + (seed % i) };
          const author = i % 5 === 0 ? bob : ann;
          const update = room.update(author, payload as Plain, { number: i + 1, depth, undoes });
          expect(ours.tryNext(update) === undefined).toBe(theirs.tryNext(update) === undefined);
          for (const fold of [ours, theirs]) fold.insert(update);
          if (isLookedAt) expect(encodePlain(ours.state)).toEqual(encodePlain(theirs.state));
        }
        expect(encodePlain(ours.state)).toEqual(encodePlain(theirs.state));
        const noOpsOf = (fold: Fold) => fold.takeNoOps().map(({ update }) => update.hash);
        expect(noOpsOf(ours)).toEqual(noOpsOf(theirs));
        for (const update of ours.order) expect(ours.at(update)).toEqual(theirs.at(update));
        const early = (update: Update): boolean => update.depth < 4;
        expect(ours.stateOf(early)).toEqual(theirs.stateOf(early));
        expect(ours.isRepeatable()).toBe(true);
        expect(Object.keys(ours.state as object)).toEqual(Object.keys(theirs.state as object));
      }),
      { numRuns: 60 },
    );
  });

  it('costs what changes, however much there is and however far back it sorts', () => {
    let changes = 0;
    const counting = mapReducer<Plain, string>('counting/1', (map, name) => {
      changes++;
      map.set(name, 1);
    }) as unknown as RoomReducer;
    const fold = newFold(counting, 1e6);
    const updates = Array.from({ length: 400 }, (_, i) =>
      room.update(ann, `k${i}`, { number: i + 1, depth: i + 1 }),
    );
    for (const update of updates) fold.insert(update);
    expect(Object.keys(fold.state as object)).toHaveLength(401);
    changes = 0;
    const late = room.update(bob, 'late', { depth: 395 });
    fold.insert(late);
    expect(fold.state).toMatchObject({ late: 1, k399: 1 });
    expect(changes).toBe(1 + updates.filter((update) => comesBefore(late, update)).length);
    expect([fold.kept, fold.reductions]).toEqual([402, 0]);
  });

  it('keeps few of what is replaced by something as large, again and again, and goes back all the same', () => {
    const growing = mapReducer<Plain, string>('growing/1', (map, word) => {
      map.set('words', [...((map.get('words') as readonly string[] | undefined) ?? []), word]);
    }) as unknown as RoomReducer;
    const [fold, other] = [
      newFold(growing, 20_000),
      newFold({ name: growing.name, reduce: growing.reduce }, 20_000),
    ];
    const updates = Array.from({ length: 600 }, (_, i) =>
      room.update(ann, `word${i}`, { number: i + 1, depth: i + 1 }),
    );
    for (const update of updates) fold.insert(update);
    expect(Object.keys(fold.state as object)).toEqual(['begun', 'words']);
    expect(fold.kept).toBeLessThan(150);
    const { revision } = fold;
    for (const update of updates) other.insert(update);
    for (const at of [3, 250, 599])
      expect(fold.at(updates[at] as Update)).toEqual(other.at(updates[at] as Update));
    expect(fold.revision).toBe(revision);
    for (const depth of [598, 333, 2]) {
      const late = room.update(bob, `late${depth}`, { depth, number: depth });
      for (const one of [fold, other]) one.insert(late);
      expect(fold.state).toEqual(other.state);
    }
    expect(fold.kept).toBeLessThan(150);
  });

  it('is the same state where nothing came of an update, and frozen', () => {
    const fold = newFold(inPlace);
    const { state, revision } = fold;
    const bad = room.update(ann, { set: [['no', 1]] });
    expect(fold.tryNext(bad)?.message).toBe('refused');
    expect(fold.tryNext(room.update(ann, { set: [['a', 1]] }))).toBeUndefined();
    fold.insert(bad);
    expect(fold.state).toBe(state);
    expect(fold.revision).toBe(revision);
    fold.insert(room.update(ann, { set: [['a', 1]] }, { number: 2, depth: 2 }));
    expect(fold.revision).not.toBe(revision);
    expect(Object.isFrozen(fold.state)).toBe(true);
  });

  it('cannot be changed by who kept what it was given for later', () => {
    let kept: MapDraft | undefined;
    const keeping = mapReducer<Plain, Plain>('keeping/1', (map) => {
      kept ??= map;
    }) as unknown as RoomReducer;
    const fold = newFold(keeping);
    fold.insert(room.update(ann, 1));
    expect(fold.state).toEqual({ begun: 1 });
    expect(() => kept?.set('later', 1)).toThrow(/is over/);
    expect(fold.state).toEqual({ begun: 1 });
  });

  it('is copied where a room began as something else', () => {
    const fold = new Fold({ reducer: inPlace, initial: Object.freeze([7]) as Plain, maxBytes: 100 });
    fold.insert(room.update(ann, { set: [['a', 1]] }));
    expect(fold.state).toEqual({ 0: 7, a: 1 });
  });
});
