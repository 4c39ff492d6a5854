import { expect, it } from 'vitest';
import { eventText, workText } from './log-text.ts';

it('says what happened as it follows a name, with the reason where there is one', () => {
  expect(eventText({ kind: 'submitted', detail: undefined })).toBe('asked for it');
  expect(eventText({ kind: 'failure', detail: '12: out of memory' })).toBe(
    'failed at task 12: out of memory',
  );
  expect(eventText({ kind: 'refused', detail: 'another kernel' })).toBe('does not help: another kernel');
  expect(eventText({ kind: 'failed', detail: undefined })).toBe('failed');
  expect(eventText({ kind: 'expired', detail: '1' })).toBe('did not bring a task in time');
  expect(eventText({ kind: 'expired', detail: '3' })).toBe('did not bring 3 tasks in time');
  expect(eventText({ kind: 'priority', detail: '4' })).toBe('set its priority to 4 of 0 to 4');
});

it('counts what a device did, and what went wrong only where something did', () => {
  const work = { node: '' as never, name: 'attic' };
  expect(workText({ ...work, tasks: 1, failures: 0, expired: 0 })).toBe('1 task');
  expect(workText({ ...work, tasks: 12, failures: 1, expired: 2 })).toBe('12 tasks, 1 failed, 2 not in time');
});
