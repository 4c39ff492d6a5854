import { describe, expect, it } from 'vitest';
import { realCryptography } from '../../mesh/index.ts';
import { Agreement } from './agreement.ts';
import { NO_CHECKPOINT } from './checkpoint.ts';
import { settle } from './plain.ts';

const state = settle({ a: 1 });

describe('agreement on a state', () => {
  it('is one hash, which is made once for a state', () => {
    let hashes = 0;
    const sha256 = (bytes: Uint8Array): Uint8Array => {
      hashes++;
      return realCryptography.sha256(bytes);
    };
    const agreement = new Agreement({ isRepeatable: () => true, isBlind: false }, { sha256 });
    expect(agreement.hashOf(state)).toMatch(/^[0-9a-f]{64}$/);
    expect(agreement.judge(agreement.shortHashOf(state) ?? '', state)).toBe('same');
    expect(hashes).toBe(1);
    expect(agreement.hashOf(settle({ a: 2 }))).not.toBe(agreement.hashOf(state));
  });

  it('lets no claim of others cost more than one run for each state', () => {
    let runs = 0;
    const agreement = new Agreement({ isRepeatable: () => ++runs > 0, isBlind: false }, realCryptography);
    for (let i = 0; i < 3; i++) expect(agreement.judge('0'.repeat(16), state)).toBe('other');
    expect(runs).toBe(1);
    expect(agreement.judge('0'.repeat(16), settle({ a: 2 }))).toBe('other');
    expect(runs).toBe(2);
  });

  it('costs a hundredth of the time, however often somebody says another hash', () => {
    let runs = 0;
    const agreement = new Agreement({ isRepeatable: () => ++runs > 0, isBlind: false }, realCryptography);
    const heads = { heads: [], count: 40, isQuestion: false, checkpoint: NO_CHECKPOINT };
    const history = { tipHash: NO_CHECKPOINT, count: 40, dag: { heads: new Set(), size: 40 } };
    const claim = (number: number, nowMs: number): string =>
      agreement.compare(
        { ...heads, stateHash: '0'.repeat(16) },
        history as never,
        () => states[number] ?? null,
        nowMs,
      );
    const states = Array.from({ length: 9 }, (_, i) => settle({ a: i }));
    expect([claim(0, 0), claim(0, 1), runs]).toEqual(['other', 'other', 1]);
    expect([claim(1, 39), runs]).toEqual(['same', 1]);
    expect([claim(2, 40), runs]).toEqual(['other', 2]);
  });

  it('ends where our own function does not give its state again', () => {
    const agreement = new Agreement({ isRepeatable: () => false, isBlind: false }, realCryptography);
    expect(agreement.judge('0'.repeat(16), state)).toBe('unrepeatable');
  });

  it('has nothing to say where the states mean nothing', () => {
    const agreement = new Agreement({ isRepeatable: () => false, isBlind: true }, realCryptography);
    expect(agreement.shortHashOf(state)).toBeUndefined();
    expect(agreement.judge('0'.repeat(16), state)).toBe('same');
  });
});
