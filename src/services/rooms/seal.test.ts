import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { realCryptography } from '../../mesh/index.ts';
import { concatBytes } from '../../runtime/index.ts';
import { readKeysOf } from './keys.ts';
import { seal, unseal } from './seal.ts';

const keys = readKeysOf(new Uint8Array(32).fill(7), realCryptography);
const bytes = fc.uint8Array({ maxLength: 200 });

describe('sealing', () => {
  it('is XChaCha20-Poly1305, byte for byte, for texts and contexts of any length', () => {
    fc.assert(
      fc.property(bytes, bytes, (plain, context) => {
        const sealed = seal(keys, plain, context, realCryptography);
        const nonce = sealed.subarray(0, 24);
        const theirs = xchacha20poly1305(keys.sealing, nonce, context).encrypt(plain);
        expect(sealed).toEqual(concatBytes(nonce, theirs));
        expect(unseal(keys, sealed, context)).toEqual(plain);
      }),
    );
  });

  it('makes another nonce of another text, also where it is told the hash of it, and opens without', () => {
    const context = Uint8Array.of(1);
    const [one, other] = [1, 2].map((fill) => {
      const plain = new Uint8Array(1_000).fill(fill);
      const sealed = seal(keys, plain, context, realCryptography, realCryptography.sha256(plain));
      expect(unseal(keys, sealed, context)).toEqual(plain);
      return sealed.subarray(0, 24);
    });
    expect(one).not.toEqual(other);
  });

  it('opens bytes as a disk gives them: in a Buffer, which shares its memory with others', () => {
    const plain = new Uint8Array(40).fill(1);
    const sealed = seal(keys, plain, Uint8Array.of(1), realCryptography);
    const pooled = Buffer.concat([Buffer.alloc(3), sealed]).subarray(3);
    expect(unseal(keys, pooled, Uint8Array.of(1))).toEqual(plain);
  });

  it('opens nothing that was changed, cut, or sealed in another context', () => {
    const sealed = seal(keys, new Uint8Array(40).fill(1), Uint8Array.of(1), realCryptography);
    expect(unseal(keys, sealed, Uint8Array.of(2))).toBeUndefined();
    for (let cut = 0; cut < sealed.length; cut++) {
      expect(unseal(keys, sealed.subarray(0, cut), Uint8Array.of(1))).toBeUndefined();
    }
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(keys, changed, Uint8Array.of(1))).toBeUndefined();
    }
  });

  it('is the same where the page has WebAssembly for it, and is done there', async () => {
    const texts = [0, 1, 100, 16_384, 70_000].map((length) => new Uint8Array(length).map((_, i) => 7 * i));
    const context = Uint8Array.of(1);
    const sealed = texts.map((plain) => seal(keys, plain, context, realCryptography));
    vi.resetModules();
    const { quickenCryptography } = await import('../../mesh/index.curve.ts');
    const { QuickCipher } = await import('../../mesh/identity/curve/quick-cipher.ts');
    const quick = await import('./seal.ts');
    quickenCryptography();
    const chacha20 = vi.spyOn(QuickCipher.prototype, 'chacha20');
    const mac = vi.spyOn(QuickCipher.prototype, 'mac');
    texts.forEach((plain, i) => {
      expect(quick.seal(keys, plain, context, realCryptography)).toEqual(sealed[i]);
      expect(quick.unseal(keys, sealed[i] ?? plain, context)).toEqual(plain);
    });
    // The text, and the key of its tag.
    expect(chacha20).toHaveBeenCalledTimes(4 * texts.length);
    expect(mac).toHaveBeenCalledTimes(2 * texts.length);
  });
});
