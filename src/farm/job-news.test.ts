import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobId, JobPhase, JobRole, JobView } from './contract.ts';
import { JobNews, PROGRESS_EVERY_MS } from './job-news.ts';

const random = seededRandom(1);
const [SUBMITTER, COORDINATOR] = [newNodeId(random), newNodeId(random)];
const ID = 'ab'.repeat(16) as JobId;

interface Change {
  readonly phase?: JobPhase;
  readonly role?: JobRole;
  readonly doneCost?: number;
  readonly term?: number;
  readonly reason?: string;
}

function view({ phase = 'running', role = 'coordinator', doneCost = 0, term = 1, reason }: Change): JobView {
  return {
    description: {
      ...{ id: ID, kind: 'render', title: 'box', taskCount: 9, spec: new Uint8Array() },
      ...{ submitter: SUBMITTER, submittedAtMs: 1 },
    },
    control: { version: 1, phase, reason, priority: 2 },
    term: { number: term, node: COORDINATOR },
    ...{ role, isAttended: true, standby: undefined, doneCost, totalCost: 3000, checked: 0, liars: [] },
    helpers: [
      {
        ...{ node: COORDINATOR, state: 'working', reason: undefined },
        ...{ receivedBytes: 0, totalBytes: 0, checked: 0 },
      },
    ],
    ...{ active: [], log: [] },
  };
}

/** What is said, in order, when the Job changes so at these moments. */
function told(changes: readonly (readonly [number, Change])[]): string[] {
  const news = new JobNews();
  return changes.flatMap(([at, change]) => {
    const item = news.look(view(change), at);
    return item ? [`${item.kind} ${item.record.progress}`] : [];
  });
}

describe('news of a Job', () => {
  it('tell who coordinates that it began, how far it is, and that it is done', () => {
    const news = new JobNews();
    expect(news.look(view({}), 0)).toEqual({
      kind: 'started',
      record: {
        ...{ job: ID, kind: 'render', title: 'box', state: 'running', progress: 0 },
        ...{ submitter: SUBMITTER, coordinator: COORDINATOR, nodes: 1 },
      },
    });
    expect(news.look(view({ doneCost: 1000 }), PROGRESS_EVERY_MS)?.record.progress).toBe(0.333);
    expect(news.look(view({ phase: 'done', doneCost: 2900 }), PROGRESS_EVERY_MS + 1)).toMatchObject({
      kind: 'done',
      record: { state: 'done', progress: 1 },
    });
  });

  it('tell progress once a second at most, and only when there is some', () => {
    const second = PROGRESS_EVERY_MS;
    expect(
      told([
        [0, {}],
        [second - 1, { doneCost: 300 }],
        [second, { doneCost: 600 }],
        [second + 1, { doneCost: 900 }],
        [2 * second, { doneCost: 900 }],
        [3 * second, { doneCost: 901 }],
        [9 * second, { doneCost: 901 }],
      ]),
    ).toEqual(['started 0', 'progress 0.2', 'progress 0.3']);
  });

  it('tell an end once, and why it failed or was cancelled', () => {
    const news = new JobNews();
    news.look(view({}), 0);
    const ended = view({ phase: 'cancelled', reason: 'nobody wants it' });
    expect(news.look(ended, 1)).toMatchObject({
      kind: 'failed',
      record: { state: 'cancelled', reason: 'nobody wants it' },
    });
    expect(news.look(ended, 2)).toBeUndefined();
    // Requeued.
    expect(news.look(view({}), 3)?.kind).toBe('started');
  });

  it('are for its coordinator to tell, and a successor does not tell that it began', () => {
    expect(told([[0, { role: 'member' }]])).toEqual([]);
    expect(
      told([
        [0, { term: 2 }],
        [5000, { term: 2, doneCost: 1500 }],
        [5001, { term: 2, role: 'standby', phase: 'done' }],
      ]),
    ).toEqual(['progress 0.5']);
    expect(told([[0, { phase: 'done', term: 4 }]])).toEqual([]);
  });
});
