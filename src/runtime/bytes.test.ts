import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from './bytes.ts';

describe('text forms of bytes', () => {
  it('reads back the hex and the base64url of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
        expect(toBase64Url(bytes)).toMatch(/^[A-Za-z0-9_-]*$/);
      }),
    );
  });

  it('refuses what is no hex or base64url with a typed error', () => {
    expect(() => fromHex('abc')).toThrow(expect.objectContaining({ code: 'bad-hex' }));
    for (const text of ['0/', ':0', '0@', 'G0', '0`', 'g0', '0\u0130', 'zz00']) {
      expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'bad-hex' }));
    }
    expect(() => fromBase64Url('a b')).toThrow(expect.objectContaining({ code: 'bad-base64url' }));
    expect(() => fromBase64Url('A')).toThrow(expect.objectContaining({ code: 'bad-base64url' }));
  });

  it('joins parts in order and compares by content', () => {
    const whole = concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3));
    expect(whole).toEqual(Uint8Array.of(1, 2, 3));
    expect(equalBytes(whole, Uint8Array.of(1, 2, 3))).toBe(true);
    expect(equalBytes(whole, Uint8Array.of(1, 2))).toBe(false);
    expect(equalBytes(whole, Uint8Array.of(1, 2, 4))).toBe(false);
  });
});
