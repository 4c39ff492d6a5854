import { describe, expect, it } from 'vitest';
import { read16, read32, read48, write16, write32, write48 } from './big-endian.ts';

const CASES = [
  { bits: 16, read: read16, write: write16 },
  { bits: 32, read: read32, write: write32 },
  { bits: 48, read: read48, write: write48 },
];

describe.each(CASES)('a number of $bits bits', ({ bits, read, write }) => {
  it('has its high byte first, wherever it begins', () => {
    const bytes = Uint8Array.from({ length: 10 }, (_, i) => 0x81 + i);
    const hex = Buffer.from(bytes).toString('hex', 2, 2 + bits / 8);
    expect(read(bytes, 2)).toBe(Number.parseInt(hex, 16));
    const written = new Uint8Array(10);
    write(written, 2, read(bytes, 2));
    expect(Buffer.from(written).toString('hex')).toBe(`0000${hex}`.padEnd(20, '0'));
  });

  it.each([0, 1, 2 ** (bits - 1), 2 ** bits - 1])('comes back as it was written: %d', (value) => {
    const bytes = new Uint8Array(bits / 8).fill(0xaa);
    write(bytes, 0, value);
    expect(read(bytes, 0)).toBe(value);
  });
});
