import { describe, expect, it } from 'vitest';
import { prepareMessage } from './message.ts';
import { OutgoingQueue } from './outgoing-queue.ts';
import { MAX_PACKET_BYTES } from './packet.ts';

function queueOf(...bodyBytes: readonly number[]): OutgoingQueue<number> {
  const queue = new OutgoingQueue<number>(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
  bodyBytes.forEach((bytes, ticket) => {
    const message = prepareMessage({ kind: 'message', name: 'm', body: new Uint8Array(bytes) });
    queue.push(message, ticket, 1, 0, true);
  });
  return queue;
}

/** Of each packet, the messages that have a piece in it. */
function packets(queue: OutgoingQueue<number>): number[][] {
  const all: number[][] = [];
  for (let packed = queue.pack(0, MAX_PACKET_BYTES); packed; packed = queue.pack(0, MAX_PACKET_BYTES)) {
    all.push(packed.messages.map(({ ticket }) => ticket));
  }
  return all;
}

const KIB = 1024;

describe('the queue of a sending window', () => {
  it('lays messages of 64 KiB out whole, two in each packet', () => {
    expect(packets(queueOf(64 * KIB, 64 * KIB, 64 * KIB))).toEqual([[0, 1], [2]]);
  });

  it('splits a message where much of a packet would stay empty', () => {
    expect(packets(queueOf(80 * KIB, 80 * KIB, 80 * KIB))).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('fills every packet with a message that none can carry whole', () => {
    expect(packets(queueOf(100 * KIB, 200 * KIB, 10))).toEqual([[0, 1], [1], [1, 2]]);
  });
});
