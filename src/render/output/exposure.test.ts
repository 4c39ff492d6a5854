import { describe, expect, it } from 'vitest';
import { suitedExposure } from './exposure.ts';

/** A grey picture of 100 by 100 pixels; `value` by pixel number. */
function exposureOf(value: (i: number) => number): number {
  const means = new Float32Array(3 * 10_000);
  for (let i = 0; i < 10_000; i++) means.fill(value(i), 3 * i, 3 * i + 3);
  return suitedExposure(means, 100, 100);
}

/** The first rows: that share of the picture. */
const share = (part: number) => (i: number) => i < part * 10_000;

describe('the exposure that suits a picture', () => {
  it('is none for one that is well exposed: white paper, a grey wall, a room', () => {
    expect(exposureOf(() => 1)).toBe(0);
    expect(exposureOf(() => 0.5)).toBe(0);
    expect(exposureOf((i) => (share(0.1)(i) ? 0.8 : 0.05))).toBe(0);
  });

  it('brings what is far too bright down to white', () => {
    expect(exposureOf(() => 4)).toBe(-2.4);
    expect(exposureOf(() => 17_000)).toBe(-14.5);
    expect(exposureOf(() => 1e9)).toBe(-30.3);
    expect(exposureOf(() => 1.1)).toBe(-0.3);
  });

  it('brings what is murky up', () => {
    expect(exposureOf(() => 0.125)).toBe(2);
    expect(exposureOf(() => 1e-9)).toBe(28.9);
    expect(exposureOf(() => 1e-20)).toBe(32);
  });

  it('leaves a room in light that looks out at a bright window', () => {
    expect(exposureOf((i) => (share(0.2)(i) ? 50 : 0.2))).toBe(-0.2);
    expect(exposureOf((i) => (share(0.2)(i) ? 50 : 0.1))).toBe(0);
  });

  it('meters a small thing before black, not the black', () => {
    expect(exposureOf((i) => (share(0.02)(i) ? 8 : 0))).toBe(-3.4);
    expect(exposureOf((i) => (share(0.5)(i) ? 8 : 0))).toBe(-3.4);
  });

  it('takes pure red to be as bright as grey', () => {
    const means = Float32Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? 4 : 0));
    expect(suitedExposure(means, 100, 100)).toBe(-2.4);
  });

  it('does not look at single glints', () => {
    expect(exposureOf((i) => (i % 1_000 === 0 ? 1e4 : 0.6))).toBe(0);
  });

  it('is none for a black picture, and one that is smaller than its fields', () => {
    expect(exposureOf(() => 0)).toBe(0);
    expect(suitedExposure(Float32Array.of(2, 2, 2, 2, 2, 2), 2, 1)).toBe(-1.4);
  });
});
