import { chacha20 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import { oneTimeKey } from '../one-time-key.ts';
import { poly1305 } from '../poly1305.ts';
import { QuickCipher } from './quick-cipher.ts';

const random = seededRandom(8439);
const cipher = new QuickCipher();
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 });
const bytes = fc.uint8Array({ maxLength: 1_100, size: 'max' });

/** What is done 16 KiB at a time, and a little to either side. */
const LONG = [16_368, 16_383, 16_384, 16_385, 16_400, 32_768, 40_001];

describe('the cipher in WebAssembly', () => {
  it("gives the library's stream, of any length and from any block", () => {
    fc.assert(
      fc.property(key, nonce, bytes, fc.nat(2 ** 31), (k, n, text, counter) => {
        expect(cipher.chacha20(k, n, text, counter)).toEqual(chacha20(k, n, text, undefined, counter));
      }),
    );
    for (const length of LONG) {
      const [k, n, text] = [random.bytes(32), random.bytes(12), random.bytes(length)];
      expect(cipher.chacha20(k, n, text, 1)).toEqual(chacha20(k, n, text, undefined, 1));
    }
  });

  it('gives the tag that JavaScript gives, however the message is cut', () => {
    const parts = fc.array(bytes, { maxLength: 5 });
    fc.assert(
      fc.property(key, nonce, parts, (k, n, message) => {
        expect(cipher.mac(k, n, message)).toEqual(poly1305(oneTimeKey(k, n), message));
      }),
    );
    for (const length of LONG) {
      const [k, n, message] = [random.bytes(32), random.bytes(12), [random.bytes(7), random.bytes(length)]];
      expect(cipher.mac(k, n, message)).toEqual(poly1305(oneTimeKey(k, n), message));
    }
  });

  it('carries as far as a sum can reach', () => {
    // What comes to 2^130 - 5, and to what lies around it (as in RFC 8439, A.3).
    for (const factor of [1, 2, 4])
      for (const least of [0, 0xf0, 0xfa, 0xfb, 0xfc, 0xff])
        for (const blocks of [1, 2, 3])
          for (const addend of [0, 0xff]) {
            const tagKey = new Uint8Array(32).fill(addend, 16);
            tagKey[0] = factor;
            const text = new Uint8Array(16 * blocks).fill(0xff);
            text[text.length - 16] = least;
            expect(cipher.poly1305(tagKey, [text])).toEqual(poly1305(tagKey, [text]));
          }
  });
});
