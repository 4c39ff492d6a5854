import { describe, expect, it } from 'vitest';
import { decodeOutcome, encodeAnswer } from './outcome-codec.ts';

describe('an outcome', () => {
  it('is a value as the function gave it', () => {
    const value = { list: [1, 'two', null, true], bytes: Uint8Array.of(1, 2, 3), nested: { x: 0.5 } };
    expect(decodeOutcome(7, encodeAnswer({ value }))).toEqual({ index: 7, value });
    expect(decodeOutcome(0, encodeAnswer({ value: undefined }))).toEqual({ index: 0, value: null });
  });

  it('is an error with its place in the source', () => {
    const outcome = decodeOutcome(
      2,
      encodeAnswer({ error: { message: 'TypeError: x', line: 3, column: 9 } }),
    );
    expect(outcome?.error).toMatchObject({ message: 'TypeError: x', line: 3, column: 9 });
    expect(decodeOutcome(2, encodeAnswer({ error: { message: 'it threw 5' } }))?.error?.line).toBeUndefined();
  });

  it('says so when a value has no plain form, or is too large', () => {
    for (const value of [
      new Map([[1, 2]]),
      new Date(0),
      new Float32Array(2),
      new Uint8Array(5 * 1024 * 1024),
    ]) {
      expect(decodeOutcome(0, encodeAnswer({ value }))?.error?.message).toMatch(/cannot be sent/);
    }
  });

  it('is not looked at beyond what may be sent', () => {
    let manyTimes: unknown[] = [1];
    for (let i = 0; i < 14; i++) manyTimes = Array.from({ length: 20 }, () => manyTimes);
    const empty: unknown[] = [];
    empty.length = 2 ** 32 - 1;
    for (const value of [manyTimes, empty]) {
      expect(decodeOutcome(0, encodeAnswer({ value }))?.error?.message).toMatch(/cannot be sent/);
    }
  });

  it('keeps a message bounded', () => {
    const { error } = decodeOutcome(0, encodeAnswer({ error: { message: 'é'.repeat(100_000) } })) ?? {};
    expect(error?.message.length).toBe(2_000);
  });

  it('is refused when it is none of ours', () => {
    for (const bytes of [[], [0], [2, 0xc0], [1, 0xc0], [1, 0x93, 0x01, 0xc0, 0xc0], [0, 0xc0, 0xc0]]) {
      expect(decodeOutcome(0, Uint8Array.from(bytes))).toBeUndefined();
    }
  });
});
