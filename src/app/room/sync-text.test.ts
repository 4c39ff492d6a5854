import { expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { paceText } from './sync-text.ts';

it('says in a sentence how much slower everybody writes, and why', () => {
  const full = { share: 1, slowedBy: [], updates: 0, leftBehind: [] };
  expect(paceText(full)).toBeUndefined();
  expect(paceText({ ...full, share: 0.25, slowedBy: ['a' as NodeId], updates: 120 })).toBe(
    'Everybody writes at 25 % of the usual pace: 1 device does not keep up with all that comes, and the furthest lacks 120 changes. Nothing is lost.',
  );
});
