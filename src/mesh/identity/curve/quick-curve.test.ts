import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { concatBytes, fromHex, seededRandom, toHex } from '../../../runtime/index.ts';

vi.resetModules(); // nobody has quickened these
const { realCryptography: real } = await import('../real-cryptography.ts');
/** The same once more, quickened. */
const { quick, negatedTimes, hashed } = await (async () => {
  vi.resetModules();
  const { quickenCryptography } = await import('./quick-curve.ts');
  quickenCryptography();
  const { PublicKeys } = await import('../public-keys.ts');
  const { realCryptography } = await import('../real-cryptography.ts');
  const { QuickHash } = await import('./quick-hash.ts');
  return {
    quick: realCryptography,
    negatedTimes: vi.spyOn(PublicKeys.prototype, 'negatedTimes'),
    hashed: {
      sha256: vi.spyOn(QuickHash.prototype, 'sha256'),
      sha512: vi.spyOn(QuickHash.prototype, 'sha512'),
    },
  };
})();

const random = seededRandom(19);
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const P = 2n ** 255n - 19n;
/** Signatures after which a key is verified the quick way. */
const MET = 4;

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`);
const toBytes = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0')).reverse();

/** A key that both have met, and what it signs. */
function author(seed = random.bytes(32)) {
  const publicKey = real.signingKey(seed);
  const sign = (message: Uint8Array): Uint8Array => real.sign(seed, publicKey, message);
  const meet = (): void => {
    const message = random.bytes(40);
    const signature = sign(message);
    for (let i = 0; i < MET; i++) expect(quick.verify(publicKey, message, signature)).toBe(true);
  };
  return { publicKey, sign, meet, scalar: ed25519.utils.getExtendedPublicKey(seed).scalar };
}

/** What only the curve's own arithmetic takes time for. */
function forge(r: bigint, encodedR: Uint8Array, key: Uint8Array, a: bigint, message: Uint8Array): Uint8Array {
  const challenge = toNumber(sha512(concatBytes(encodedR, key, message))) % ORDER;
  return concatBytes(encodedR, toBytes((r + challenge * a) % ORDER));
}

/** A point of order eight. */
const small = (() => {
  for (;;) {
    try {
      const bytes = random.bytes(32);
      const point = Point.fromBytes(bytes)
        .multiplyUnsafe(ORDER - 1n)
        .add(Point.fromBytes(bytes));
      if (!point.multiplyUnsafe(4n).is0()) return point;
    } catch {
      // no point
    }
  }
})();

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('quickened signatures', () => {
  it('are made as without, of any seed and message', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 400 }),
        (seed, message) => {
          const key = real.signingKey(seed);
          expect(quick.sign(seed, key, message)).toEqual(real.sign(seed, key, message));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are judged in WebAssembly, of a key seen for the first time as of one met', () => {
    negatedTimes.mockClear();
    const { publicKey, sign, meet } = author();
    for (const met of [false, true]) {
      if (met) meet();
      expect(quick.verify(publicKey, Uint8Array.of(1), sign(Uint8Array.of(1)))).toBe(true);
      expect(quick.verify(publicKey, Uint8Array.of(2), sign(Uint8Array.of(1)))).toBe(false);
    }
    expect(negatedTimes).not.toHaveBeenCalled();
  });

  it('are hashed in WebAssembly, and so is all else that is', () => {
    const [seed, message] = [random.bytes(32), random.bytes(300)];
    const key = quick.signingKey(seed);
    hashed.sha512.mockClear();
    expect(quick.verify(key, message, quick.sign(seed, key, message))).toBe(true);
    expect(hashed.sha512).toHaveBeenCalledTimes(3);
    hashed.sha256.mockClear();
    expect(quick.sha256(message)).toEqual(real.sha256(message));
    expect(quick.hmac(seed, message)).toEqual(real.hmac(seed, message));
    expect(hashed.sha256).toHaveBeenCalledTimes(3);
  });

  it('are good where they are without, of any key and message', () => {
    const authors = Array.from({ length: 6 }, () => author());
    for (const one of authors) one.meet();
    fc.assert(
      fc.property(fc.nat(5), fc.uint8Array({ maxLength: 400 }), (which, message) => {
        const { publicKey, sign } = authors[which] as (typeof authors)[number];
        expect(quick.verify(publicKey, message, sign(message))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused where they are without: one bit of the signature or the message is another', () => {
    const { publicKey, sign, meet } = author();
    meet();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.nat(511),
        fc.nat(),
        (message, bit, at) => {
          const signature = sign(message);
          const wrong = signature.slice();
          wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(quick.verify(publicKey, message, wrong)).toBe(false);
          const other = message.slice();
          other[at % other.length] = (other[at % other.length] ?? 0) ^ 1;
          expect(quick.verify(publicKey, other, signature)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
    expect(quick.verify(publicKey, new Uint8Array(), new Uint8Array())).toBe(false);
    expect(quick.verify(publicKey, new Uint8Array(), new Uint8Array(65))).toBe(false);
  });

  it('are judged as without where verifiers disagree: parts of small order, S + L, encodings that are not canonical', () => {
    const { publicKey, meet, scalar } = author();
    meet();
    const strange = [P, P + 1n, 2n ** 255n - 1n, 1n + 2n ** 255n, P - 1n + 2n ** 255n].map(toBytes);
    const multiples = Array.from({ length: 8 }, (_, i) => small.multiplyUnsafe(BigInt(i)));
    const agree = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
      const isGood = quick.verify(key, message, signature);
      expect(isGood).toBe(real.verify(key, message, signature));
      return isGood;
    };
    let taken = 0;
    for (let i = 0; i < 200; i++) {
      const message = random.bytes(8);
      const r = toNumber(random.bytes(32)) % ORDER;
      const key = Point.fromBytes(publicKey)
        .add(multiples[(i >> 3) & 7] ?? Point.ZERO)
        .toBytes();
      const encodedR = Point.BASE.multiply(r)
        .add(multiples[i & 7] ?? Point.ZERO)
        .toBytes();
      if (agree(key, message, forge(r, encodedR, key, scalar, message))) taken++;
      if (agree(publicKey, message, forge(r, encodedR, publicKey, scalar, message))) taken++;
      const odd = strange[i % strange.length] ?? encodedR;
      agree(publicKey, message, forge(0n, odd, publicKey, scalar, message));
      const good = forge(r, Point.BASE.multiply(r).toBytes(), publicKey, scalar, message);
      const more = toNumber(good.subarray(32)) + ORDER;
      agree(publicKey, message, concatBytes(good.subarray(0, 32), toBytes(more)));
    }
    // R may be the identity itself.
    agree(publicKey, new Uint8Array(), forge(0n, toBytes(1n), publicKey, scalar, new Uint8Array()));
    expect(taken).toBeGreaterThan(20);
  });

  it('are judged of more authors than there are tables for, again and again', () => {
    const authors = Array.from({ length: 66 }, () => author());
    for (let round = 0; round < 2; round++) {
      for (const { meet, publicKey, sign } of authors) {
        meet();
        expect(quick.verify(publicKey, Uint8Array.of(round), sign(Uint8Array.of(round)))).toBe(true);
        expect(quick.verify(publicKey, Uint8Array.of(9), sign(Uint8Array.of(round)))).toBe(false);
      }
    }
  });

  it('stay as they are where a page may not run WebAssembly', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', { Module: expect.unreachable });
    const { quickenCryptography } = await import('./quick-curve.ts');
    const { realCryptography } = await import('../real-cryptography.ts');
    quickenCryptography();
    const { publicKey, sign } = author();
    for (let i = 0; i < 2 * MET; i++) {
      const message = Uint8Array.of(i);
      expect(realCryptography.verify(publicKey, message, sign(message))).toBe(true);
      expect(realCryptography.verify(publicKey, Uint8Array.of(99), sign(message))).toBe(false);
    }
  });
});

describe('quickened agreements', () => {
  const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('have the same public keys, and come to the same', () => {
    fc.assert(
      fc.property(secret, secret, (one, other) => {
        const key = real.agreementKey(other);
        expect(quick.agreementKey(other)).toEqual(key);
        expect(quick.agree(one, key)).toEqual(real.agree(one, key));
        expect(quick.agree(one, key)).toBeDefined();
      }),
      { numRuns: 20 },
    );
  });

  it('come to the same with whatever 32 bytes, on the curve, on its twist, or no number below p', () => {
    let refused = 0;
    fc.assert(
      fc.property(secret, secret, fc.boolean(), (one, bytes, isLarge) => {
        const u = isLarge ? toBytes(2n ** 255n - 1n - (toNumber(bytes) % 40n)) : bytes;
        const agreed = real.agree(one, u);
        if (!agreed) refused++;
        expect(quick.agree(one, u)).toEqual(agreed);
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(5);
  });

  it('refuse keys of small order, and take no part of it along', () => {
    const seed = random.bytes(32);
    const uOf = (point: typeof small): Uint8Array => {
      const { y } = point.toAffine();
      return toBytes(Point.Fp.mul(Point.Fp.add(1n, y), Point.Fp.inv(Point.Fp.sub(1n, y))));
    };
    for (let i = 1; i < 8; i++)
      expect(quick.agree(seed, uOf(small.multiplyUnsafe(BigInt(i))))).toBeUndefined();
    const honest = Point.BASE.multiply(12345n);
    for (let i = 0; i < 8; i++) {
      const mixed = uOf(i === 0 ? honest : honest.add(small.multiplyUnsafe(BigInt(i))));
      expect(quick.agree(seed, mixed)).toEqual(quick.agree(seed, uOf(honest)));
    }
  });
});
