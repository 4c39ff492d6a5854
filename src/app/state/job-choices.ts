/** What a person may do with a render in the list, given where it stands: for everyone's, not only one's own. */
import { isFinal, type RenderJob } from '../../render/job/index.page.ts';

export type JobChoice =
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'requeue'
  | 'sooner'
  | 'later'
  | 'change'
  | 'use-settings'
  | 'notify'
  | 'remove';

export interface ChoiceFacts extends Pick<RenderJob, 'state' | 'priority'> {
  /** The person may be told of its end and did not ask for it yet. */
  readonly canNotify: boolean;
}

/** In the order in which they are shown. */
export function choicesOf({ state, priority, canNotify }: ChoiceFacts): readonly JobChoice[] {
  if (isFinal(state)) {
    const again: readonly JobChoice[] = state === 'done' ? [] : ['requeue'];
    return [...again, 'change', 'use-settings', 'remove'];
  }
  return [
    state === 'paused' ? 'resume' : 'pause',
    ...(priority < PRIORITIES.length - 1 ? (['sooner'] as const) : []),
    ...(priority > 0 ? (['later'] as const) : []),
    ...(canNotify ? (['notify'] as const) : []),
    'change',
    'use-settings',
    'cancel',
  ];
}

/** The lowest first. */
const PRIORITIES = [
  'when nothing else is to do',
  'after others',
  '',
  'before others',
  'before everything else',
];

/** Empty for the normal one. */
export const priorityText = (priority: number): string => PRIORITIES[priority] ?? '';
