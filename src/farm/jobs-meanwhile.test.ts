import { expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobId, JobPhase, JobRole, JobView } from './contract.ts';
import { JobNews } from './job-news.ts';
import { JobsMeanwhile } from './jobs-meanwhile.ts';

const NODE = newNodeId(seededRandom(1));

function view(job: number, phase: JobPhase, { role = 'coordinator' as JobRole, doneCost = 0 } = {}): JobView {
  return {
    description: {
      ...{ id: job.toString(16).padStart(32, '0') as JobId, kind: 'render', title: 'box', taskCount: 9 },
      ...{ spec: new Uint8Array(), submitter: NODE, submittedAtMs: 1 },
    },
    control: { version: 1, phase, reason: undefined, priority: 2 },
    term: { number: 1, node: NODE },
    ...{ role, isAttended: true, standby: undefined, doneCost, totalCost: 3000, checked: 0, liars: [] },
    ...{ helpers: [], active: [], log: [] },
  };
}

function told(meanwhile: JobsMeanwhile): (string | undefined)[] {
  const news = new JobNews();
  return meanwhile.views.map((each) => news.look(each, 0)?.kind).filter((kind) => kind !== undefined);
}

it('of a Job that changed ten thousand times its beginning and its end are kept', () => {
  const meanwhile = new JobsMeanwhile([]);
  meanwhile.look(view(1, 'running', { role: 'member' }));
  for (let i = 0; i < 10_000; i++) meanwhile.look(view(1, 'running', { doneCost: i % 3000 }));
  meanwhile.look(view(1, 'done'));
  meanwhile.look(undefined);
  expect(meanwhile.views).toHaveLength(2);
  expect(told(meanwhile)).toEqual(['started', 'done']);
});

it('what was over before is no news, and Jobs without end are not kept without end', () => {
  const meanwhile = new JobsMeanwhile([view(0, 'done')]);
  meanwhile.look(view(0, 'done'));
  expect(told(meanwhile)).toEqual([]);
  for (let job = 1; job < 5_000; job++) meanwhile.look(view(job, 'running'));
  expect(meanwhile.views.length).toBeLessThanOrEqual(2 * 1_024);
});
