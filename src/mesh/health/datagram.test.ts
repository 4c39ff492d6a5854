import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATAGRAM_BYTES, datagramKind, encodeAck, encodeSyn, hasSameNonce } from './datagram.ts';

const nonces = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('a health datagram', () => {
  it('is 17 bytes, and its answer carries the same nonce', () => {
    fc.assert(
      fc.property(nonces, fc.boolean(), (nonce, isBusy) => {
        const syn = encodeSyn(nonce);
        const ack = encodeAck(syn, isBusy);
        expect([syn.length, ack.length]).toEqual([DATAGRAM_BYTES, DATAGRAM_BYTES]);
        expect(datagramKind(syn)).toBe('syn');
        expect(datagramKind(ack)).toBe(isBusy ? 'busy-ack' : 'ack');
        expect(hasSameNonce(syn, ack)).toBe(true);
      }),
    );
  });

  it('belongs to no question whose nonce differs in one bit', () => {
    fc.assert(
      fc.property(nonces, fc.nat(127), (nonce, bit) => {
        const other = nonce.slice();
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(hasSameNonce(encodeSyn(nonce), encodeSyn(other))).toBe(false);
      }),
    );
  });

  it('is nothing else', () => {
    for (const length of [0, 1, 16, 18, 1200])
      expect(datagramKind(new Uint8Array(length).fill(1))).toBeUndefined();
    for (const type of [0, 4, 255]) expect(datagramKind(new Uint8Array(17).fill(type))).toBeUndefined();
  });
});
