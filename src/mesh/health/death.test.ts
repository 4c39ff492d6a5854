import { describe, expect, it } from 'vitest';
import { DEAD_AFTER_HINT_MS, deathReason } from './death.ts';
import { Suspicion } from './suspicion.ts';

const suspicion = new Suspicion(0);
const now = 1_000_000; // long after any suspicion's time
const silent = {
  ms: 5000,
  pageMs: 5000,
  elsewhereMs: now,
  movedMs: Number.POSITIVE_INFINITY,
  isHinted: false,
  suspicion,
};

describe('a silent neighbour', () => {
  it('is given up when the time of the suspicion is over, and not without one', () => {
    expect(deathReason(silent, 1, now)).toBe('it does not answer');
    expect(deathReason(silent, 1, 0)).toBeUndefined();
    expect(deathReason({ ...silent, suspicion: undefined }, 1, now)).toBeUndefined();
  });

  it('that the rendezvous saw go is given up after 1.2 s, later when we are the slow ones', () => {
    const hinted = { ...silent, isHinted: true };
    expect(deathReason({ ...hinted, ms: DEAD_AFTER_HINT_MS - 1 }, 1, now)).toBeUndefined();
    expect(deathReason({ ...hinted, ms: DEAD_AFTER_HINT_MS }, 1, now)).toMatch(/meeting point/);
    expect(deathReason({ ...hinted, ms: DEAD_AFTER_HINT_MS }, 2, now)).toBeUndefined();
  });

  it('that answers through others is given ten seconds, whatever the suspicion says', () => {
    const elsewhere = { ...silent, elsewhereMs: 1999 };
    expect(deathReason({ ...elsewhere, ms: 9999 }, 1, now)).toBeUndefined();
    expect(deathReason({ ...elsewhere, ms: 10_000 }, 1, now)).toMatch(/it lives/);
    expect(deathReason({ ...elsewhere, ms: 9999, elsewhereMs: 2000 }, 1, now)).toBe('it does not answer');
  });

  it('that has registered anew since it was heard is given ten seconds to bring its Link along', () => {
    const moved = { ...silent, movedMs: 9_999 };
    expect(deathReason({ ...moved, ms: 9_999 }, 1, now)).toBeUndefined();
    expect(deathReason({ ...moved, ms: 10_000 }, 1, now)).toMatch(/it lives/);
    expect(deathReason({ ...moved, movedMs: 10_000, ms: 9_999 }, 1, now)).toBe('it does not answer');
  });

  it('whose worker answers for a page that stands still is given up after half a minute', () => {
    const busy = { ...silent, ms: 0, suspicion: undefined };
    expect(deathReason({ ...busy, pageMs: 29_999 }, 1, now)).toBeUndefined();
    expect(deathReason({ ...busy, pageMs: 30_000 }, 1, now)).toBe('its page stands still');
  });
});
