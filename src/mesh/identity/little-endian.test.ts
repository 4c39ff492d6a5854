import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromHex, toHex } from '../../runtime/index.ts';
import { clamped, littleEndian, toLittleEndian } from './little-endian.ts';

it('numbers are read from their bytes and written back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      expect(littleEndian(bytes)).toBe(BigInt(`0x${toHex(bytes.slice().reverse())}`));
      expect(toLittleEndian(littleEndian(bytes))).toEqual(bytes);
    }),
  );
});

it('a secret scalar is a multiple of eight from 2^254 on, whatever its bytes', () => {
  expect(clamped(new Uint8Array(32))).toBe(2n ** 254n);
  expect(clamped(new Uint8Array(32).fill(255))).toBe(2n ** 255n - 8n);
  expect(clamped(fromHex(`0f${'00'.repeat(30)}c0`))).toBe(2n ** 254n + 8n);
});
