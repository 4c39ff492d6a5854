import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Awareness } from './awareness.ts';
import { encodeAck } from './datagram.ts';
import { LinkHealth } from './link-health.ts';

const REST_MS = 4000;

/** One Link whose other end probes, so that this one only listens; woken whenever it wants to be. */
class Listener {
  readonly link = new LinkHealth(0, {
    isProber: false,
    restRhythmMs: () => REST_MS,
    random: seededRandom(1),
    awareness: new Awareness(),
  });
  /** When it asked, ms. */
  readonly askedAt: number[] = [];
  /** Who answers its probes at once, if anybody does. */
  answers: 'page' | 'worker' | undefined = 'page';
  #now = 0;

  get isSilent(): boolean {
    return this.link.isSilent(this.#now);
  }

  runTo(end: number): void {
    while (this.link.nextWakeAt <= end) {
      this.#now = this.link.nextWakeAt;
      for (const effect of this.link.wake(this.#now)) {
        if (effect.type !== 'probe') continue;
        this.askedAt.push(this.#now);
        if (this.answers) this.link.onAck(encodeAck(effect.bytes), this.answers === 'worker', this.#now);
      }
    }
    this.#now = end;
  }

  /** Frames every half second. */
  talk(begin: number, end: number): void {
    for (let at = begin; at <= end; at += 500) {
      this.runTo(at);
      this.link.heard(at);
    }
  }
}

describe('a Link that falls silent', () => {
  it('is asked soon after talk, although its next look was planned for later while nobody spoke', () => {
    const end = new Listener();
    end.runTo(100);
    end.talk(2000, 3500);
    end.askedAt.length = 0;
    end.runTo(8000);
    expect(end.askedAt[0]).toBeGreaterThan(4500);
    expect(end.askedAt[0]).toBeLessThan(5000);
  });

  it('tells when it wants to be woken earlier than it did: with the frame that makes it talk', () => {
    const { link } = new Listener();
    expect([1000, 1500, 1999, 2000, 2500].map((at) => link.heard(at))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is gone around once it was asked and an answer is overdue, however long it was silent before', () => {
    const end = new Listener();
    end.runTo(3900);
    expect(end.isSilent).toBe(false);
    end.answers = undefined;
    end.askedAt.length = 0;
    end.runTo(4600);
    const [doubted = Number.NaN] = end.askedAt;
    expect(doubted).toBeGreaterThan(4000);
    for (const [afterMs, isSilent] of [
      [299, false],
      [301, true],
    ] as const) {
      end.runTo(doubted + afterMs);
      expect(end.isSilent).toBe(isSilent);
    }
    end.link.heard(doubted + 400);
    end.runTo(doubted + 401);
    expect(end.isSilent).toBe(false);
  });

  it('is not gone around while a worker speaks for a page that stands still', () => {
    const end = new Listener();
    end.answers = 'worker';
    end.runTo(20_000);
    expect(end.link.health).toBe('suspected');
    expect(end.link.silenceMs(20_000)).toBeGreaterThan(3000);
    expect(end.isSilent).toBe(false);
  });
});

describe('when a Link wants to be woken', () => {
  const witness = 'w' as NodeId;
  const HAPPENINGS: readonly ((link: LinkHealth, now: number, asked: Uint8Array) => void)[] = [
    (link, now) => link.heard(now),
    (link, now) => link.onSyn(now),
    (link) => link.onDegree(),
    (link, now, asked) => link.onAck(encodeAck(asked), false, now),
    (link, now, asked) => link.onAck(encodeAck(asked), true, now),
    (link, now) => link.onPong(30, now),
    (link, now) => link.heardElsewhere(now),
    (link, now) => link.moved(now),
    (link, now) => link.hint(now),
    (link, now) => link.suspectedBy(witness, now),
    (link, now) => link.denied(witness, now),
    (link) => link.refuted(1),
    (link, now) => link.forgive(3000, now),
  ];

  /** When it wants to be woken in the end; looked at meanwhile, or not. */
  function wakeAfter(steps: readonly (readonly [number, number])[], isProber: boolean, isLookedAt: boolean) {
    let degree = 1;
    const restRhythmMs = () => 1000 * degree;
    const options = { isProber, restRhythmMs, random: seededRandom(1), awareness: new Awareness() };
    const link = new LinkHealth(0, options);
    let now = 0;
    let asked: Uint8Array = new Uint8Array(17);
    for (const [pauseMs, which] of steps) {
      now += pauseMs;
      for (const effect of link.wake(now)) if (effect.type === 'probe') asked = effect.bytes;
      if (isLookedAt) expect(link.nextWakeAt).toBeGreaterThan(0);
      degree = 1 + (degree % 4);
      HAPPENINGS[which]?.(link, now, asked);
    }
    return link.nextWakeAt;
  }

  it('does not depend on who has looked at it before', () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.nat(HAPPENINGS.length - 1));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.boolean(), (steps, isProber) => {
        expect(wakeAfter(steps, isProber, true)).toBe(wakeAfter(steps, isProber, false));
      }),
      { numRuns: 300 },
    );
  });
});
