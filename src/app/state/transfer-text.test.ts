import { expect, it } from 'vitest';
import type { Helper } from '../../farm/index.ts';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { receiving, transferText } from './transfer-text.ts';

it('says how much of a scene has come, and no more that it comes when all is there', () => {
  expect(transferText(0, 2048)).toBe('receiving the scene: 0 B of 2 KiB');
  expect(transferText(1024, 2048)).toBe('receiving the scene: 1 KiB of 2 KiB');
  expect(transferText(2048, 2048)).toBe('reading the scene');
  expect(transferText(0, 0)).toBe('about to receive the scene');
});

it('is said of those who are at it, while there is something to help with', () => {
  const node = newNodeId(seededRandom(1));
  const rest = { node, reason: undefined, receivedBytes: 9, totalBytes: 9, checked: 0 };
  const helpers: readonly Helper[] = [
    { ...rest, state: 'fetching' },
    { ...rest, state: 'ready' },
  ];
  expect(receiving(helpers, true)).toEqual([{ ...rest, state: 'fetching' }]);
  expect(receiving(helpers, false)).toEqual([]);
});
