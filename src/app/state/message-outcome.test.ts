import { expect, it } from 'vitest';
import { CancelledError } from '../../runtime/index.ts';
import { NoRespondersError } from '../../services/pubsub/index.ts';
import { answered, failed, sent } from './message-outcome.ts';

it('says who has taken what was sent', () => {
  expect(sent({ subscriptions: 1, nodes: 1 }).text).toBe('Taken by 1 subscription on 1 device.');
  expect(sent({ subscriptions: 12, nodes: 3 }).text).toBe('Taken by 12 subscriptions on 3 devices.');
});

it('says how many answered a question and how soon, or that nobody did', () => {
  expect(answered(1, 12).text).toBe('Answered after 12 ms.');
  expect(answered(3, 4.2).text).toBe('3 answers, the first after 4.2 ms.');
  expect(answered(0, undefined)).toMatchObject({ tone: 'warn' });
});

it('says that nobody is there in the words of what was tried, and gives other reasons as they are', () => {
  expect(failed('ask', 'time', new NoRespondersError('time')).text).toBe('Nobody serves time.');
  expect(failed('send', 'time', new NoRespondersError('time')).text).toBe(
    'Nobody listens to time: it reached nobody.',
  );
  expect(failed('ask', '\u202etime', new NoRespondersError('time')).text).toBe('Nobody serves \ufffdtime.');
  expect(failed('ask', 'time', new CancelledError('the request'))).toMatchObject({ tone: 'warn' });
  expect(failed('send', 'x', new Error('it is too large'))).toEqual({
    tone: 'bad',
    text: 'It is too large.',
  });
});
