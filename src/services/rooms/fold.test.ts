import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../mesh/index.ts';
import type { Plain } from './contract.ts';
import { comesBefore, Dag } from './dag.ts';
import { Fold } from './fold.ts';
import { noting, TestRoom } from './room.testing.ts';
import type { RoomReducer } from './states.ts';
import type { Update } from './update.ts';

const room = new TestRoom();
const authors = [room.author(), room.author(), room.author()];
const [ann, bob] = authors as [Identity, Identity];
const reducer = noting as unknown as RoomReducer;
const newFold = (maxBytes = 1_000_000): Fold => new Fold({ reducer, initial: [], maxBytes });

interface Step {
  readonly author: number;
  /** Which of the updates so far are the parents: a seed for each. */
  readonly parents: readonly number[];
  readonly text: string;
  /** Uses a number that it has used. */
  readonly isEquivocal: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  author: fc.nat(2),
  parents: fc.array(fc.nat(), { maxLength: 3 }),
  text: fc.constantFrom('a', 'b', '!refused', 'x'.repeat(30)),
  isEquivocal: fc.boolean(),
});

function updatesOf(steps: readonly Step[]): Update[] {
  const updates: Update[] = [];
  const numbers = [0, 0, 0];
  for (const [i, { author, parents, text, isEquivocal }] of steps.entries()) {
    const before = new Set(parents.flatMap((seed) => updates[seed % Math.max(1, updates.length)] ?? []));
    const last = numbers[author] ?? 0;
    const number = isEquivocal && last > 0 ? last : last + 1;
    numbers[author] = number;
    updates.push(room.after([...before], authors[author] as Identity, `${text}${i}`, number));
  }
  return updates;
}

/** The definition: sort, then reduce one after the other. */
function sequentially(updates: readonly Update[], maxBytes: number): Plain {
  const seen = new Set<string>();
  let state: readonly string[] = [];
  for (const { author, number, payload } of [...updates].sort((a, b) => (comesBefore(a, b) ? -1 : 1))) {
    const text = payload as string;
    const name = `${author} ${number}`;
    const next = [...state, text];
    const bytes = 2 + next.reduce((sum, one) => sum + 2 + one.length, 0);
    if (!seen.has(name) && !text.startsWith('!') && bytes <= maxBytes) state = next;
    seen.add(name);
  }
  return state;
}

describe('the state of a room', () => {
  it('is that of a sequential reduce, whatever order its updates come in, looked at or not (R1, R4)', () => {
    const limit = fc.constantFrom(70, 1_000);
    const given = fc.array(step, { maxLength: 40 }).chain((steps) =>
      fc.tuple(
        fc.constant(steps),
        fc.shuffledSubarray(
          steps.map((_, i) => i),
          { minLength: steps.length },
        ),
        fc.array(fc.boolean(), { minLength: steps.length, maxLength: steps.length }),
        limit,
      ),
    );
    fc.assert(
      fc.property(given, ([steps, order, looks, maxBytes]) => {
        const updates = updatesOf(steps);
        const dag = new Dag(room.keyring.first.id);
        const fold = newFold(maxBytes);
        for (const [i, place] of order.entries()) {
          for (const one of dag.add(updates[place] as Update).accepted) fold.insert(one);
          if (looks[i]) expect(fold.state).toEqual(sequentially(fold.order, maxBytes));
          const last = fold.order.at(-1);
          if (last) expect(fold.at(last)).toEqual(sequentially(fold.order, maxBytes));
        }
        expect(dag.size).toBe(updates.length);
        expect(fold.state).toEqual(sequentially(updates, maxBytes));
        for (const update of updates) {
          const upTo = updates.filter((one) => one === update || comesBefore(one, update));
          expect(fold.at(update)).toEqual(sequentially(upTo, maxBytes));
        }
      }),
    );
  });

  it('is folded again from near where an old update comes in, not from the beginning', () => {
    let calls = 0;
    const counting: RoomReducer = { name: 'counting', reduce: (state) => ++calls && Number(state) + 1 };
    const fold = new Fold({ reducer: counting, initial: 0, maxBytes: 100 });
    let last: Update | undefined;
    for (let i = 1; i <= 1000; i++) {
      last = room.after(last ? [last] : [], ann, i, i);
      fold.insert(last);
      expect(fold.state).toBe(i);
    }
    calls = 0;
    fold.insert(room.after([fold.order[995] as Update], bob, 'near', 3));
    expect(fold.state).toBe(1001);
    expect(calls).toBeLessThanOrEqual(6);
    const fork = fold.order[979] as Update;
    calls = 0;
    fold.insert(room.after([fork], bob, 'late', 1));
    expect(fold.state).toBe(1002);
    expect(calls).toBeLessThanOrEqual(24);
    calls = 0;
    fold.insert(room.after([], bob, 'older', 2));
    expect(fold.state).toBe(1003);
    expect(calls).toBeLessThanOrEqual(1004);
  });

  it('is kept for few of the updates: all of the newest, fewer and fewer of the older', () => {
    const fold = newFold();
    let last: Update | undefined;
    for (let i = 1; i <= 1000; i++) {
      last = room.after(last ? [last] : [], ann, '', i);
      fold.insert(last);
      if (i % 7 === 0) expect(fold.state).toHaveLength(i);
    }
    expect(fold.kept).toBeLessThan(80);
  });

  it('says which updates do nothing, once each, and why', () => {
    const fold = newFold(20);
    const thrown = room.update(ann, '!no');
    const large = room.update(bob, 'x'.repeat(30));
    const [first, second] = [room.update(ann, 'p', { number: 2 }), room.update(ann, 'q', { number: 2 })];
    for (const one of [thrown, large, first, second]) fold.insert(one);
    const noOps = fold.takeNoOps();
    const later = comesBefore(first, second) ? second : first;
    const problemOf = (update: Update) => noOps.find((one) => one.update === update)?.error.message;
    expect(problemOf(thrown)).toBe('!no');
    expect(problemOf(large)).toMatch(
      /^the state after this update would be 3\d bytes, and at most 20 are allowed: write an update that takes something out of the room first$/,
    );
    expect(problemOf(later)).toBe('its author used its number twice');
    expect(noOps).toHaveLength(3);
    expect([first, second].map((one) => fold.isEquivocal(one)).sort()).toEqual([false, true]);
    fold.insert(room.update(bob, 'r', { number: 2 }));
    expect(fold.takeNoOps()).toEqual([]);
  });

  it('has what its author had to say again once, and blames nobody for it, but for another thing taken back', () => {
    const fold = newFold();
    const said = room.update(ann, 'a', { number: 3 });
    const again = room.after([room.update(bob, 'b')], ann, 'a', 3);
    const undoes = (number: number): Update =>
      room.update(ann, null, { number: 4, depth: 9, undoes: { session: 1, number }, claimedAtMs: number });
    for (const one of [said, again, undoes(2)]) fold.insert(one);
    expect([fold.state, fold.takeNoOps()]).toEqual([['a'], []]);
    fold.insert(undoes(1));
    expect(fold.takeNoOps()).toHaveLength(1);
  });

  it.each<[string, RoomReducer['reduce']]>([
    [
      'throws something that is no error',
      () => {
        throw 'no';
      },
    ],
    ['answers with what cannot be kept', () => Number.NaN],
    ['answers with nothing', () => undefined as unknown as Plain],
    [
      'changes the state that it is given',
      (state) => {
        (state as number[]).push(1);
        return state;
      },
    ],
    [
      'changes the update',
      (state, update) => {
        (update as { a: number }).a = 2;
        return state;
      },
    ],
  ])('is as before when the reducer %s', (_, reduce) => {
    const fold = new Fold({
      reducer: { name: 'bad', reduce },
      initial: Object.freeze([]) as Plain,
      maxBytes: 100,
    });
    const update = room.update(ann, { a: 1 });
    expect(fold.tryNext(update)).toBeInstanceOf(Error);
    fold.insert(update);
    expect(fold.state).toEqual([]);
    expect(fold.takeNoOps()).toHaveLength(1);
  });
});
