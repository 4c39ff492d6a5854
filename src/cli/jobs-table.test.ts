import { describe, expect, it } from 'vitest';
import type { Member } from '../library/index.node.ts';
import { jobView, otherNode, someNode } from './job-views.testing.ts';
import { jobRows, jobsTable } from './jobs-table.ts';

const members = [
  { id: someNode, attributes: { name: 'desk' } },
  { id: otherNode, attributes: { name: 'laptop' } },
] as unknown as Member[];

describe('the jobs of a network', () => {
  it('are told newest first, with who leads them and who keeps the second copy', () => {
    const rows = jobRows(
      [
        jobView('aaaaaaaa11', {
          ...{ submittedAtMs: 1_000, standby: otherNode, checked: 12 },
          liars: [{ node: otherNode, withdrawnCost: 5 }],
        }),
        jobView('bbbbbbbb22', {
          submittedAtMs: 2_000,
          phase: 'failed',
          reason: 'three\nfailed',
          isAttended: false,
        }),
      ],
      members,
    );
    expect(rows).toMatchObject([
      {
        ...{
          id: 'bbbbbbbb22',
          phase: 'failed',
          reason: 'three failed',
          coordinator: null,
          coordinatorName: null,
        },
        ...{ standby: null, standbyName: null, submittedAt: '1970-01-01T00:00:02.000Z' },
      },
      {
        ...{
          id: 'aaaaaaaa11',
          phase: 'running',
          reason: null,
          done: 0.25,
          priority: 2,
          coordinator: someNode,
        },
        ...{ coordinatorName: 'desk', standby: otherNode, standbyName: 'laptop', checked: 12 },
        liars: [{ node: otherNode, name: 'laptop', withdrawn: 0.05 }],
      },
    ]);
    expect(jobsTable(rows)).toBe(
      [
        'job       title     state                 done  priority  led by  second copy',
        'bbbbbbbb  leaf.glb  failed: three failed  25 %  2         -       -',
        'aaaaaaaa  leaf.glb  running               25 %  2         desk    laptop',
      ].join('\n'),
    );
  });

  it('that nobody leads are waiting, whatever they were', () => {
    expect(jobsTable(jobRows([jobView('aaaaaaaa11', { isAttended: false })], members))).toContain(
      'waits for somebody to lead it',
    );
  });

  it('that were cancelled say so once', () => {
    const job = jobView('aaaaaaaa11', { phase: 'cancelled', reason: 'it was cancelled' });
    expect(jobsTable(jobRows([job], members))).toMatch(/leaf\.glb +cancelled +25 %/);
  });

  it('cannot move the cursor of a terminal, nor break with a time that no calendar has', () => {
    const [row] = jobRows([jobView('aaaaaaaa11', { title: 'a\u001b[2Jb', submittedAtMs: 1e300 })], members);
    expect(row?.title).toBe('a\ufffd[2Jb');
    expect(row?.submittedAt).toMatch(/^\+275760/);
  });

  it('are said to be none where there are none', () => {
    expect(jobsTable([])).toBe('nobody in the network knows of any job');
  });
});
