import { poly1305 as theirs } from '@noble/ciphers/_poly1305.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../runtime/index.ts';
import { poly1305 } from './poly1305.ts';

const tag = (key: string, message: string) => toHex(poly1305(fromHex(key), [fromHex(message)]));
const zeros = (bytes: number) => '00'.repeat(bytes);

describe('Poly1305', () => {
  it('gives the tags of RFC 8439: 2.5.2, and of appendix A.3 those at the edges of the modulus', () => {
    const text = Buffer.from('Cryptographic Forum Research Group').toString('hex');
    const key = '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b';
    expect(tag(key, text)).toBe('a8061dc1305136c6c22b8baf0c0127a9');
    // Numbers 7 to 11.
    expect(tag(`02${zeros(31)}`, 'ff'.repeat(16))).toBe(`03${zeros(15)}`);
    expect(tag(`02${zeros(15)}${'ff'.repeat(16)}`, `02${zeros(15)}`)).toBe(`03${zeros(15)}`);
    const sumIsPrime = `${'ff'.repeat(16)}f0${'ff'.repeat(15)}11${zeros(15)}`;
    expect(tag(`01${zeros(31)}`, sumIsPrime)).toBe(`05${zeros(15)}`);
    const sumIsOver = `${'ff'.repeat(16)}fb${'fe'.repeat(15)}${'01'.repeat(16)}`;
    expect(tag(`01${zeros(31)}`, sumIsOver)).toBe(zeros(16));
    expect(tag(`02${zeros(31)}`, `fd${'ff'.repeat(15)}`)).toBe(`fa${'ff'.repeat(15)}`);
  });

  it('is the library’s, for any key and message, however it is cut', () => {
    const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xfb, 0xff), fc.integer({ min: 0, max: 255 }));
    const bytes = (minLength: number, maxLength: number) =>
      fc.array(byte, { minLength, maxLength }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(bytes(32, 32), fc.array(bytes(0, 70), { maxLength: 5 }), (key, parts) => {
        const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
        expect(poly1305(key, parts)).toEqual(theirs(whole, key));
      }),
      { numRuns: 1000 },
    );
  });

  it('stays exact over a long message of the largest numbers', () => {
    const key = new Uint8Array(32).fill(0xff);
    const message = new Uint8Array(65_536).fill(0xff);
    expect(poly1305(key, [message])).toEqual(theirs(message, key));
  });
});
