import { describe, expect, it } from 'vitest';
import { TargetsUnreachableError } from '../../../mesh/index.ts';
import { concatBytes, seededRandom } from '../../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../../wire/index.ts';
import type { EpochId } from '../contract.ts';
import { Outbox } from './outbox.ts';

const random = seededRandom(1);
const keys = 'ab' as EpochId;
const [near, gone] = [newNodeId(random), newNodeId(random)];

interface Sent {
  readonly to: readonly NodeId[];
  readonly bytes: number[];
  readonly length: number;
  readonly isAwaited: boolean | undefined;
  settle(error?: Error): void;
}

/** A stream that keeps its word when it is told to. */
function made(peers: readonly NodeId[] = [near, gone]): { outbox: Outbox; sent: Sent[] } {
  const sent: Sent[] = [];
  const outbox = new Outbox({
    stream: {
      send: (to, _name, body, options) =>
        new Promise((resolve, reject) => {
          const settle = (error?: Error): void => (error ? reject(error) : resolve());
          const { length } = body;
          sent.push({
            to: [to].flat(),
            bytes: [...body.subarray(0, 4)],
            length,
            settle,
            isAwaited: options?.isAwaited,
          });
        }),
    },
    peers: () => peers,
    keys: () => keys,
    close: (updates) => concatBytes(...updates),
  });
  return { outbox, sent };
}

const outgoing = (item: Uint8Array) => ({ item, to: [near, gone], keys });
/** Too large to go straight. */
const large = (byte: number): Uint8Array => new Uint8Array(17_000).fill(byte);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('updates on their way', () => {
  it('of one turn go together, and those that come meanwhile in the next, in order', async () => {
    const { outbox, sent } = made();
    for (const byte of [1, 2]) outbox.push(outgoing(large(byte)));
    await turn();
    for (const byte of [3, 4]) outbox.push(outgoing(large(byte)));
    await turn();
    expect(sent.map(({ bytes, length }) => [bytes[0], length])).toEqual([[1, 34_000]]);
    sent[0]?.settle();
    await turn();
    expect(sent.map(({ bytes, length }) => [bytes[0], length])).toEqual([
      [1, 34_000],
      [3, 34_000],
    ]);
  });

  it('go to the others where one is no member any more', async () => {
    const { outbox, sent } = made();
    outbox.push(outgoing(large(1)));
    await turn();
    sent[0]?.settle(new TargetsUnreachableError([gone]));
    await turn();
    expect(sent.map(({ to }) => to)).toEqual([[near, gone], [near]]);
    sent[1]?.settle(new TargetsUnreachableError([near]));
    await turn();
    expect(sent).toHaveLength(2);
  });

  it('are given up when the Node is closed, and the next are tried', async () => {
    const { outbox, sent } = made();
    outbox.push(outgoing(large(1)));
    await turn();
    outbox.push(outgoing(large(2)));
    sent[0]?.settle(new Error('closed'));
    await turn();
    expect(sent.map(({ bytes }) => bytes[0])).toEqual([1, 2]);
  });

  it('are not more than 256 KiB at once, but for a single one', async () => {
    const { outbox, sent } = made([near]);
    for (let byte = 1; byte <= 3; byte++) outbox.push(outgoing(new Uint8Array(100_000).fill(byte)));
    await turn();
    sent[0]?.settle();
    await turn();
    expect(sent.map(({ bytes }) => bytes[0])).toEqual([1, 3]);
  });

  it('go straight to each of a few where they are small, and nobody waits for who is gone', async () => {
    const { outbox, sent } = made();
    for (const byte of [1, 2]) outbox.push(outgoing(Uint8Array.of(byte)));
    await turn();
    expect(sent.map(({ to, bytes }) => [to, bytes])).toEqual([
      [[near], [1, 2]],
      [[gone], [1, 2]],
    ]);
    sent[0]?.settle();
    sent[1]?.settle(new TargetsUnreachableError([gone]));
    await turn();
    outbox.push(outgoing(Uint8Array.of(3)));
    await turn();
    expect(sent.slice(2).map(({ to, bytes }) => [to, bytes])).toEqual([
      [[near], [3]],
      [[gone], [3]],
    ]);
  });

  it('go over the tree where they do not fit beside what is on its way straight, or there are many to reach', async () => {
    const { outbox, sent } = made();
    for (const byte of [1, 2, 3]) {
      outbox.push(outgoing(new Uint8Array(6_000).fill(byte)));
      await turn();
    }
    expect(sent.map(({ to, bytes }) => [to, bytes[0]])).toEqual([
      [[near], 1],
      [[gone], 1],
      [[near], 2],
      [[gone], 2],
      [[near, gone], 3],
    ]);
    for (const { settle } of sent) settle();
    await turn();
    outbox.push(outgoing(Uint8Array.of(4)));
    await turn();
    expect(sent.slice(5).map(({ to }) => to)).toEqual([[near], [gone]]);
    const many = made(Array.from({ length: 9 }, () => newNodeId(random)));
    many.outbox.push(outgoing(Uint8Array.of(1)));
    await turn();
    expect(many.sent.map(({ to }) => to.length)).toEqual([9]);
  });

  it('are acknowledged when there is time for it where they go straight: nobody waits for that', async () => {
    const { outbox, sent } = made();
    outbox.push(outgoing(Uint8Array.of(1)));
    await turn();
    expect(sent.map(({ isAwaited }) => isAwaited)).toEqual([false, false]);
  });
});
