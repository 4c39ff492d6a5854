import { createPrivateKey, createPublicKey, sign as nodeSign, verify as nodeVerify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, seededRandom, toHex } from '../../runtime/index.ts';
import { realCryptography as real } from './real-cryptography.ts';

const random = seededRandom(21);
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const P = 2n ** 255n - 19n;

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`);
const toBytes = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0')).reverse();
const challenge = (...parts: Uint8Array[]): bigint => toNumber(sha512(concatBytes(...parts))) % ORDER;

/** All eight points of small order. */
const torsion = (() => {
  for (;;) {
    const bytes = random.bytes(32);
    try {
      const point = Point.fromBytes(bytes);
      // Without its part of prime order, what is left has an order that divides eight.
      const small = Point.fromBytes(bytes)
        .multiplyUnsafe(ORDER - 1n)
        .add(point);
      const all = Array.from({ length: 8 }, (_, i) => small.multiplyUnsafe(BigInt(i)));
      if (new Set(all.map((each) => each.toHex())).size === 8) return all.slice(1);
    } catch {
      // no point
    }
  }
})();

const seed = random.bytes(32);
const publicKey = real.signingKey(seed);
const message = random.bytes(100);
const signature = real.sign(seed, publicKey, message);
const secretScalar = ed25519.utils.getExtendedPublicKey(seed).scalar;

/** A signature by hand: any public key bytes, any R, S = r + k * a. */
function forge(r: bigint, encodedR: Uint8Array, encodedA: Uint8Array, a: bigint, of = message): Uint8Array {
  const s = (r + challenge(encodedR, encodedA, of) * a) % ORDER;
  return concatBytes(encodedR, toBytes(s));
}

const spki = (key: Uint8Array): ReturnType<typeof createPublicKey> =>
  createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]),
    format: 'der',
    type: 'spki',
  });
const nodeAccepts = (key: Uint8Array, of: Uint8Array, signed: Uint8Array): boolean =>
  nodeVerify(null, of, spki(key), signed);

describe('Ed25519', () => {
  it('has the keys and signatures of RFC 8032', () => {
    const secret = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const key = real.signingKey(secret);
    expect(toHex(key)).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(toHex(real.sign(secret, key, Uint8Array.of(0x72)))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('signs as Node’s own does, and each believes the other', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        (secret, of) => {
          const key = real.signingKey(secret);
          const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
          const native = nodeSign(null, of, createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
          const ours = real.sign(secret, key, of);
          expect(toHex(ours)).toBe(native.toString('hex'));
          expect(real.verify(key, of, ours)).toBe(true);
          expect(nodeAccepts(key, of, ours)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is not led to sign under a foreign public key, which would give the secret away', () => {
    const foreign = real.signingKey(random.bytes(32));
    expect(real.sign(seed, foreign, message)).toEqual(signature);
  });

  it('signs with a seed that was changed in place as the new one', () => {
    const changing = seed.slice();
    real.sign(changing, publicKey, message);
    changing[0] = (changing[0] ?? 0) ^ 1;
    const key = real.signingKey(changing);
    expect(real.verify(key, message, real.sign(changing, key, message))).toBe(true);
    expect(key).not.toEqual(publicKey);
  });

  it('refuses a signature with any bit changed, of another message, or of another key', () => {
    for (let i = 0; i < 512; i += 7) {
      const changed = signature.slice();
      changed[i >> 3] = (changed[i >> 3] ?? 0) ^ (1 << (i & 7));
      expect(real.verify(publicKey, message, changed)).toBe(false);
    }
    expect(real.verify(publicKey, message.slice(1), signature)).toBe(false);
    expect(real.verify(real.signingKey(random.bytes(32)), message, signature)).toBe(false);
  });

  it('takes lengths and bytes of all kinds without throwing', () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, of, signed) => {
        expect(real.verify(key, of, signed)).toBe(false);
        expect(real.verify(publicKey, of, signed)).toBe(false);
        expect(real.verify(key, message, signature)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on how often a key was met', () => {
    const secret = random.bytes(32);
    const key = real.signingKey(secret);
    for (let i = 0; i < 30; i++) {
      const of = Uint8Array.of(i);
      const signed = real.sign(secret, key, of);
      expect(real.verify(key, of, signed)).toBe(true);
      expect(real.verify(key, Uint8Array.of(i + 1), signed)).toBe(false);
    }
  });
});

describe('where verifiers disagree, ours refuses', () => {
  it('a small-order point added to R, which a cofactored equation does not see', () => {
    const r = 12_345n;
    expect(
      real.verify(publicKey, message, forge(r, Point.BASE.multiply(r).toBytes(), publicKey, secretScalar)),
    ).toBe(true);
    for (const point of torsion) {
      const encodedR = Point.BASE.multiply(r).add(point).toBytes();
      const forged = forge(r, encodedR, publicKey, secretScalar);
      expect(ed25519.verify(forged, message, publicKey)).toBe(true); // noble's default is cofactored (ZIP 215)
      expect(real.verify(publicKey, message, forged)).toBe(false);
      expect(nodeAccepts(publicKey, message, forged)).toBe(false);
    }
  });

  it('a small-order point added to the public key, even where the strict equation holds', () => {
    const r = 54_321n;
    let holds = 0;
    for (const point of torsion) {
      const key = Point.fromBytes(publicKey).add(point).toBytes();
      for (let i = 0; i < 16; i++) {
        const of = Uint8Array.of(i);
        const forged = forge(r, Point.BASE.multiply(r).toBytes(), key, secretScalar, of);
        if (nodeAccepts(key, of, forged)) holds++; // by chance: when the challenge is a multiple of the point's order
        expect(real.verify(key, of, forged)).toBe(false);
      }
    }
    expect(holds).toBeGreaterThan(0);
  });

  it('public keys of small order, under which one signature fits many messages', () => {
    for (const point of [Point.ZERO, ...torsion]) {
      const key = point.toBytes();
      const s = 77n;
      const forged = concatBytes(Point.BASE.multiply(s).toBytes(), toBytes(s));
      for (let i = 0; i < 8; i++) expect(real.verify(key, Uint8Array.of(i), forged)).toBe(false);
    }
  });

  it('S and S + L both, of which only one is a signature', () => {
    const s = toNumber(signature.subarray(32));
    for (let multiple = 1n; multiple < 15n; multiple++) {
      const other = concatBytes(signature.subarray(0, 32), toBytes(s + multiple * ORDER));
      expect(real.verify(publicKey, message, other)).toBe(false);
      expect(nodeAccepts(publicKey, message, other)).toBe(false);
    }
  });

  it('encodings that are not canonical, of R and of the key', () => {
    // y >= p, and the sign bit of a point whose x is 0.
    const strange = [
      toBytes(P),
      toBytes(P + 1n),
      toBytes(2n ** 255n - 1n),
      toBytes(1n + 2n ** 255n),
      toBytes(P - 1n + 2n ** 255n),
    ];
    for (const encoding of strange) {
      expect(real.verify(encoding, message, forge(5n, Point.BASE.multiply(5n).toBytes(), encoding, 0n))).toBe(
        false,
      );
      // As R it would be the identity: S = k * a.
      expect(real.verify(publicKey, message, forge(0n, encoding, publicKey, secretScalar))).toBe(false);
    }
    const identity = forge(0n, toBytes(1n), publicKey, secretScalar);
    expect(real.verify(publicKey, message, identity)).toBe(nodeAccepts(publicKey, message, identity));
  });

  it('nothing that Node’s verifier refuses is taken, for mixes of all of it', () => {
    const points = [Point.ZERO, ...torsion];
    fc.assert(
      fc.property(
        fc.nat(7),
        fc.nat(7),
        fc.bigInt(1n, ORDER - 1n),
        fc.uint8Array({ maxLength: 4 }),
        (inR, inA, r, of) => {
          const key = Point.fromBytes(publicKey)
            .add(points[inA] ?? Point.ZERO)
            .toBytes();
          const encodedR = Point.BASE.multiply(r)
            .add(points[inR] ?? Point.ZERO)
            .toBytes();
          const forged = forge(r, encodedR, key, secretScalar, of);
          const isTaken = real.verify(key, of, forged);
          if (isTaken) expect(nodeAccepts(key, of, forged)).toBe(true);
          expect(isTaken).toBe(inA === 0 && inR === 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('X25519', () => {
  it('has the keys and the secret of RFC 7748', () => {
    // 5.2, the first test vector.
    const scalar = fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
    const point = fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
    expect(toHex(real.agree(scalar, point) ?? new Uint8Array())).toBe(
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    );
    const alice = random.bytes(32);
    const bob = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    const shared = real.agree(alice, real.agreementKey(bob));
    expect(shared).toEqual(real.agree(bob, real.agreementKey(alice)));
    expect(toHex(real.agreementKey(bob))).toBe(
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    );
  });

  it('agrees with nobody whose key is of small order or no key', () => {
    const secret = random.bytes(32);
    for (const key of [
      new Uint8Array(32),
      toBytes(1n),
      toBytes(P),
      toBytes(P - 1n),
      toBytes(P + 1n),
      new Uint8Array(31),
    ]) {
      expect(real.agree(secret, key)).toBeUndefined();
    }
  });
});

describe('the MAC', () => {
  it('is Poly1305 under the key that RFC 8439 makes of key and nonce', () => {
    const key = fromHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
    const nonce = fromHex('000000000001020304050607');
    // 2.6.2 gives the one-time key, 8ad5a08b905f81cc815040274ab29471 and a833b637e3fd0da508dbb8e2fdd1a646; a tag of
    // nothing is its second half.
    expect(toHex(real.mac(key, nonce, []))).toBe('a833b637e3fd0da508dbb8e2fdd1a646');
  });

  it('is of the whole, however it is cut into parts', () => {
    const [key, nonce, whole] = [random.bytes(32), random.bytes(12), random.bytes(100)];
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const parts = [whole.subarray(0, first), whole.subarray(first, second), whole.subarray(second)];
        expect(real.mac(key, nonce, parts)).toEqual(real.mac(key, nonce, [whole]));
      }),
    );
  });

  it('differs with key, nonce and every byte', () => {
    const [key, nonce, whole] = [random.bytes(32), random.bytes(12), random.bytes(40)];
    const tags = new Set([toHex(real.mac(key, nonce, [whole]))]);
    tags.add(toHex(real.mac(random.bytes(32), nonce, [whole])));
    tags.add(toHex(real.mac(key, random.bytes(12), [whole])));
    for (let i = 0; i < whole.length; i++) {
      const changed = whole.slice();
      changed[i] = (changed[i] ?? 0) ^ 0x80;
      tags.add(toHex(real.mac(key, nonce, [changed])));
    }
    expect(tags.size).toBe(3 + whole.length);
  });
});

describe('hashes', () => {
  it('are SHA-256 and HMAC-SHA-256', () => {
    const abc = new TextEncoder().encode('abc');
    expect(toHex(real.sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    // RFC 4231, test case 2.
    const key = new TextEncoder().encode('Jefe');
    const text = new TextEncoder().encode('what do ya want for nothing?');
    expect(toHex(real.hmac(key, text))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});
