import { describe, expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import type { LinkId, Path } from '../vocabulary.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { Probing } from './probing.ts';
import { RELAYED, wayOf } from './slot.ts';

const DIRECT: Path = { type: 'direct', link: 4 as LinkId };
const OVER_RELAYS: Path = { type: 'relayed', nextHop: 'x' as never };
const ack = (probe = 0, isShed = false): Acknowledgement => ({
  lastInOrder: 0,
  held: 0,
  credit: 0,
  refused: undefined,
  isLost: false,
  isFull: false,
  probe,
  isShed,
});

/** When it asks within so long, while nothing is heard. */
function asks(path: Path, untilMs: number): number[] {
  const probing = new Probing();
  const times: number[] = [];
  probing.isDue('some', path, 0);
  for (let now = 0; now <= untilMs; now += 500) {
    if (!probing.isDue('some', path, now)) continue;
    times.push(now);
    probing.sent(wayOf(path), times.length, now);
  }
  return times;
}

describe('probing', () => {
  it('asks after silence, and doubles its waiting up to a bound', () => {
    expect(asks(DIRECT, 100_000)).toEqual([3000, 9000, 21_000, 45_000, 75_000]);
    expect(asks(OVER_RELAYS, 32_000)).toEqual([1000, 3000, 7000, 15_000, 23_000, 31_000]);
  });

  it('asks nothing while there is no need, and counts its silence from then on', () => {
    const probing = new Probing();
    expect(probing.deadlineMs('none', DIRECT)).toBe(NEVER);
    expect(probing.isDue('some', DIRECT, 1000)).toBe(false);
    expect(probing.isDue('none', DIRECT, 3900)).toBe(false);
    expect(probing.isDue('some', DIRECT, 4500)).toBe(false);
    expect(probing.deadlineMs('some', DIRECT)).toBe(7500);
    expect(probing.isDue('some', DIRECT, 7500)).toBe(true);
  });

  it('asks at once where a packet was dropped, but never twice without an answer', () => {
    const probing = new Probing();
    probing.heard(ack(0, true), true, 10);
    expect(probing.isHoleSuspected).toBe(true);
    expect(probing.isDue('hole', DIRECT, 11)).toBe(true);
    probing.sent(wayOf(DIRECT), 7, 11);
    expect(probing.isHoleSuspected).toBe(false);
    expect(probing.isDue('hole', DIRECT, 12)).toBe(false);
    expect(probing.heard(ack(1), false, 13)).toMatchObject({ way: 4, order: 7 });
    expect(probing.isDue('hole', DIRECT, 14)).toBe(true);
  });

  it('judges by the answer to the last question only, and over relays, where packets overtake, by none', () => {
    const probing = new Probing();
    probing.sent(wayOf(DIRECT), 7, 0);
    probing.sent(wayOf(DIRECT), 9, 10);
    expect(probing.heard(ack(1), true, 20)).toBeUndefined();
    expect(probing.heard(ack(2), true, 21)).toMatchObject({ order: 9 });
    expect(probing.heard(ack(2), true, 22)).toBeUndefined();
    probing.sent(RELAYED, 12, 30);
    expect(probing.heard(ack(3), true, 40)).toBeUndefined();
  });

  it('numbers its questions 1 to 255, then 1 again', () => {
    const probing = new Probing();
    for (let i = 1; i <= 255; i++) {
      expect(probing.nextNumber).toBe(i);
      probing.sent(RELAYED, i, i);
    }
    expect(probing.nextNumber).toBe(1);
  });
});
