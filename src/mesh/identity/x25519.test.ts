import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../runtime/index.ts';
import { plainArithmetic } from './arithmetic.ts';
import { littleEndian, toLittleEndian } from './little-endian.ts';
import { agree, agreementKey } from './x25519.ts';

const P = 2n ** 255n - 19n;
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** One of the four points of order eight. */
const SMALL = ed25519.Point.fromBytes(
  fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
);
/** Whether y² = x³ + 486662 x² + x has a solution: by Euler's criterion. */
const isOnCurve = (u: bigint): boolean => {
  let [base, exponent, result] = [(((u + 486662n) * u + 1n) * u) % P, (P - 1n) / 2n, 1n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result <= 1n;
};

describe('X25519, held against @noble/curves', () => {
  it('has the same public keys', () => {
    fc.assert(
      fc.property(secret, (one) => {
        expect(agreementKey(one, plainArithmetic)).toEqual(x25519.getPublicKey(one));
      }),
      { numRuns: 30 },
    );
  });

  it('comes to the same with whatever lies on the curve, and refuses what does not', () => {
    let refused = 0;
    fc.assert(
      fc.property(secret, secret, (one, u) => {
        const value = littleEndian(u) & (2n ** 255n - 1n);
        if (!isOnCurve(value % P)) refused++;
        expect(agree(one, u, plainArithmetic)).toEqual(
          isOnCurve(value % P) ? x25519.getSharedSecret(one, u) : undefined,
        );
      }),
      { numRuns: 40 },
    );
    expect(refused).toBeGreaterThan(5);
  });

  it('takes no part of small order with it', () => {
    fc.assert(
      fc.property(secret, secret, fc.integer({ min: 1, max: 7 }), (one, other, small) => {
        const { point } = ed25519.utils.getExtendedPublicKey(other);
        const { y } = point.add(SMALL.multiplyUnsafe(BigInt(small))).toAffine();
        const Fp = ed25519.Point.Fp;
        const u = toLittleEndian(Fp.mul(Fp.add(1n, y), Fp.inv(Fp.sub(1n, y))));
        expect(agree(one, u, plainArithmetic)).toEqual(x25519.getSharedSecret(one, u));
      }),
      { numRuns: 20 },
    );
  });
});
