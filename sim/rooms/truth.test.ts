import { describe, expect, it } from 'vitest';
import { FinalRoom } from '../../src/services/rooms/final.testing.ts';
import { TestRoom, twoWriters } from '../../src/services/rooms/room.testing.ts';
import type { Update } from '../../src/services/rooms/update.ts';
import { Truth } from './truth.ts';

const room = new TestRoom();
const { ann, a1, b1, a2, b2 } = twoWriters(room);

const final = new FinalRoom(room);
const history = final.history();
for (const update of [a1, b1]) history.add(update);
const first = final.checkpoint(history, ann);
history.offer(first);
for (const update of [a2, b2]) history.add(update);
const second = final.checkpoint(history, ann);

let truth: Truth;
const know = (...updates: readonly Update[]): void => {
  for (const update of updates) truth.updates.set(update.hash, update);
};
const closed = (by = second): readonly unknown[] =>
  truth.orderAt(by).map((hash) => truth.updates.get(hash)?.payload);

describe('the truth of a room', () => {
  it('is all that its checkpoints close, in their order, however often it is asked for', () => {
    truth = new Truth(room.genesis);
    know(a1, b1, a2, b2);
    for (const checkpoint of [first, second]) truth.learn(checkpoint);
    const order = [...history.order].map(({ payload }) => payload);
    expect(closed()).toEqual(order);
    expect(closed(first)).toEqual(order.slice(0, 2));
    expect(closed()).toEqual(order);
  });

  it('grows with the updates and checkpoints that become known after it was asked for', () => {
    truth = new Truth(room.genesis);
    truth.learn(second);
    know(a1, a2);
    expect(closed()).toEqual([]);
    know(b2);
    expect(closed()).toEqual(['a1', 'a2', 'b2']);
    truth.learn(first);
    expect(closed(first)).toEqual(['a1']);
    know(b1);
    expect(closed(first)).toEqual(history.order.slice(0, 2).map(({ payload }) => payload));
    expect(closed()).toEqual(history.order.map(({ payload }) => payload));
  });
});
