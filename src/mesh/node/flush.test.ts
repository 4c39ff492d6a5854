import { afterAll, beforeAll, expect, it } from 'vitest';
import { setLogSink } from '../../runtime/index.ts';
import { Flush } from './flush.ts';

const said: string[] = [];
beforeAll(() => setLogSink((...parts: unknown[]) => void said.push(parts.map(String).join(' '))));
afterAll(() => setLogSink(undefined));

it('flushes once for all that a turn asked, after it', async () => {
  const order: string[] = [];
  const flush = new Flush(() => order.push('flush'));
  flush.request();
  flush.request();
  order.push('turn');
  expect(flush.isRequested).toBe(true);
  await Promise.resolve();
  expect(order).toEqual(['turn', 'flush']);
  expect(flush.isRequested).toBe(false);
  flush.request();
  await Promise.resolve();
  expect(order).toEqual(['turn', 'flush', 'flush']);
});

it('can be asked for again from within', async () => {
  let count = 0;
  const flush = new Flush(() => {
    count++;
    if (count === 1) flush.request();
  });
  flush.request();
  for (let i = 0; i < 5; i++) await Promise.resolve();
  expect(count).toBe(2);
});

it('reports one that fails, and goes on', async () => {
  let count = 0;
  const flush = new Flush(() => {
    count++;
    throw new Error('no ink');
  });
  for (let i = 0; i < 2; i++) {
    flush.request();
    await Promise.resolve();
  }
  expect(count).toBe(2);
  expect(said.join()).toMatch(/the flush at the end of a turn failed.*no ink/);
});
