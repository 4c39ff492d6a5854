import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { type ControlValue, decodeControl, encodeControl, MAX_BODY_BYTES } from './index.ts';

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

/** Another implementation, set to plain values. */
const peer = new Packr({ useRecords: false, int64AsType: 'number', moreTypes: false });

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

  it('has the bytes that another implementation gives it, in every size of number, text, bytes, list and map', () => {
    const sizes = [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536];
    const sized = (size: number): ControlValue[] => [
      'x'.repeat(size),
      'é'.repeat(size),
      new Uint8Array(size),
      Array.from({ length: size }, () => true),
      Object.fromEntries(Array.from({ length: Math.min(size, 65_535) }, (_, i) => [`k${i}`, null])),
      ...[size, 0 - size, size * 65_536, 0 - size * 65_536, size / 3, size * 2 ** 40], // no -0
    ];
    const edges = [
      -32,
      -33,
      -128,
      -129,
      -32_768,
      -32_769,
      -(2 ** 31),
      -(2 ** 31) - 1,
      127,
      128,
      NaN,
      Infinity,
    ];
    const limits = { maxBytes: 1 << 20, maxDepth: 8, maxElements: 1 << 20 };
    const values = [...sizes.flatMap(sized), ...edges, '\ufeffmarked', '👩‍🚀'];
    for (const value of values) {
      const bytes = encodeControl(value, limits);
      expect(Buffer.compare(bytes, peer.pack(value)), JSON.stringify(value)?.slice(0, 40)).toBe(0);
      expect(plain(decodeControl(bytes, limits).value)).toEqual(plain(value));
    }
    fc.assert(
      fc.property(controlValues, (value) => {
        const bytes = encodeControl(value);
        expect(Buffer.compare(bytes, peer.pack(value))).toBe(0);
        expect(plain(decodeControl(bytes).value)).toEqual(plain(peer.unpack(bytes)));
      }),
    );
  });

  it.each([
    ['cd0001', 1],
    ['cf0000000100000002', 4_294_967_298],
    ['cfffffffffffffffff', 2 ** 64],
    ['d0ff', -1],
    ['d1ff7f', -129],
    ['d3ffffffffffffffff', -1],
    ['d38000000000000001', -(2 ** 63)],
    ['ca3fc00000', 1.5],
    ['d90141', 'A'],
    ['da000141', 'A'],
    ['db0000000141', 'A'],
    ['a3efbbbf', '\ufeff'],
    ['a1ff', '\ufffd'],
    ['c600000001ff', [255]],
    ['dd0000000101', [1]],
    ['81a16101', { a: 1 }],
    ['df00000001d9016101', { a: 1 }],
  ])('is read in every form that msgpack has for it: %s', (hex, value) => {
    expect(plain(decodeControl(Buffer.from(hex, 'hex')).value)).toEqual(value);
  });

  it.each([
    ['undefined', { left: undefined }],
    ['a hole', new Array(2)],
    ['a big integer', 1n],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['floats', new Float32Array(1)],
  ])('is not made of %s', (_, value) => {
    expect(() => encodeControl(value as ControlValue)).toThrow(/bad-type/);
  });

  it('may be a map of more fields than two bytes count', () => {
    const limits = { maxBytes: 1 << 20, maxDepth: 1, maxElements: 1 << 20 };
    const map = Object.fromEntries(Array.from({ length: 65_536 }, (_, i) => [`k${i}`, null]));
    expect(decodeControl(encodeControl(map, limits), limits).value).toEqual(map);
  });

  it('that holds itself is refused', () => {
    const list: unknown[] = [];
    list.push(list);
    const map: { self?: unknown } = {};
    map.self = map;
    for (const value of [list, map]) expect(() => encodeControl(value as ControlValue)).toThrow(/too-deep/);
  });

  it('is written within the limits by which it is read', () => {
    const small = { maxBytes: 20, maxDepth: 2, maxElements: 5 };
    expect(encodeControl('x'.repeat(19), small)).toHaveLength(20);
    expect(() => encodeControl('x'.repeat(20), small)).toThrow(/too-long/);
    expect(() => encodeControl(new Uint8Array(19), small)).toThrow(/too-long/);
    expect(() => encodeControl([[[]]], small)).toThrow(/too-deep/);
    expect(() => encodeControl([{ a: {} }], small)).toThrow(/too-deep/);
    expect(() => encodeControl([1, 2, 3, 4, 5], small)).toThrow(/too-many/);
    expect(encodeControl({ ['k'.repeat(64)]: 1 })).toHaveLength(70);
    expect(() => encodeControl({ ['k'.repeat(65)]: 1 })).toThrow(/bad-key/);
    expect(() => encodeControl({ ['é'.repeat(33)]: 1 })).toThrow(/bad-key/);
    expect(() => encodeControl(JSON.parse('{"__proto__":1}'))).toThrow(/bad-key/);
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
    ['truncated', [0xcb, 0, 0, 1]],
    ['truncated', [0x92, 0xa2, 0x61]],
    ['truncated', [0x81, 0xa1]],
    ['truncated', [0x82, 0xa1, 0x61, 0xc0]],
    ['truncated', []],
    ['trailing-bytes', [0xc0, 0xc0]],
    ['bad-type', [0xd4, 0x72, 0x40]], // msgpackr's record extension
    ['bad-type', [0xc7, 0, 1]], // any other extension
    ['bad-type', [0xc1]],
    ['bad-key', [0x81, 0x01, 0x01]], // a map keyed by a number
    ['bad-key', [0x81, 0xd9, 65, ...new Array<number>(66).fill(0x61)]], // a key of 65 bytes
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
    expect(decodeControl(Uint8Array.of(0x93, 0xc1, 0xc1, 0xc1), { ...wide, maxElements: 3 })).toEqual({
      problem: 'too-many',
    });
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
    expect(decodeControl(bytes)).toEqual({ problem: 'bad-key' });
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
