import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom, setLogSink } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { type Answer, Handlers } from './handlers.ts';

const from = newNodeId(seededRandom(1));
const body = Uint8Array.of(1);
const logged: string[] = [];

beforeEach(() => {
  logged.length = 0;
  setLogSink((_level, text) => logged.push(text));
});
afterEach(() => setLogSink(undefined));

describe('handlers', () => {
  it('are one per name, until they are unregistered', () => {
    const handlers = new Handlers();
    const got: string[] = [];
    const off = handlers.receive('a', () => void got.push('first'));
    expect(() => handlers.receive('a', () => undefined)).toThrow(/has a handler already/);
    handlers.message(from, 'a', body);
    handlers.message(from, 'unknown', body);
    off();
    off();
    handlers.receive('a', () => void got.push('second'));
    handlers.message(from, 'a', body);
    expect(got).toEqual(['first', 'second']);
  });

  it('hold the stream back with their promise, and what they throw is reported, not thrown', async () => {
    const handlers = new Handlers();
    handlers.receive('throws', () => {
      throw new Error('x');
    });
    handlers.receive('rejects', () => Promise.reject(new Error('y')));
    handlers.receive('waits', () => Promise.resolve());
    expect(handlers.message(from, 'throws', body)).toBeUndefined();
    await expect(handlers.message(from, 'rejects', body)).resolves.toBeUndefined();
    expect(handlers.message(from, 'waits', body)).toBeInstanceOf(Promise);
    expect(logged).toHaveLength(2);
  });

  it('answer requests: with a body, with what they throw, or that nobody serves the name', async () => {
    const handlers = new Handlers();
    const answers: Answer[] = [];
    const answer = (given: Answer) => void answers.push(given);
    handlers.serve('ok', () => Uint8Array.of(2));
    handlers.serve('later', () => Promise.resolve(Uint8Array.of(3)));
    handlers.serve('throws', () => {
      throw new Error('broken');
    });
    handlers.serve('rejects', () => Promise.reject(new Error('late')));
    for (const name of ['ok', 'later', 'throws', 'rejects', 'unknown'])
      handlers.request(from, name, body, answer);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answers).toContainEqual({ body: Uint8Array.of(2) });
    expect(answers).toContainEqual({ body: Uint8Array.of(3) });
    expect(answers).toContainEqual({ reason: 'broken' });
    expect(answers).toContainEqual({ reason: 'late' });
    expect(answers).toContainEqual({ reason: 'nobody serves "unknown" here' });
  });

  it('run requests of a peer beside each other, and hold the stream back beyond 64', async () => {
    const handlers = new Handlers();
    const finish: (() => void)[] = [];
    handlers.serve('slow', () => new Promise((resolve) => finish.push(() => resolve(body))));
    const answer = () => undefined;
    for (let i = 0; i < 63; i++) expect(handlers.request(from, 'slow', body, answer)).toBeUndefined();
    const held = handlers.request(from, 'slow', body, answer);
    expect(held).toBeInstanceOf(Promise);
    finish[0]?.();
    await held;
    expect(handlers.request(from, 'slow', body, answer)).toBeInstanceOf(Promise);
  });
});
