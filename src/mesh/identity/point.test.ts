import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fromHex } from '../../runtime/index.ts';
import { D, ORDER, Point } from './point.ts';

const Theirs = ed25519.Point;
const scalar = fc.bigInt(1n, ORDER - 1n);
/** Of order eight. */
const SMALL = fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
/** One of the group's, and one of all eight of small order added to it. */
const points = fc.tuple(scalar, fc.nat(7)).map(([times, small]) => {
  const bytes = Theirs.BASE.multiply(times)
    .add(Theirs.fromBytes(SMALL).multiplyUnsafe(BigInt(small)))
    .toBytes();
  const ours = Point.fromBytes(bytes);
  if (!ours) throw new Error('not decoded');
  return { ours, theirs: Theirs.fromBytes(bytes) };
});

describe('points of edwards25519, held against @noble/curves', () => {
  it('have the same curve, base and order', () => {
    expect(Point.BASE.toBytes()).toEqual(Theirs.BASE.toBytes());
    expect(ORDER).toBe(Theirs.Fn.ORDER);
    expect(D).toBe(Theirs.CURVE().d);
    expect(Point.BASE.multiply(ORDER).isZero()).toBe(true);
  });

  it('are added, doubled, negated and multiplied alike, with parts of small order, too', () => {
    fc.assert(
      fc.property(points, points, scalar, (a, b, times) => {
        expect(a.ours.toBytes()).toEqual(a.theirs.toBytes());
        expect(a.ours.add(b.ours).toBytes()).toEqual(a.theirs.add(b.theirs).toBytes());
        expect(a.ours.add(a.ours).toBytes()).toEqual(a.theirs.double().toBytes());
        expect(a.ours.double().toBytes()).toEqual(a.theirs.double().toBytes());
        expect(a.ours.add(a.ours.negate()).isZero()).toBe(true);
        const product = a.theirs.multiplyUnsafe(times).toBytes();
        expect(a.ours.multiply(times).toBytes()).toEqual(product);
        expect(a.ours.multiply(times, true).toBytes()).toEqual(product);
      }),
      { numRuns: 30 },
    );
  });

  it('take the same additions for each secret scalar', () => {
    const add = vi.spyOn(Point.prototype, 'add');
    for (const times of [0n, 1n, ORDER - 1n, 2n ** 255n - 1n]) {
      add.mockClear();
      Point.BASE.multiply(times, true);
      expect(add).toHaveBeenCalledTimes(256);
    }
    add.mockRestore();
  });

  it('are decoded of the same bytes, and of no others', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const ours = Point.fromBytes(bytes);
        if (ours) expect(ours.toBytes()).toEqual(Theirs.fromBytes(bytes).toBytes());
        else expect(() => Theirs.fromBytes(bytes)).toThrow();
        if (!ours) refused++;
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(50);
    const order = Array.from({ length: 8 }, (_, i) =>
      Theirs.fromBytes(SMALL).multiplyUnsafe(BigInt(i)).toBytes(),
    );
    for (const bytes of order) expect(Point.fromBytes(bytes)?.toBytes()).toEqual(bytes);
  });

  it('are not decoded of encodings that are not canonical: y from p on, the sign of an x that is nought', () => {
    const P = 2n ** 255n - 19n;
    const encoded = (value: bigint) => fromHex(value.toString(16).padStart(64, '0')).reverse();
    for (const value of [P, P + 1n, 2n ** 255n - 1n, 1n + 2n ** 255n, P - 1n + 2n ** 255n]) {
      expect(Point.fromBytes(encoded(value)), String(value)).toBeUndefined();
    }
  });
});
