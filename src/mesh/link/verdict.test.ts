import { describe, expect, it } from 'vitest';
import type { OwnLife } from '../identity/identity.ts';
import { makeLife } from './link-pair.testing.ts';
import { type Candidate, verdictOn } from './verdict.ts';

const [LOWER, HIGHER] = [makeLife(1), makeLife(2)].sort((a, b) => (a.id < b.id ? -1 : 1)) as [
  OwnLife,
  OwnLife,
];
const candidate = (of: OwnLife, change: Partial<Candidate> = {}): Candidate => ({
  peer: of.id,
  identity: of,
  newestLife: undefined,
  isInitiator: false,
  openedAtMs: 0,
  isRevived: false,
  hasWaited: false,
  ...change,
});

describe('a channel whose other end has proven itself', () => {
  it('becomes the Link where there is none', () => {
    expect(verdictOn(candidate(HIGHER), LOWER, undefined, false)).toBe('accept');
  });

  it('waits for the call of the lower id, at the lower id only and for a while', () => {
    expect(verdictOn(candidate(HIGHER), LOWER, undefined, true)).toBe('wait');
    expect(verdictOn(candidate(HIGHER, { hasWaited: true }), LOWER, undefined, true)).toBe('accept');
    expect(verdictOn(candidate(HIGHER, { isInitiator: true }), LOWER, undefined, true)).toBe('accept');
    expect(verdictOn(candidate(LOWER), HIGHER, undefined, true)).toBe('accept');
  });

  it('takes the place of a Link that the other end must have lost', () => {
    const before = candidate(HIGHER, { isInitiator: true });
    expect(verdictOn(candidate(HIGHER, { openedAtMs: 60_000 }), LOWER, before, false)).toBe('replace');
    expect(verdictOn(candidate(HIGHER, { openedAtMs: 100 }), LOWER, before, false)).toBe('keep-other');
  });

  it('is refused when a newer life of its Node is known from others, though we have no Link to it', () => {
    expect(verdictOn(candidate(HIGHER, { newestLife: HIGHER.life + 1 }), LOWER, undefined, false)).toBe(
      'refuse-older-life',
    );
    expect(verdictOn(candidate(HIGHER, { newestLife: HIGHER.life }), LOWER, undefined, false)).toBe('accept');
  });

  it('takes the place of an earlier life at once, and leaves the place of a later one alone', () => {
    const [young, old] = [makeLife(3, 2_000_000), makeLife(3, 1_000_000)];
    for (const isInitiator of [true, false]) {
      const self = { ...LOWER };
      expect(verdictOn(candidate(young, { isInitiator }), self, candidate(old), false)).toBe('replace');
      expect(
        verdictOn(candidate(old, { isInitiator, openedAtMs: 60_000 }), self, candidate(young), false),
      ).toBe('refuse-older-life');
    }
  });

  it('with our own key has to go when its life is older; else we do: never both, never none', () => {
    const [young, old] = [makeLife(3, 2_000_000), makeLife(3, 1_000_000)];
    expect(verdictOn(candidate(old), young, undefined, false)).toBe('refuse-own-older-life');
    expect(verdictOn(candidate(young), old, undefined, false)).toBe('give-way');
    // Two tabs duplicated in the same millisecond.
    const twin = { ...young, agreementKey: old.agreementKey };
    const verdicts = [
      verdictOn(candidate(twin), young, undefined, false),
      verdictOn(candidate(young), twin, undefined, false),
    ];
    expect(verdicts.sort()).toEqual(['give-way', 'refuse-own-older-life']);
  });
});
