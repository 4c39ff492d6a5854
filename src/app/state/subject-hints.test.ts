import { expect, it } from 'vitest';
import { matches, subjectProblem } from '../../services/pubsub/index.ts';
import { hintFor } from './subject-hints.ts';

it('is a subject to send to, which the pattern means', () => {
  for (const pattern of ['jobs.new', 'jobs.*', '*.b.>', '>']) {
    const hint = hintFor(pattern);
    if (hint.type !== 'send') throw new Error(`${pattern} is nobody's own`);
    expect(subjectProblem(hint.subject)).toBeUndefined();
    expect(matches(pattern, hint.subject.split('.'))).toBe(true);
  }
});

it('is another one for what the system publishes', () => {
  expect(hintFor('leafcutter.job.>')).toEqual({ type: 'render' });
  expect(hintFor('$SRV.>')).toEqual({ type: 'reserved' });
});
