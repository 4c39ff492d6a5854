import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { Machine } from './machine.ts';

function doneAt(connectionMs: number, asked: readonly { readonly at: number; readonly share: number }[]) {
  const queue = new EventQueue();
  const machine = new Machine(queue, connectionMs);
  const done: number[] = [];
  for (const { at, share } of asked) machine.after(share, at, (now) => done.push(now));
  for (let at = queue.nextAt; at < Number.POSITIVE_INFINITY; at = queue.nextAt) queue.pop()?.task?.run(at);
  return done;
}

it('does the work of connections one after the other', () => {
  const asked = [
    { at: 0, share: 0.25 },
    { at: 10, share: 0.5 },
    { at: 1000, share: 0.25 },
  ];
  expect(doneAt(200, asked)).toEqual([50, 150, 1050]);
});

it('is as fast as nothing where connections cost nothing', () => {
  expect(doneAt(0, [{ at: 5, share: 1 }])).toEqual([5]);
});
