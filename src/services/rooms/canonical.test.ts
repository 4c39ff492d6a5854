import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, decodeSettled, encodePlain } from './canonical.ts';
import type { Plain } from './contract.ts';
import { heightOf, settle, sizeOf } from './plain.ts';

/** Whatever is not `__proto__` may name something. */
const key = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => text !== '__proto__');
const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -0,
      1,
      -1,
      127,
      128,
      -128,
      -129,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2 ** 53,
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('plain'), { maxLength: 4 }),
    fc.dictionary(key, tie('plain'), { maxKeys: 4 }) as fc.Arbitrary<Plain>,
  ),
}));

/** The same, with the keys of every map put in the other way round. */
function reversed(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item as Plain)]),
  );
}

/** Itself, and all that is within. */
function partsOf(value: Plain): readonly Plain[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [value];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

describe('the canonical encoding', () => {
  it('gives back every value as it was, in as many bytes as it said beforehand', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const bytes = encodePlain(value);
        expect(decodePlain(bytes)).toStrictEqual(settle(value));
        expect(bytes.length).toBe(sizeOf(settle(value)));
      }),
    );
  });

  it('gives back what is settled where that is asked for: frozen, and of known size and height', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const read = decodeSettled(encodePlain(value)) ?? null;
        expect(settle(read)).toBe(read);
        expect(read).toStrictEqual(settle(value));
        for (const part of partsOf(read)) {
          expect(Object.isFrozen(part) || part instanceof Uint8Array).toBe(true);
          expect(sizeOf(part)).toBe(encodePlain(part).length);
          expect(heightOf(part)).toBe(heightOf(settle(structuredClone(part))));
        }
      }),
    );
  });

  it.each(['', 'a'.repeat(127), 'a'.repeat(128), `${'a'.repeat(126)}é`, 'é', `\u007f\u0080`])(
    'writes a text as its length and its UTF-8, however short (%j)',
    (text) => {
      const utf8 = new TextEncoder().encode(text);
      const length = utf8.length < 128 ? [utf8.length] : [(utf8.length % 128) + 128, utf8.length >> 7];
      expect(encodePlain([text, true])).toEqual(Uint8Array.of(8, 2, 6, ...length, ...utf8, 2));
    },
  );

  it('is the same in whatever order a map was put together', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(toHex(encodePlain(reversed(value)))).toBe(toHex(encodePlain(value)));
        expect(JSON.stringify(settle(reversed(value)))).toBe(JSON.stringify(settle(value)));
      }),
    );
  });

  it('is the only encoding: what is read from any bytes is written as those bytes', () => {
    const almost = fc.tuple(plain, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = encodePlain(value);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(almost, fc.uint8Array({ maxLength: 12 })), (bytes) => {
        const value = decodePlain(bytes);
        if (value !== undefined) expect(toHex(encodePlain(value))).toBe(toHex(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('has these bytes', () => {
    const value = { b: [1, -1, 300, 0.5, -0], a: 'ä', '10': null, '9': new Uint8Array([7]), c: { d: true } };
    expect(toHex(encodePlain(value))).toBe(
      '0905023130000139070107016106' +
        '02c3a4016208050301040003ac02053fe0000000000000058000000000000000' +
        '01630901016402',
    );
  });

  it.each([
    ['nothing', ''],
    ['a number longer than it need be', '038000'],
    ['a whole number as another', '053ff0000000000000'],
    ['NaN', '057ff8000000000000'],
    ['keys out of order', '090201620001610000'],
    ['a key twice', '0902016100016100'],
    ['a key that sets the prototype', '0901095f5f70726f746f5f5f00'],
    ['bytes behind the value', '0000'],
    ['a text that is no UTF-8', '0601ff'],
    ['a list of more than there is', '08ffffff7f00'],
    ['a number above the safe ones', '0380808080808080808001'],
    ['an unknown tag', '0a'],
    ['nesting without end', `${'0801'.repeat(65)}00`],
  ])('refuses %s', (_, hex) => {
    expect(decodePlain(fromHex(hex))).toBeUndefined();
  });

  it('takes a key like any other that only JavaScript minds', () => {
    expect(decodePlain(encodePlain({ constructor: 1, toString: 2 }))).toStrictEqual({
      constructor: 1,
      toString: 2,
    });
  });
});
