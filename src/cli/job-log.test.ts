import { expect, it } from 'vitest';
import type { ReadableLog } from '../farm/index.ts';
import { logLines, logRecord } from './job-log.ts';
import { otherNode, someNode } from './job-views.testing.ts';

const atMs = new Date(2026, 10, 26, 9, 5, 7).getTime();
const log: ReadableLog = {
  events: [
    { atMs, kind: 'submitted', node: otherNode, detail: undefined },
    { atMs: atMs + 3_000, kind: 'failure', node: someNode, detail: '12: out of\nmemory\u001b[31m' },
    { atMs: atMs + 60_000, kind: 'done', node: undefined, detail: undefined },
  ],
  omitted: 0,
  work: [{ node: someNode, name: 'attic', tasks: 40, failures: 1, expired: 0 }],
  names: new Map([
    [someNode, 'attic'],
    [otherNode, 'desk'],
  ]),
};
const job = { id: 'aaaaaaaa11', title: 'leaf.glb' };

it('tells line by line what happened and who did what, by the names that are known', () => {
  expect(logLines(job, log, () => undefined)).toBe(
    [
      'time                 device  leaf.glb (aaaaaaaa)',
      '2026-11-26 09:05:07  desk    asked for it',
      '2026-11-26 09:05:10  attic   failed at task 12: out of memory\ufffd[31m',
      '2026-11-26 09:06:07          done',
      '',
      'device  tasks  failed  not in time',
      'attic   40     1       0',
    ].join('\n'),
  );
  const names = logLines(job, log, (node) => (node === someNode ? 'loft' : undefined));
  expect(names).toContain('loft');
  expect(names).not.toContain('attic');
  expect(logLines(job, { ...log, names: new Map() }, () => undefined)).toContain('bbbbbbbb  asked for it');
});

it('says how much of a long log is gone, and is silent of work where nobody did any', () => {
  const told = logLines(job, { ...log, omitted: 3, work: [] }, () => undefined);
  expect(told.split('\n').at(-1)).toBe('3 events after the first are not kept');
});

it('is a record for programs, with null where nobody or nothing is known', () => {
  expect(JSON.parse(JSON.stringify(logRecord(job, log, () => undefined)))).toEqual({
    ...{ job: 'aaaaaaaa11', title: 'leaf.glb', omitted: 0 },
    events: [
      { at: new Date(atMs).toISOString(), kind: 'submitted', node: otherNode, name: 'desk', detail: null },
      {
        ...{ at: new Date(atMs + 3_000).toISOString(), kind: 'failure', node: someNode, name: 'attic' },
        detail: '12: out of memory\ufffd[31m',
      },
      { at: new Date(atMs + 60_000).toISOString(), kind: 'done', node: null, name: null, detail: null },
    ],
    work: [{ node: someNode, name: 'attic', tasks: 40, failures: 1, expired: 0 }],
  });
});
