import { afterEach, expect, it } from 'vitest';
import { messageOf } from './errors.ts';
import { reportError, setLogSink } from './log.ts';

afterEach(() => setLogSink(undefined));

const mute = {
  toString() {
    throw new Error('no');
  },
};

it('whatever was thrown has a message', () => {
  expect(messageOf(new Error('out of ink'))).toBe('out of ink');
  expect(messageOf('out of ink')).toBe('out of ink');
  expect(messageOf(Object.assign(new Error(), { message: 7 }))).toBe('7');
  for (const thrown of [undefined, null, Symbol('x'), Object.create(null), mute]) {
    expect(typeof messageOf(thrown)).toBe('string');
  }
});

it('an error is reported though looking into it fails', () => {
  const seen: unknown[] = [];
  setLogSink((_level, text, detail) => {
    if (typeof detail === 'object') seen.push(String(detail));
    seen.push(text, detail);
  });
  reportError('it failed', mute);
  expect(seen).toEqual(['it failed', 'an error that says nothing of itself']);
});
