import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAcknowledgement, writeAcknowledgement } from './acknowledgement.ts';
import { indexOf, isNewerEpoch, lapOf, POSITIONS_PER_TURN, positionNear, slotOf } from './sequence.ts';

fc.configureGlobal({ seed: 5 });

describe('a position', () => {
  it('is found again from its index and lap by anyone who is near', () => {
    const near = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.nat(10 * POSITIONS_PER_TURN), near, (position, offset) => {
        expect(positionNear(position + offset, indexOf(position), lapOf(position))).toBe(position);
        expect(slotOf(position)).toBe(indexOf(position) % 10);
      }),
    );
  });

  it('of an earlier lap is not taken for one of this lap', () => {
    const position = 25_000;
    expect(positionNear(position, indexOf(position), lapOf(position - 10_000))).toBe(position - 10_000);
  });
});

describe('an epoch', () => {
  it('is newer when it comes after, over the wrap of its 16 bits', () => {
    expect(isNewerEpoch(1, 0)).toBe(true);
    expect(isNewerEpoch(0, 0xffff)).toBe(true);
    expect(isNewerEpoch(0xffff, 0)).toBe(false);
    expect(isNewerEpoch(7, 7)).toBe(false);
  });
});

describe('an acknowledgement', () => {
  const acks = fc.record({
    lastInOrder: fc.integer({ min: -1, max: 5_000_000 }),
    held: fc.nat(1023),
    isPaused: fc.boolean(),
    isReset: fc.boolean(),
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(acks, (ack) => {
        const body = new Uint8Array(6);
        writeAcknowledgement(body, 0, ack);
        expect(readAcknowledgement(body, ack.lastInOrder)).toEqual(ack);
      }),
    );
  });

  it('is undefined when it is malformed', () => {
    for (const body of [
      [],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [0x27, 0x10, 0, 0, 0, 0],
      [0, 0, 0, 4, 0, 0],
      [0, 0, 0, 0, 4, 0],
    ]) {
      expect(readAcknowledgement(Uint8Array.from(body), 0)).toBeUndefined();
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 8 }), (body) => void readAcknowledgement(body, 0)));
  });
});
