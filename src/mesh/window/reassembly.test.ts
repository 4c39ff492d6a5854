import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { MAX_MESSAGE_HEAD_BYTES } from './message.ts';
import { Reassembly } from './reassembly.ts';

const LONGEST = MAX_MESSAGE_BYTES + MAX_MESSAGE_HEAD_BYTES;

describe('reassembly', () => {
  it('gives back what was cut, whatever the cuts', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 }), (pieces) => {
        const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const reassembly = new Reassembly();
        expect(reassembly.begin(whole.length)).toBe(true);
        for (const [i, piece] of pieces.entries()) {
          const packet = Uint8Array.of(7, 7, ...piece, 7);
          expect(reassembly.append(packet, 2, packet.length - 1)).toBe(true);
          packet.set([0]); // outside of the piece
          const came = pieces.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0);
          expect(reassembly.promisedBytes).toBe(whole.length - came);
        }
        expect(reassembly.finish()).toEqual(whole);
        expect([reassembly.isActive, reassembly.keptBytes, reassembly.promisedBytes]).toEqual([false, 0, 0]);
      }),
      { seed: 3 },
    );
  });

  it('takes what arrived and an object for each piece, whatever was announced', () => {
    const reassembly = new Reassembly();
    expect(reassembly.begin(LONGEST)).toBe(true);
    for (let i = 0; i < 100; i++) reassembly.append(new Uint8Array(66_000), 100, 66_000);
    expect(reassembly.keptBytes).toBe(100 * (65_900 + 64));
    expect(reassembly.promisedBytes).toBe(LONGEST - 100 * 65_900);
  });

  it('keeps no larger buffer alive for a small piece, and copies no frame that is all piece', () => {
    const pieceOf = (bundleBytes: number): Uint8Array => {
      const bundle = new Uint8Array(bundleBytes).fill(1);
      const reassembly = new Reassembly();
      reassembly.begin(1000);
      reassembly.append(bundle, 0, 1000);
      bundle.fill(2); // shows in a view only
      return reassembly.finish() ?? new Uint8Array();
    };
    expect(pieceOf(16_384)).toEqual(new Uint8Array(1000).fill(1));
    expect(pieceOf(1100)).toEqual(new Uint8Array(1000).fill(2));
  });

  it('refuses what is too long, a second beginning, more than was announced, and an end that is none', () => {
    const reassembly = new Reassembly();
    expect(reassembly.append(new Uint8Array(3), 0, 3)).toBe(false);
    expect(reassembly.begin(LONGEST + 1)).toBe(false);
    expect(reassembly.begin(10)).toBe(true);
    expect(reassembly.begin(10)).toBe(false);
    expect(reassembly.append(new Uint8Array(11), 0, 11)).toBe(false);
    expect(reassembly.append(new Uint8Array(9), 0, 9)).toBe(true);
    expect(reassembly.finish()).toBeUndefined();
    expect(reassembly.isActive).toBe(false);
  });
});
