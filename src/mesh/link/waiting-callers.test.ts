import { expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import { ALICE, BOB } from './link-pair.testing.ts';
import { WAIT_MS, WaitingCallers } from './waiting-callers.ts';

it('wait so long each, and are found by who they are and by who is due', () => {
  const waiting = new WaitingCallers();
  expect(waiting.deadlineMs).toBe(NEVER);
  const [first, second, third] = [{ peer: BOB }, { peer: ALICE }, { peer: BOB }];
  waiting.add(first, 100);
  waiting.add(second, 50);
  waiting.add(third, 200);
  expect(waiting.deadlineMs).toBe(50 + WAIT_MS);
  expect(waiting.of(BOB)).toEqual([first, third]);
  expect(waiting.due(99 + WAIT_MS)).toEqual([second]);
  expect(waiting.due(100 + WAIT_MS)).toEqual([first, second]);
  expect([waiting.hasWaited(first, 99 + WAIT_MS), waiting.hasWaited(first, 100 + WAIT_MS)]).toEqual([
    false,
    true,
  ]);
  waiting.delete(second);
  expect(waiting.hasWaited(second, 1e9)).toBe(false);
  expect(waiting.deadlineMs).toBe(100 + WAIT_MS);
});
