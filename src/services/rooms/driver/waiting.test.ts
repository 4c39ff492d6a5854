import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { UpdateHash } from '../contract.ts';
import { Waiting } from './waiting.ts';

const hash = 'ab' as UpdateHash;

describe('who waits for a room', () => {
  it('is told what came of it, once, and leaves nothing on its signal', async () => {
    const waiting = new Waiting();
    const { signal } = new AbortController();
    let token = 0;
    const promise = waiting.wait(
      'it',
      signal,
      (given) => {
        token = given;
      },
      () => expect.unreachable(),
    );
    waiting.resolve(token, hash);
    waiting.reject(token, new Error('too late'));
    expect(await promise).toBe(hash);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('leaves one listener on a signal by which many wait, who all end by it', async () => {
    const waiting = new Waiting();
    const controller = new AbortController();
    const wait = () =>
      waiting.wait(
        'it',
        controller.signal,
        () => undefined,
        () => undefined,
      );
    const all = Array.from({ length: 20 }, wait);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    const ended = Promise.allSettled(all);
    controller.abort();
    expect((await ended).map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
  });

  it('still ends by a signal when others who waited by it are done, and so does who comes after all were', async () => {
    const waiting = new Waiting();
    const controller = new AbortController();
    const tokens: number[] = [];
    const wait = () =>
      waiting.wait(
        'it',
        controller.signal,
        (token) => tokens.push(token),
        () => undefined,
      );
    const done = [wait(), wait()];
    for (const token of tokens) waiting.resolve(token, hash);
    expect(await Promise.all(done)).toEqual([hash, hash]);
    const [first, second] = [wait(), wait()];
    waiting.resolve(tokens[2] ?? 0, hash);
    expect(await first).toBe(hash);
    const cancelled: unknown[] = [];
    second?.catch((error) => cancelled.push(error));
    controller.abort();
    await new Promise(setImmediate);
    expect(cancelled).toHaveLength(1);
  });

  it('may be told before it has begun to wait', async () => {
    const waiting = new Waiting();
    const begin = (token: number): void => waiting.resolve(token, hash);
    expect(await waiting.wait('it', undefined, begin, () => undefined)).toBe(hash);
  });

  it('ends its wait by its signal, which is said to whom it asked', async () => {
    const waiting = new Waiting();
    const controller = new AbortController();
    const cancelled: number[] = [];
    const promise = waiting.wait(
      'it',
      controller.signal,
      () => undefined,
      (token) => cancelled.push(token),
    );
    controller.abort();
    await expect(promise).rejects.toThrow('it was cancelled');
    expect(cancelled).toEqual([1]);
    waiting.rejectAll(new Error('closed'));
  });
});
