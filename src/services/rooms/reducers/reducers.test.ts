/** The reducers that ship with rooms, by the updates that people make and those that nobody should. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorId, Plain, Reducer, UpdateHash, UpdateMeta } from '../contract.ts';
import { chatReducer, MAX_CHAT_LINES, MAX_CHAT_TEXT } from './chat.ts';
import { fieldsReducer } from './fields.ts';
import { type ListEntry, listReducer, placeAt } from './list.ts';
import { MAX_CHOICE, tally, votesReducer } from './votes.ts';

const [ANN, BOB] = ['a'.repeat(64), 'b'.repeat(64)] as [AuthorId, AuthorId];

let count = 0;
const meta = (author: AuthorId = ANN): UpdateMeta => {
  count++;
  return { hash: count.toString(16).padStart(64, '0') as UpdateHash, author, claimedAtMs: count };
};

/** One update after the other, each with its author. */
function played<State extends Plain, Update extends Plain>(
  reducer: Reducer<State, Update>,
  initial: State,
  updates: readonly (readonly [AuthorId, Update])[],
): State {
  return updates.reduce((state, [author, update]) => reducer.reduce(state, update, meta(author)), initial);
}

const refused = expect.objectContaining({ code: 'refused-update' });

describe('a chat', () => {
  const said = played(
    chatReducer,
    [],
    [
      [ANN, { say: 'hello' }],
      [BOB, { say: 'hi' }],
    ],
  );

  it('is what was said, in order, with who and when', () => {
    expect(said).toMatchObject([
      { author: ANN, text: 'hello', isEdited: false },
      { author: BOB, text: 'hi' },
    ]);
    expect(said[0]?.atMs).toBeLessThan(said[1]?.atMs ?? 0);
  });

  it('lets each author change and remove its own lines, and nobody else’s', () => {
    const [first, second] = said;
    if (!first || !second) throw new Error('unreachable');
    const edited = chatReducer.reduce(said, { edit: first.id, text: 'good morning' }, meta());
    expect(edited[0]).toEqual({ ...first, text: 'good morning', isEdited: true });
    expect(chatReducer.reduce(said, { remove: second.id }, meta(BOB))).toEqual([first]);
    expect(() => chatReducer.reduce(said, { edit: second.id, text: 'no' }, meta())).toThrow(refused);
    expect(() => chatReducer.reduce(said, { remove: second.id }, meta())).toThrow(/somebody else/);
    expect(() => chatReducer.reduce([first], { remove: second.id }, meta(BOB))).toThrow(/not there/);
  });

  it('keeps the newest lines, and takes no endless ones', () => {
    let lines = said;
    for (let i = 0; i < MAX_CHAT_LINES; i++) lines = chatReducer.reduce(lines, { say: `${i}` }, meta());
    expect([lines.length, lines[0]?.text]).toEqual([MAX_CHAT_LINES, '0']);
    const long = 'x'.repeat(MAX_CHAT_TEXT);
    expect(chatReducer.reduce([], { say: long }, meta())).toHaveLength(1);
    expect(() => chatReducer.reduce([], { say: `${long}x` }, meta())).toThrow(refused);
    expect(() => chatReducer.reduce([], { say: '' }, meta())).toThrow(refused);
  });
});

describe('fields', () => {
  it('have the value that was written last, and are taken away by name', () => {
    const state = played(fieldsReducer, { kept: 1 }, [
      [ANN, { set: { look: 'dawn', exposure: 1 } }],
      [BOB, { set: { exposure: 2 }, remove: ['look'] }],
    ]);
    expect(state).toEqual({ kept: 1, exposure: 2 });
  });
});

describe('a list', () => {
  const listOf = (...values: string[]): readonly ListEntry[] =>
    values.reduce<readonly ListEntry[]>(
      (list, value) => listReducer.reduce(list, { insert: value, after: placeAt(list, list.length) }, meta()),
      [],
    );
  const values = (list: readonly ListEntry[]): readonly Plain[] => list.map(({ value }) => value);
  const idOf = (list: readonly ListEntry[], value: string): UpdateHash => {
    const found = list.find((entry) => entry.value === value);
    if (!found) throw new Error(`there is no ${value}`);
    return found.id;
  };

  it('has entries where they were put, moved, changed and removed', () => {
    const list = listOf('a', 'b', 'c');
    expect(values(list)).toEqual(['a', 'b', 'c']);
    expect(values(listReducer.reduce(list, { insert: 'x', after: placeAt(list, 1) }, meta()))).toEqual([
      ...['a', 'x', 'b', 'c'],
    ]);
    expect(values(listReducer.reduce(list, { insert: 'x', after: [] }, meta()))[0]).toBe('x');
    const c = idOf(list, 'c');
    expect(values(listReducer.reduce(list, { move: c, after: [] }, meta()))).toEqual(['c', 'a', 'b']);
    expect(values(listReducer.reduce(list, { set: c, value: 'd' }, meta()))).toEqual(['a', 'b', 'd']);
    expect(values(listReducer.reduce(list, { remove: c }, meta()))).toEqual(['a', 'b']);
  });

  it('puts what lost its neighbour behind the one before', () => {
    const list = listOf('a', 'b', 'c');
    const place = placeAt(list, 2);
    const without = listReducer.reduce(list, { remove: idOf(list, 'b') }, meta());
    expect(values(listReducer.reduce(without, { insert: 'x', after: place }, meta()))).toEqual([
      'a',
      'x',
      'c',
    ]);
  });

  it('has each entry once, whatever is moved behind what', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(10)), { maxLength: 20 }), (moves) => {
        let list = listOf(...'abcdefghij');
        for (const [from, to] of moves) {
          const entry = list[from];
          if (entry) list = listReducer.reduce(list, { move: entry.id, after: placeAt(list, to) }, meta());
        }
        expect([...values(list)].sort()).toEqual([...'abcdefghij']);
      }),
    );
  });

  it('refuses a change of what is gone, and a place that is none', () => {
    const list = listOf('a');
    const gone = meta().hash;
    for (const update of [
      { move: gone, after: [] },
      { set: gone, value: 1 },
      { remove: gone },
      { insert: 1, after: 'a' },
      { insert: 1, after: Array.from({ length: 9 }, () => gone) },
    ]) {
      expect(() => listReducer.reduce(list, update as never, meta())).toThrow(refused);
    }
  });
});

describe('a vote', () => {
  it('is one for each author, who may change it or take it back', () => {
    const votes = played(votesReducer, {}, [
      [ANN, { vote: 'dawn' }],
      [BOB, { vote: 'dusk' }],
      [ANN, { vote: 'dusk' }],
    ]);
    expect(tally(votes)).toEqual([{ choice: 'dusk', authors: [ANN, BOB] }]);
    const left = votesReducer.reduce(votes, { vote: null }, meta(BOB));
    expect(left).toEqual({ [ANN]: 'dusk' });
    expect(tally({ ...left, [BOB]: 'dawn' }).map(({ choice }) => choice)).toEqual(['dawn', 'dusk']);
    expect(() => votesReducer.reduce({}, { vote: 'x'.repeat(MAX_CHOICE + 1) }, meta())).toThrow(refused);
  });
});

it('what is no update of theirs does nothing', () => {
  const all = [chatReducer, fieldsReducer, listReducer, votesReducer] as unknown;
  for (const reducer of all as readonly Reducer<never, never>[]) {
    const initial = reducer === (fieldsReducer as unknown) || reducer === (votesReducer as unknown) ? {} : [];
    fc.assert(
      fc.property(fc.anything(), (update) => {
        try {
          reducer.reduce(initial as never, update as never, meta());
        } catch (error) {
          expect(error).toMatchObject({ code: 'refused-update' });
        }
      }),
    );
    expect(() => reducer.reduce(initial as never, 'say' as never, meta())).toThrow(refused);
  }
});
