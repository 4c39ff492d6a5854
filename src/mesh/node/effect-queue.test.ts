import { afterAll, beforeAll, expect, it } from 'vitest';
import { setLogSink } from '../../runtime/index.ts';
import type { MeshEffect } from '../vocabulary.ts';
import { EffectQueue } from './effect-queue.ts';

const said: string[] = [];
beforeAll(() => setLogSink((...parts: unknown[]) => void said.push(parts.map(String).join(' '))));
afterAll(() => setLogSink(undefined));

const note = (text: string): MeshEffect => ({ type: 'log', level: 'debug', text });

it('performs effects in order; those that one leads to come after all that were there', () => {
  const order: string[] = [];
  const queue = new EffectQueue((effect) => {
    if (effect.type !== 'log') return;
    order.push(effect.text);
    if (effect.text === 'a') queue.add([note('c'), note('d')]);
  });
  queue.add([note('a'), note('b')]);
  queue.add([note('e')]);
  queue.add([]);
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('reports one that fails, and goes on with the others', () => {
  const order: string[] = [];
  const queue = new EffectQueue((effect) => {
    if (effect.type !== 'log') return;
    if (effect.text === 'bad') throw new Error('no ink');
    order.push(effect.text);
  });
  queue.add([note('bad'), note('good')]);
  queue.add([note('later')]);
  expect(order).toEqual(['good', 'later']);
  expect(said.join()).toMatch(/performing "log" failed.*no ink/);
});
