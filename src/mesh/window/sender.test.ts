import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { FrameFlag, type FrameHeader, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import type { StreamId } from '../contract.ts';
import { writeAcknowledgement } from './acknowledgement.ts';
import { prepareMessage, type SenderEffect, WindowSender } from './index.ts';

const random = seededRandom(21);
const source = newNodeId(random);
const target = newNodeId(random);

/** A sender whose `count` messages fill a packet each. */
const filled = (count: number): WindowSender<number> => {
  let epoch = 40;
  const stream = 2 as StreamId;
  const sender = new WindowSender<number>({
    source,
    target,
    stream,
    nextEpoch: () => epoch++,
    packetBytes: 256,
  });
  for (let i = 0; i < count; i++) {
    sender.enqueue(prepareMessage({ kind: 'message', name: 'n', body: new Uint8Array(240) }), i);
  }
  return sender;
};
const headers = (effects: readonly SenderEffect<number>[]): FrameHeader[] =>
  effects.flatMap((effect) => {
    const header = effect.type === 'send' ? parseFrameHeader(effect.frame) : 'not-sent';
    return typeof header === 'string' ? [] : [header];
  });
const indices = (effects: readonly SenderEffect<number>[]): number[] =>
  headers(effects).map(({ index }) => index);
const tokens = (effects: readonly SenderEffect<number>[]): number[] =>
  effects.flatMap((effect) => (effect.type === 'settled' ? effect.tokens : []));
const ack = (lastInOrder: number, held = 0, isPaused = false): Uint8Array => {
  const body = new Uint8Array(6);
  writeAcknowledgement(body, 0, { lastInOrder, held, isPaused, isReset: false });
  return body;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a sending window', () => {
  it('sends ten packets at once with its header, the first ten of an epoch marked as opening', () => {
    const sender = filled(20);
    const first = sender.pump(0);
    expect(indices(first)).toEqual(upTo(10));
    for (const header of headers(first)) {
      expect(header).toMatchObject({ source, target, stream: 2, epoch: 40, flags: FrameFlag.opening });
    }
    const next = sender.onAcknowledgement(40, ack(3), 5);
    expect(tokens(next)).toEqual([0, 1, 2, 3]);
    expect(indices(next)).toEqual([10, 11, 12, 13]);
    for (const header of headers(next)) expect(header.flags).toBe(0);
  });

  it('settles a message only when it is acknowledged in order', () => {
    const sender = filled(5);
    sender.pump(0);
    expect(tokens(sender.onAcknowledgement(40, ack(-1, 0b11110), 5))).toEqual([]);
    expect(tokens(sender.onAcknowledgement(40, ack(4), 6))).toEqual([0, 1, 2, 3, 4]);
    expect(sender.isIdle).toBe(true);
    expect(sender.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('sends again at once what three later packets have overtaken, and only that, and only once', () => {
    const sender = filled(10);
    sender.pump(0);
    expect(indices(sender.onAcknowledgement(40, ack(-1, 0b0110), 5))).toEqual([]);
    expect(indices(sender.onAcknowledgement(40, ack(-1, 0b1110), 6))).toEqual([0]);
    expect(indices(sender.onAcknowledgement(40, ack(-1, 0b11110), 7))).toEqual([]);
  });

  it('does not count packets sent earlier as overtaking', () => {
    const sender = filled(12);
    sender.pump(0);
    sender.onAcknowledgement(40, ack(-1, 0b1110), 5); // 1, 2, 3 have arrived: 0 is sent again, after all others
    expect(indices(sender.onAcknowledgement(40, ack(-1, 0b1111111110), 6))).toEqual([]);
  });

  it('sends again after the timeout what is missing, not what the receiver holds', () => {
    const sender = filled(4);
    sender.pump(0);
    sender.onAcknowledgement(40, ack(-1, 0b0110), 10);
    expect(sender.deadlineMs).toBe(200);
    expect(indices(sender.pump(199))).toEqual([]);
    expect(indices(sender.pump(200))).toEqual([0, 3]);
    expect(sender.deadlineMs).toBe(200 + 400);
    expect(sender.snapshot().retransmissions).toBe(2);
  });

  it('ignores acknowledgements that are old, of another epoch, malformed, or of what was never sent', () => {
    const sender = filled(20);
    sender.pump(0);
    sender.onAcknowledgement(40, ack(4), 5);
    for (const [epoch, body] of [
      [40, ack(2, 0b1111111111)],
      [40, ack(15)],
      [40, ack(9999)],
      [39, ack(9)],
      [41, ack(9)],
      [40, Uint8Array.of(1, 2)],
    ] as const) {
      expect(sender.onAcknowledgement(epoch, body, 6)).toEqual([]);
    }
    expect(sender.snapshot().slots.filter((slot) => slot.state === 'in-flight').length).toBe(10);
  });

  it('does not blame the target for the sleep of its own tab', () => {
    const sender = filled(3);
    sender.pump(0);
    const woken = sender.pump(300_000);
    expect(tokens(woken)).toEqual([]);
    expect(indices(woken)).toEqual([0, 1, 2]);
    expect(tokens(sender.onAcknowledgement(40, ack(2), 300_005))).toEqual([0, 1, 2]);
  });

  it('begins a new epoch after it was given up, from index 0', () => {
    const sender = filled(15);
    sender.pump(0);
    expect(tokens(sender.abort('gone')).length).toBe(15);
    sender.enqueue(prepareMessage({ kind: 'message', name: 'n', body: new Uint8Array(1) }), 99);
    expect(headers(sender.pump(1))).toMatchObject([{ index: 0, epoch: 41, flags: FrameFlag.opening }]);
    expect(sender.onAcknowledgement(40, ack(9), 2)).toEqual([]);
    expect(tokens(sender.onAcknowledgement(41, ack(0), 2))).toEqual([99]);
  });

  it('shows its slots and its queue', () => {
    const sender = filled(12);
    sender.pump(0);
    sender.onAcknowledgement(40, ack(0, 0b10), 5);
    const { slots, queuedMessages, queuedBytes } = sender.snapshot();
    expect(slots[0]).toMatchObject({ index: 10, state: 'in-flight', attempts: 1 });
    expect(slots[2]).toMatchObject({ index: 2, state: 'acknowledged' });
    expect([queuedMessages, queuedBytes]).toEqual([1, 240]);
  });

  it('refuses a packet size that does not work', () => {
    const options = { source, target, stream: 0 as StreamId, nextEpoch: () => 0 };
    for (const packetBytes of [100, 65_536]) {
      expect(() => new WindowSender({ ...options, packetBytes })).toThrow(/choose 256 to/);
    }
  });
});
