import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { Received } from '../contract.ts';
import { MessageIterator } from './message-iterator.ts';

const FROM = newNodeId(seededRandom(1));
const message = (name: string): Received => ({
  from: FROM,
  name,
  stream: 's',
  isBroadcast: false,
  body: new Uint8Array(),
});

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('messages as an iterator', () => {
  it('come in order, and a message counts as taken only when the loop asks for it', async () => {
    const iterator = new MessageIterator(() => undefined);
    const [first, second] = [iterator.offer(message('1')), iterator.offer(message('2'))];
    expect(await isSettled(first)).toBe(false);
    expect((await iterator.next()).value?.name).toBe('1');
    expect(await isSettled(first)).toBe(true);
    expect(await isSettled(second)).toBe(false);
    expect((await iterator.next()).value?.name).toBe('2');
  });

  it('reach a loop that waits for them at once', async () => {
    const iterator = new MessageIterator(() => undefined);
    const next = iterator.next();
    await iterator.offer(message('late'));
    expect((await next).value?.name).toBe('late');
  });

  it('end the loop when the source ends, after what was offered was read', async () => {
    let ends = 0;
    const iterator = new MessageIterator(() => ends++);
    void iterator.offer(message('last'));
    iterator.end();
    iterator.end();
    const names: string[] = [];
    for await (const { name } of iterator) names.push(name);
    expect(names).toEqual(['last']);
    expect(ends).toBe(1);
    await iterator.offer(message('too late'));
    expect((await iterator.next()).done).toBe(true);
  });

  it('wait to be read, and hold nothing back, once the last are coming', async () => {
    const iterator = new MessageIterator(() => undefined);
    const first = iterator.offer(message('1'));
    iterator.holdBackNoMore();
    const second = iterator.offer(message('2'));
    await Promise.all([first, second]);
    iterator.end();
    const names: string[] = [];
    for await (const { name } of iterator) names.push(name);
    expect(names).toEqual(['1', '2']);
  });

  it('let their senders go on when the loop is left', async () => {
    let ends = 0;
    const iterator = new MessageIterator(() => ends++);
    const offers = [iterator.offer(message('1')), iterator.offer(message('2'))];
    for await (const _ of iterator) break;
    await Promise.all(offers);
    expect(ends).toBe(1);
  });

  it('end a loop that waits for a message', async () => {
    const iterator = new MessageIterator(() => undefined);
    const next = iterator.next();
    iterator.end();
    expect((await next).done).toBe(true);
  });
});
