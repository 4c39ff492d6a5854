import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import type { JobView } from './jobs.ts';
import { losesWork } from './leaving.ts';

const view = (isRunning: boolean, isOnlyHere: boolean) =>
  ({ isRunning: signal(isRunning), standing: signal({ isOnlyHere }) }) as unknown as JobView;

it('work is lost with this tab only where a render goes on that nobody else has', () => {
  expect(losesWork([])).toBe(false);
  expect(losesWork([view(true, false), view(false, true)])).toBe(false);
  expect(losesWork([view(true, false), view(true, true)])).toBe(true);
});
