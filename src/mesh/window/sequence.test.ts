import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAcknowledgement, readAcknowledgement } from './acknowledgement.ts';
import { indexOf, POSITION_MODULUS, positionNear, slotOf, wrapOf } from './sequence.ts';

describe('a position', () => {
  it('is found again from its index and wrap by anyone who is near', () => {
    const near = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.nat(10 * POSITION_MODULUS), near, (position, offset) => {
        expect(positionNear(position + offset, indexOf(position), wrapOf(position))).toBe(position);
        expect(slotOf(position)).toBe(indexOf(position) % 10);
      }),
    );
  });

  it('of an earlier wrap is not taken for one of this wrap', () => {
    const position = 25_000;
    expect(positionNear(position, indexOf(position), wrapOf(position - 10_000))).toBe(position - 10_000);
  });
});

describe('an acknowledgement', () => {
  const acks = fc.record({
    lastInOrder: fc.integer({ min: -1, max: 5_000_000 }),
    held: fc.nat(1023),
    credit: fc.nat(10),
    refused: fc.constant(undefined),
    isLost: fc.boolean(),
    probe: fc.nat(255),
    isShed: fc.boolean(),
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(acks, fc.option(fc.nat(100), { nil: undefined }), (rest, ahead) => {
        const refused = ahead === undefined ? undefined : rest.lastInOrder + ahead;
        const ack = { ...rest, refused, isFull: refused !== undefined && rest.isLost && rest.isShed };
        expect(readAcknowledgement(encodeAcknowledgement(ack), ack.lastInOrder)).toEqual(ack);
      }),
    );
  });

  it('is undefined when it is malformed', () => {
    for (const body of [
      [],
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 0, 0],
      [0x27, 0x10, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 8, 0, 0, 0, 0],
      [0, 0, 0, 0, 4, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 11, 0],
      [0, 0, 0, 1, 0, 0, 0, 0, 0x27, 0x10, 0],
    ]) {
      expect(readAcknowledgement(Uint8Array.from(body), 0)).toBeUndefined();
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (body) => void readAcknowledgement(body, 0)));
  });
});
