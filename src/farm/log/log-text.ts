/** A Job's log in words, the same in the page and in the terminal: what a Node did follows its name. */
import type { JobEvent, NodeWork } from '../contract.ts';

/** A JobEvent in words, to stand behind the name of whoever did it. */
export function eventText({ kind, detail }: Pick<JobEvent, 'kind' | 'detail'>): string {
  const because = detail === undefined ? '' : `: ${detail}`;
  switch (kind) {
    case 'submitted':
      return 'asked for it';
    case 'led':
      return 'leads it from here on';
    case 'paused':
      return 'paused it';
    case 'resumed':
      return 'resumed it';
    case 'requeued':
      return 'went on with it after it had ended';
    case 'cancelled':
      return 'cancelled it';
    case 'priority':
      return `set its priority to ${detail ?? 'another'} of 0 to 4`;
    case 'done':
      return 'done';
    case 'failed':
      return `failed${because}`;
    case 'joined':
      return 'began to help';
    case 'failure':
      return `failed at task ${detail ?? 'unknown'}`;
    case 'expired':
      return detail === '1'
        ? 'did not bring a task in time'
        : `did not bring ${detail ?? 'some'} tasks in time`;
    case 'blocked':
      return `gets no more of it${because}`;
    case 'refused':
      return `does not help${because}`;
    case 'wrong':
      return 'brought wrong results: all that they were in is done again';
    case 'left':
      return 'left';
    default:
      return kind satisfies never;
  }
}

/** `12 tasks, 1 failed, 2 not in time`. */
export function workText({ tasks, failures, expired }: NodeWork): string {
  return [
    `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`,
    ...(failures > 0 ? [`${failures} failed`] : []),
    ...(expired > 0 ? [`${expired} not in time`] : []),
  ].join(', ');
}
