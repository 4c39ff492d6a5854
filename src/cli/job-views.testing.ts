/** Jobs as a farm shows them, for tests. */
import type { JobControl, JobDescription, JobId, JobView } from '../farm/index.ts';
import { parseNodeId } from '../wire/index.ts';

export const someNode = parseNodeId('aaaaaaaa-1111-8000-8000-000000000000');
export const otherNode = parseNodeId('bbbbbbbb-2222-8000-8000-000000000000');

export type ViewOptions = Partial<Omit<JobView, 'description' | 'control'>> &
  Partial<Pick<JobDescription, 'title' | 'submittedAtMs'>> &
  Partial<Omit<JobControl, 'version'>>;

/** Running, a quarter done, led by `someNode`. */
export function jobView(id: string, options: ViewOptions = {}): JobView {
  const { title = 'leaf.glb', submittedAtMs = 0, phase = 'running', reason, priority = 2, ...rest } = options;
  return {
    description: {
      ...{ id: id as JobId, kind: 'render', title, submittedAtMs },
      ...{ taskCount: 4, spec: new Uint8Array(), submitter: someNode },
    },
    control: { version: 1, phase, reason, priority },
    term: { number: 1, node: someNode },
    role: 'member',
    isAttended: true,
    standby: undefined,
    doneCost: 25,
    totalCost: 100,
    checked: 0,
    liars: [],
    log: [],
    helpers: [],
    active: [],
    ...rest,
  };
}
