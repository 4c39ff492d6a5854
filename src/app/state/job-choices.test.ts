import { describe, expect, it } from 'vitest';
import { choicesOf, priorityText } from './job-choices.ts';

const facts = { state: 'rendering', priority: 2, canNotify: false } as const;

describe('what can be done with a render', () => {
  it('while it runs: pause, order, cancel', () => {
    expect(choicesOf(facts)).toEqual(['pause', 'sooner', 'later', 'change', 'use-settings', 'cancel']);
    expect(choicesOf({ ...facts, state: 'waiting' })).toContain('pause');
    expect(choicesOf({ ...facts, state: 'paused' })).toContain('resume');
    expect(choicesOf({ ...facts, state: 'paused' })).not.toContain('pause');
    expect(choicesOf({ ...facts, canNotify: true })).toContain('notify');
  });

  it('at the ends of the order only the other way', () => {
    expect(choicesOf({ ...facts, priority: 4 })).not.toContain('sooner');
    expect(choicesOf({ ...facts, priority: 3 })).toContain('sooner');
    expect(choicesOf({ ...facts, priority: 0 })).not.toContain('later');
    expect(choicesOf({ ...facts, priority: 1 })).toContain('later');
  });

  it('when it is over: go on where it was not done, and remove', () => {
    expect(choicesOf({ ...facts, state: 'done' })).toEqual(['change', 'use-settings', 'remove']);
    expect(choicesOf({ ...facts, state: 'failed' })).toEqual(['requeue', 'change', 'use-settings', 'remove']);
    expect(choicesOf({ ...facts, state: 'cancelled' })).toContain('requeue');
  });
});

it('the normal priority needs no words', () => {
  expect(priorityText(2)).toBe('');
  expect(priorityText(4)).toMatch(/before everything/);
  expect(priorityText(0)).toMatch(/nothing else/);
});
