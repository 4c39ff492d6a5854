import { expect, it } from 'vitest';
import { jobName, shareDone } from './job-text.ts';
import { percent } from './numbers.ts';

it('never says that more is done than is, nor anything of a job of which nothing is known yet', () => {
  expect(percent(shareDone({ doneCost: 9_999, totalCost: 10_000 }))).toBe('99 %');
  expect(percent(shareDone({ doneCost: 10, totalCost: 10 }))).toBe('100 %');
  expect(shareDone({ doneCost: 0, totalCost: 0 })).toBe(0);
});

it('names a job in one line that cannot move the cursor', () => {
  expect(jobName({ id: 'aaaaaaaa1122', title: ' a\n\u001b[2J ' })).toBe('a \ufffd[2J (aaaaaaaa)');
});
