import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, isStride, likelyStride, middleOf, sums } from './strides.ts';

const bytesOf = ({ buffer }: Float32Array | Uint32Array | Uint16Array): Uint8Array => new Uint8Array(buffer);

/** A sheet of waves of 200 x 200 vertices, each of `floats` numbers. */
function vertices(floats: number): Uint8Array {
  const numbers: number[] = [];
  for (let y = 0; y < 200; y++) {
    for (let x = 0; x < 200; x++) {
      const all = [
        x / 50 - 2,
        0.3 * Math.sin(x / 20) * Math.cos(y / 25),
        y / 50 - 2,
        0,
        1,
        0,
        x / 199,
        y / 199,
      ];
      numbers.push(...all.slice(0, floats));
    }
  }
  return bytesOf(Float32Array.from(numbers));
}

const indices = Array.from({ length: 20_000 }, (_, at) => [at, at + 201, at + 1, at + 1, at + 201, at + 202]);
const words = Array.from({ length: 9_000 }, (_, i) => `the ${(i * 7919) % 1_000}th word of a text; `);

describe('differences', () => {
  it('are taken back by sums, of any bytes and stride', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 12 }), (bytes, stride) => {
        expect(sums(differences(bytes, stride), stride)).toEqual(bytes);
      }),
    );
  });

  it('are taken of a view of more, wherever it begins', () => {
    const bytes = vertices(3).subarray(1, 4_098);
    expect(sums(differences(bytes, 3).subarray(0), 3)).toEqual(bytes);
  });

  it('leave what they are taken of as it is, a Buffer of Node too, whose slices are views', () => {
    const bytes = vertices(3);
    const given = Buffer.from(bytes);
    const apart = differences(given, 3);
    expect(given.equals(bytes)).toBe(true);
    expect(given.equals(sums(Buffer.from(apart), 3))).toBe(true);
  });

  it('have the sign in the lowest bit, the lowest bytes in front, and the rest as it is', () => {
    const bytes = Uint8Array.of(5, 0, 0, 0, 3, 0, 0, 0, 3, 1, 0, 0, 77, 78);
    expect([...differences(bytes, 1)]).toEqual([10, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 77, 78]);
  });
});

describe('the likely stride', () => {
  it.each([3, 6, 8])('of vertices of %d numbers is that, or a multiple', (floats) => {
    expect(likelyStride(vertices(floats)) % floats).toBe(0);
    expect(likelyStride(vertices(floats))).toBeGreaterThan(0);
  });

  it.each([
    ['vertices', vertices(3), 0.75],
    ['interleaved vertices', vertices(8), 0.75],
    ['indices', bytesOf(Uint32Array.from(indices.flat())), 0.05],
    ['short indices', bytesOf(Uint16Array.from(indices.flat())), 0.2],
  ])('makes %s deflate to far less', (_, bytes, most) => {
    const plain = deflateSync(bytes).length;
    expect(deflateSync(differences(bytes, likelyStride(bytes))).length).toBeLessThan(most * plain);
  });

  it.each([
    ['text', new TextEncoder().encode(words.join(''))],
    ['nothing', new Uint8Array()],
    ['less than a word', new Uint8Array(3)],
    ['zeros', new Uint8Array(1_000)],
  ])('of %s is none', (_, bytes) => {
    expect(likelyStride(bytes)).toBe(0);
  });
});

it.each([
  [100, 40, 28, 40],
  [100, 42, 28, 40],
  [10, 400, 0, 8],
  [3, 16, 0, 0],
  [0, 16, 0, 0],
])('of %d bytes the middle of at most %d begins at %d and has %d', (bytes, length, start, has) => {
  const middle = middleOf(new Uint8Array(bytes), length);
  expect([middle.byteOffset, middle.length]).toEqual([start, has]);
});

it('no stride is one larger than any that is looked for, nor nothing', () => {
  expect([undefined, 13, 255].some(isStride)).toBe(false);
  expect([0, 1, 12].every(isStride)).toBe(true);
});
