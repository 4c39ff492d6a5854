import { describe, expect, it } from 'vitest';
import type { RefusalReason } from '../contract.ts';
import { ALICE, BOB } from './link-pair.testing.ts';
import { Refusals, refusalMessage } from './refusal.ts';

const REASONS: readonly RefusalReason[] = [
  'wrong-key',
  'wrong-network',
  'version',
  'protocol',
  'identity',
  'duplicate',
  'full',
  'malformed',
  'too-much',
];

describe('the words of a refusal', () => {
  it('are a sentence of our own for every reason, at either end', () => {
    for (const where of ['here', 'there'] as const) {
      const texts = REASONS.map((reason) => refusalMessage(ALICE, reason, where));
      expect(new Set(texts).size).toBe(REASONS.length);
      for (const text of texts) {
        expect(text).toMatch(/^(node|others|somebody|an? )/);
        expect(text).not.toContain('this page'); // a program in a terminal says so, too
      }
    }
  });

  it('are one and the same for all members where all refuse for the same: a page tells a line once', () => {
    for (const reason of ['wrong-key', 'wrong-network'] as const) {
      const texts = [ALICE, BOB].flatMap((peer) => [
        refusalMessage(peer, reason, 'here'),
        refusalMessage(peer, reason, 'there'),
      ]);
      expect(new Set(texts).size).toBe(1);
    }
  });

  it('of unknown callers are told eight times in ten seconds, and then again; of those we called, always', () => {
    for (const isInitiator of [false, true]) {
      const refusals = new Refusals();
      const caller = { peer: ALICE, isInitiator, provenIdentity: undefined };
      const count = (nowMs: number): number =>
        Array.from({ length: 20 }, () =>
          refusals.effects(caller, { type: 'refused', where: 'here', reason: 'wrong-key' }, nowMs),
        ).flat().length;
      expect([count(0), count(9_000), count(10_001)]).toEqual(isInitiator ? [20, 20, 20] : [8, 0, 8]);
    }
  });
});
