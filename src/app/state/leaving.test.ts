import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import type { JobView } from './jobs.ts';
import { losesWork } from './leaving.ts';

const view = (isRunning: boolean, isOnlyHere: boolean) =>
  ({ isRunning: signal(isRunning), standing: signal({ isOnlyHere }) }) as unknown as JobView;

const page = (list: readonly JobView[], isSubmitting = false) => ({
  ...{ jobs: { list: signal(list) }, isSubmitting: signal(isSubmitting) },
});

it('work is lost with this tab only where a render goes on that nobody else has', () => {
  expect(losesWork(page([]))).toBe(false);
  expect(losesWork(page([view(true, false), view(false, true)]))).toBe(false);
  expect(losesWork(page([view(true, false), view(true, true)]))).toBe(true);
});

it('a render that is only on its way to be one is lost, too', () => {
  expect(losesWork(page([], true))).toBe(true);
});
