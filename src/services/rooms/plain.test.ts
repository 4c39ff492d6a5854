import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePlain, encodePlain } from './canonical.ts';
import type { Plain } from './contract.ts';
import { heightOf, MAX_PLAIN_DEPTH, settle, sizeOf } from './plain.ts';

const cyclic: unknown[] = [];
cyclic.push(cyclic);

describe('a value taken into a room', () => {
  it('is frozen all through, and not the one that was given', () => {
    const given = { list: [{ a: 1 }] };
    const settled = settle(given) as typeof given;
    expect(
      Object.isFrozen(settled) && Object.isFrozen(settled.list) && Object.isFrozen(settled.list[0]),
    ).toBe(true);
    given.list.push({ a: 2 });
    expect(settled.list).toHaveLength(1);
  });

  it('is not walked again where it was taken in before', () => {
    const settled = settle({ kept: [1, 2], changed: [3] }) as { kept: number[]; changed: number[] };
    const next = settle({ ...settled, changed: [4] }) as typeof settled;
    expect(next.kept).toBe(settled.kept);
    expect(next.changed).toEqual([4]);
  });

  it.each([
    ['NaN', { a: [Number.NaN] }, 'a[0] is NaN'],
    ['undefined', { a: undefined }, 'a is undefined'],
    ['a hole in a list', { a: new Array(1) }, 'a[0] is undefined'],
    ['a function', () => 1, 'the value is a function'],
    ['a date', { at: new Date(0) }, 'at is a Date'],
    ['a map', new Map(), 'the value is a Map'],
    ['half a character', ['\ud800'], '[0] is a text with half a character'],
    ['such a key', { '\udc00': 1 }, 'half a character'],
    ['a key that sets the prototype', JSON.parse('{"__proto__": 1}'), 'named like the prototype'],
    ['a list within itself', cyclic, 'nested too deeply'],
    ['a big integer', 1n, 'a bigint'],
  ])('is not %s, which is said', (_, value, problem) => {
    expect(() => settle(value)).toThrow(problem);
  });

  it('is no deeper than a value may be, also where most of it was taken in before', () => {
    let state = settle('innermost');
    for (let depth = 0; depth < MAX_PLAIN_DEPTH; depth++) state = settle([state]);
    expect(() => settle([state])).toThrow('nested too deeply');
    expect(() => settle({ before: state })).toThrow('nested too deeply');
    expect(decodePlain(encodePlain(state))).toEqual(state);
  });

  it('is the same whatever it is taken for a change of: in bytes, size, height, and frozen', () => {
    const item: fc.Arbitrary<Plain> = fc.letrec<{ plain: Plain }>((tie) => ({
      plain: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Plain>(0, -0, 1, 'a', 'é', null, true),
        fc.array(tie('plain'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', '1', 'constructor'), tie('plain'), {
          maxKeys: 2,
        }) as fc.Arbitrary<Plain>,
      ),
    })).plain;
    const list = fc.array(item, { maxLength: 12 });
    const splice = fc.tuple(fc.nat(12), fc.nat(12), fc.array(item, { maxLength: 3 }));
    fc.assert(
      fc.property(list, fc.array(splice, { maxLength: 4 }), fc.boolean(), (first, splices, isInMap) => {
        const wrapped = (one: readonly Plain[]): Plain => (isInMap ? { kept: 1, list: one } : one);
        let before = settle(wrapped(first));
        for (const [at, count, come] of splices) {
          const was = (isInMap ? (before as { list: Plain }).list : before) as readonly Plain[];
          const next = wrapped(was.toSpliced(at, count, ...come));
          const after = settle(next, before);
          const anew = settle(structuredClone(next));
          expect(encodePlain(after)).toEqual(encodePlain(anew));
          expect([sizeOf(after), heightOf(after)]).toEqual([sizeOf(anew), heightOf(anew)]);
          expect(encodePlain(after)).toHaveLength(sizeOf(after));
          expect(Object.isFrozen(after) && after !== next).toBe(true);
          before = after;
        }
      }),
    );
  });

  it('keeps what is as it was in a list, at its beginning, its end, or further on', () => {
    const before = settle(Array.from({ length: 100 }, (_, i) => ({ i }))) as readonly Plain[];
    const untouched = (value: readonly Plain[]): unknown =>
      (settle(value, before) as readonly Plain[]).filter((one) => before.includes(one)).length;
    expect(untouched([...before.slice(3), { i: 100 }])).toBe(97);
    expect(untouched(before.toSpliced(50, 1, { i: 0 }))).toBe(99);
    expect(() => settle([...before, new Array(1)], before)).toThrow('[100][0] is undefined');
  });

  it('has no size before', () => {
    expect(() => sizeOf([])).toThrow('not settled');
  });
});

it('knows the size of a text before it is encoded, however long and of whatever letters', () => {
  for (const letter of ['a', 'é', '€', '🐜'])
    for (const length of [1, 127, 128, 511, 512, 1_023, 1_024, 40_000]) {
      const text = settle(letter.repeat(length));
      expect(sizeOf(text)).toBe(encodePlain(text).length);
    }
});
