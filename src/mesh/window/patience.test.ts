import { describe, expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import { prepareMessage } from './message.ts';
import { type Outgoing, OutgoingQueue } from './outgoing-queue.ts';
import { Patience } from './patience.ts';

const message = prepareMessage({ kind: 'message', name: 'n', body: new Uint8Array(1) });

function waiting(...timeouts: readonly number[]): { patience: Patience; all: Outgoing<number>[] } {
  const patience = new Patience();
  const queue = new OutgoingQueue<number>(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
  const all = timeouts.map((timeoutMs, i) => {
    patience.began(0, timeoutMs);
    return queue.push(message, i, timeoutMs, 0, true);
  });
  return { patience, all };
}
const tickets = (lost: readonly Outgoing<number>[]): number[] => lost.map(({ ticket }) => ticket);

describe('the patience of a stream', () => {
  it('ends for each message after its own timeout, and asks to be looked at when the first may be over', () => {
    const { patience, all } = waiting(300, 100, 200);
    expect(patience.deadlineMs).toBe(100);
    expect(tickets(patience.lost(all, 100))).toEqual([1]);
    expect(patience.deadlineMs).toBe(200);
    expect(tickets(patience.lost([all[0], all[2]] as Outgoing<number>[], 250))).toEqual([2]);
    expect(patience.deadlineMs).toBe(300);
  });

  it('begins anew for all with every progress', () => {
    const { patience, all } = waiting(100);
    patience.progressed(90);
    expect(patience.lost(all, 189)).toEqual([]);
    expect(patience.deadlineMs).toBe(190);
    expect(tickets(patience.lost(all, 190))).toEqual([0]);
    expect(patience.sinceMs(all[0] as Outgoing<number>)).toBe(90);
    expect(patience.deadlineMs).toBe(NEVER);
  });
});
