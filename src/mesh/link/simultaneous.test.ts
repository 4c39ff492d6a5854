import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { channelToKeep, type OpenedChannel, SIMULTANEOUS_MS } from './simultaneous.ts';

const [A, B] = [newNodeId(seededRandom(1)), newNodeId(seededRandom(2))].sort() as [
  ReturnType<typeof newNodeId>,
  ReturnType<typeof newNodeId>,
];

describe('two channels between the same Nodes', () => {
  it('lead both ends to the same choice when each opened one, in whatever order they see them', () => {
    fc.assert(
      fc.property(
        fc.nat(SIMULTANEOUS_MS - 1),
        fc.boolean(),
        fc.boolean(),
        (apartMs, aSawOwnFirst, bSawOwnFirst) => {
          const keptBy = (isA: boolean, sawOwnFirst: boolean): string => {
            const own: OpenedChannel = { isInitiator: true, openedAtMs: 0, isRevived: false };
            const theirs: OpenedChannel = { isInitiator: false, openedAtMs: apartMs, isRevived: false };
            const [existing, newer] = sawOwnFirst ? [own, theirs] : [theirs, own];
            const [self, peer] = isA ? [A, B] : [B, A];
            const kept = channelToKeep(self, peer, existing, newer) === 'existing' ? existing : newer;
            return kept.isInitiator === isA ? 'opened by A' : 'opened by B';
          };
          expect(keptBy(true, aSawOwnFirst)).toBe('opened by A');
          expect(keptBy(false, bSawOwnFirst)).toBe('opened by A');
        },
      ),
    );
  });

  it('leave the newer when the same Node opened both, or when it comes much later', () => {
    for (const isInitiator of [true, false]) {
      const first = { isInitiator, openedAtMs: 0, isRevived: false };
      expect(channelToKeep(A, B, first, { ...first, openedAtMs: 1 })).toBe('newer');
      const later = { ...first, isInitiator: !isInitiator, openedAtMs: SIMULTANEOUS_MS };
      expect(channelToKeep(A, B, first, later)).toBe('newer');
    }
  });

  it('leave the fresh one when the other is a Link begun anew, at both ends and whenever each was opened', () => {
    for (const isInitiator of [true, false]) {
      const revived = { isInitiator, openedAtMs: 70_000, isRevived: true };
      for (const isCaller of [true, false]) {
        const fresh = { isInitiator: isCaller, openedAtMs: 69_000, isRevived: false };
        expect(channelToKeep(A, B, revived, fresh)).toBe('newer');
        expect(channelToKeep(A, B, fresh, revived)).toBe('existing');
      }
    }
  });
});
