import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ControlValue, decodeControl, encodeControl, MAX_BODY_BYTES } from './index.ts';

fc.configureGlobal({ seed: 1 });

const controlValues: fc.Arbitrary<ControlValue> = fc.letrec<{ value: ControlValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((value) => value + 0), // msgpack's integers know no -0
    fc.string(),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 12 }).filter((key) => key !== '__proto__'),
      tie('value'),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

/** Buffers and plain Uint8Arrays compare alike. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

describe('a control body', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(controlValues, (value) => {
        const decoded = decodeControl(encodeControl(value));
        expect(decoded.problem).toBeUndefined();
        expect(plain(decoded.value)).toEqual(plain(value));
      }),
    );
  });

  it('never throws and never reaches for memory, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void decodeControl(bytes)),
      { numRuns: 3000 },
    );
  });

  it('survives flipped and missing bytes in a valid body', () => {
    fc.assert(
      fc.property(controlValues, fc.array(fc.tuple(fc.nat(), fc.nat(255))), fc.nat(), (value, flips, cut) => {
        const bytes = Uint8Array.from(encodeControl(value));
        for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
        decodeControl(bytes.subarray(0, cut % (bytes.length + 1)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['truncated', [0xdd, 0xff, 0xff, 0xff, 0xff]], // an array that announces 2^32 - 1 elements
    ['truncated', [0xdf, 0x7f, 0xff, 0xff, 0xff, 0xa1, 0x61]], // a map likewise
    ['truncated', [0xc6, 0xff, 0xff, 0xff, 0xff, 1]], // bytes likewise
    ['truncated', [0xdb, 0, 0, 1]],
    ['truncated', []],
    ['trailing-bytes', [0xc0, 0xc0]],
    ['bad-type', [0xd4, 0x72, 0x40]], // msgpackr's record extension
    ['bad-type', [0xc7, 0, 1]], // any other extension
    ['bad-type', [0xc1]],
    ['bad-key', [0x81, 0x01, 0x01]], // a map keyed by a number
    ['too-deep', new Array<number>(20).fill(0x91)],
  ] as const)('is refused as %s: %o', (problem, bytes) => {
    expect(decodeControl(Uint8Array.from(bytes))).toEqual({ problem });
  });

  it('is refused when it is longer than a frame', () => {
    expect(decodeControl(new Uint8Array(MAX_BODY_BYTES + 1))).toEqual({ problem: 'too-long' });
    expect(() => encodeControl('x'.repeat(MAX_BODY_BYTES))).toThrow(/too-long/);
  });

  it('is refused by the number of its elements before any of them is made', () => {
    // A list of sixteen million empty maps: as objects more than a gigabyte.
    const bomb = new Uint8Array(16 * 1024 * 1024).fill(0x80);
    bomb.set([0xdd, 0x00, 0xff, 0xff, 0xfb]);
    const wide = { maxBytes: bomb.length, maxDepth: 8, maxElements: 16_384 };
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20; i++) expect(decodeControl(bomb, wide)).toEqual({ problem: 'too-many' });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('counts elements over all its lists, not one by one', () => {
    const limits = { maxBytes: 1000, maxDepth: 4, maxElements: 9 };
    const rows = (count: number) => encodeControl(Array.from({ length: count }, () => [1, 2, 3]));
    expect(decodeControl(rows(2), limits).problem).toBeUndefined(); // 1 + 2 + 6
    expect(decodeControl(rows(3), limits)).toEqual({ problem: 'too-many' });
    expect(() => encodeControl([[1, 2, 3], [4, 5], [6], []], limits)).toThrow(/too-many/);
  });

  it('is held to the depth and the length that its reader allows', () => {
    const bytes = encodeControl([[[1]]]);
    expect(decodeControl(bytes, { maxBytes: 4, maxDepth: 2, maxElements: 10 })).toEqual({
      problem: 'too-deep',
    });
    expect(decodeControl(bytes, { maxBytes: 3, maxDepth: 3, maxElements: 10 })).toEqual({
      problem: 'too-long',
    });
  });

  it('cannot reach a prototype through a key', () => {
    const bytes = Uint8Array.from([
      0x81,
      0xa9,
      ...new TextEncoder().encode('__proto__'),
      0x81,
      0xa1,
      0x78,
      1,
    ]);
    const decoded = decodeControl(bytes);
    expect((decoded.value as { x?: unknown } | undefined)?.x).toBeUndefined();
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
