import { describe, expect, it } from 'vitest';
import { SignsOfLife } from './signs-of-life.ts';

describe('signs of life', () => {
  it('are of the page, until only its worker speaks', () => {
    const signs = new SignsOfLife(0);
    signs.heard(1000);
    signs.heardWorker(3000);
    expect(signs.silence(4000)).toMatchObject({ ms: 1000, pageMs: 3000 });
    expect(signs.isPageBusy).toBe(true);
    signs.heard(4000);
    expect(signs.isPageBusy).toBe(false);
  });

  it('count from the hint on while there is one: it lasts five seconds', () => {
    const signs = new SignsOfLife(0);
    signs.hint(1000);
    expect(signs.silence(1500)).toMatchObject({ ms: 500, isHinted: true });
    expect(signs.silence(6000)).toMatchObject({ ms: 6000, isHinted: false });
  });

  it('refute a hint when they answer what was asked after it, or come through others', () => {
    const signs = new SignsOfLife(0);
    signs.hint(1000);
    signs.answered(999);
    expect(signs.isHinted(1100)).toBe(true);
    signs.answered(1000);
    expect(signs.isHinted(1100)).toBe(false);
    signs.hint(2000);
    signs.heardElsewhere(2100);
    expect(signs.silence(2200)).toMatchObject({ isHinted: false, elsewhereMs: 100 });
  });

  it('tell of a neighbour that registered anew, until it is heard again', () => {
    const signs = new SignsOfLife(0);
    expect(signs.silence(500).movedMs).toBe(Number.POSITIVE_INFINITY);
    signs.hint(900);
    signs.moved(1000);
    expect(signs.silence(1700)).toMatchObject({ movedMs: 700, isHinted: false });
    signs.heard(1800);
    expect(signs.silence(1900).movedMs).toBe(Number.POSITIVE_INFINITY);
    signs.moved(2000);
    signs.forgive(-900, 1950); // the clock went back
    expect(signs.silence(1950).movedMs).toBe(0);
  });

  it('are moved by the time that we stood still, and never into the future', () => {
    const signs = new SignsOfLife(0);
    signs.heard(1000);
    signs.hint(1500);
    signs.heardElsewhere(2000);
    signs.forgive(10_000, 9000);
    expect(signs.silence(9000)).toMatchObject({ ms: 0, pageMs: 0, elsewhereMs: 7000 });
    signs.forgive(-500, 1000); // the clock went back
    expect(signs.silence(1000).elsewhereMs).toBe(0);
  });
});
