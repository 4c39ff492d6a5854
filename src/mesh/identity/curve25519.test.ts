import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../runtime/index.ts';
import { littleEndian, montgomery, ORDER, Point, PointTable, toLittleEndian } from './curve25519.ts';

fc.configureGlobal({ seed: 22 });
const Theirs = ed25519.Point;
const P = 2n ** 255n - 19n;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const BASE = Theirs.BASE.toBytes();
/** One of the four points of order eight. */
const SMALL = fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

const ours = (bytes: Uint8Array): Point => {
  const point = Point.fromBytes(bytes);
  if (!point) throw new Error('no point');
  return point;
};
const theirs = (bytes: Uint8Array): InstanceType<typeof Theirs> | undefined => {
  try {
    return Theirs.fromBytes(bytes);
  } catch {
    return undefined;
  }
};
/** Points of prime order, and those with a part of small order. */
const point = fc.tuple(fc.bigInt(0n, ORDER - 1n), fc.nat(7)).map(([scalar, small]) =>
  Theirs.BASE.multiplyUnsafe(scalar)
    .add(Theirs.fromBytes(SMALL).multiplyUnsafe(BigInt(small)))
    .toBytes(),
);
const scalar = fc.oneof(
  fc.bigInt(0n, ORDER - 1n),
  fc.constantFrom(0n, 1n, 7n, 8n, 9n, ORDER - 1n, 2n ** 252n - 1n),
);

describe('a point of edwards25519, held against @noble/curves', () => {
  it('is read from the same encodings, and only from them', () => {
    const strange = fc.constantFrom(
      0n,
      1n,
      P - 1n,
      P,
      P + 1n,
      2n ** 255n - 1n,
      2n ** 255n,
      2n ** 255n + 1n,
      P - 1n + 2n ** 255n,
    );
    fc.assert(
      fc.property(fc.oneof(bytes32, point, strange.map(toLittleEndian)), (bytes) => {
        expect(Point.fromBytes(bytes)?.toBytes()).toEqual(theirs(bytes)?.toBytes());
      }),
      { numRuns: 300 },
    );
    expect(Point.fromBytes(BASE.subarray(1))).toBeUndefined();
  });

  it('has the same sum, double and opposite', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        const [one, other] = [Theirs.fromBytes(a), Theirs.fromBytes(b)];
        expect(ours(a).plus(ours(b)).toBytes()).toEqual(one.add(other).toBytes());
        expect(ours(a).plus(ours(a)).toBytes()).toEqual(one.double().toBytes());
        expect(ours(a).plus(ours(a).negated()).isZero).toBe(true);
        expect(ours(a).doubled().toBytes()).toEqual(one.double().toBytes());
        expect(ours(a).negated().toBytes()).toEqual(one.negate().toBytes());
      }),
      { numRuns: 50 },
    );
  });

  it('has the same multiples, with a table and without', () => {
    fc.assert(
      fc.property(point, scalar, fc.integer({ min: 2, max: 7 }), (bytes, times, windowBits) => {
        const expected = Theirs.fromBytes(bytes).multiplyUnsafe(times).toBytes();
        expect(ours(bytes).times(times).toBytes()).toEqual(expected);
        expect(new PointTable(ours(bytes), windowBits).times(times).toBytes()).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('knows whether it has a part of small order', () => {
    fc.assert(
      fc.property(point, (bytes) => {
        const one = Theirs.fromBytes(bytes);
        expect(ours(bytes).isOfPrimeOrder).toBe(one.isTorsionFree() && !one.is0());
      }),
      { numRuns: 40 },
    );
    expect(ours(SMALL).isOfPrimeOrder).toBe(false);
    expect(Point.ZERO.isOfPrimeOrder).toBe(false);
  });
});

describe('X25519, held against @noble/curves', () => {
  it('multiplies any u that is no point of small order, also one that is not below p', () => {
    const strange = fc.bigInt(P + 2n, 2n ** 255n - 1n).map(toLittleEndian);
    fc.assert(
      fc.property(bytes32, fc.oneof(bytes32, strange), (secret, u) => {
        expect(montgomery(secret, u)).toEqual(x25519.getSharedSecret(secret, u));
      }),
      { numRuns: 60 },
    );
  });

  it('comes to the value of RFC 7748 after a thousand rounds', () => {
    let k = Uint8Array.of(9, ...new Uint8Array(31));
    let u = k;
    for (let i = 0; i < 1000; i++) [k, u] = [Uint8Array.from(montgomery(k, u)), k];
    expect(toHex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });
});

it('numbers are read from their bytes and written back', () => {
  fc.assert(
    fc.property(bytes32, (bytes) => {
      expect(littleEndian(bytes)).toBe(BigInt(`0x${toHex(bytes.slice().reverse())}`));
      expect(toLittleEndian(littleEndian(bytes))).toEqual(bytes);
    }),
  );
});
