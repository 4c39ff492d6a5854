import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { FrameFlag, frameBody, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES, type StreamId } from '../contract.ts';
import { readAcknowledgement } from './acknowledgement.ts';
import { encodeMessage, type PacketOutcome, WindowReceiver } from './index.ts';
import { RecordFlag, writeRecord } from './packet.ts';
import { Reassembly } from './reassembly.ts';

fc.configureGlobal({ seed: 6 });
const random = seededRandom(20);
const self = newNodeId(random);
const source = newNodeId(random);
const stream = 3 as StreamId;
const WHOLE = RecordFlag.first | RecordFlag.last;

const record = (flags: number, piece: Uint8Array, total = 0): number[] => {
  const bytes = new Uint8Array(7 + piece.length);
  const at = writeRecord(bytes, 0, flags, piece.length, total);
  bytes.set(piece, at);
  return [...bytes.subarray(0, at + piece.length)];
};
const message = (name: string): Uint8Array =>
  encodeMessage({ kind: 'message', name, body: new Uint8Array(2) });
const packet = (lap: number, ...records: number[][]): Uint8Array => Uint8Array.of(lap, ...records.flat());
const plain = (name: string, lap = 0): Uint8Array => packet(lap, record(WHOLE, message(name)));

const fresh = (queueBytes?: number): WindowReceiver =>
  new WindowReceiver(
    queueBytes === undefined ? { self, source, stream } : { self, source, stream, queueBytes },
  );
const give = (to: WindowReceiver, index: number, bytes: Uint8Array, epoch = 1): PacketOutcome =>
  to.onPacket({ index, epoch, flags: index < 10 && bytes[0] === 0 ? FrameFlag.opening : 0 }, bytes);
const namesFrom = (from: WindowReceiver): string[] => {
  const names: string[] = [];
  for (let next = from.take(); next; next = from.take()) names.push('name' in next ? next.name : next.kind);
  return names;
};
const ackOf = (from: WindowReceiver) => {
  const frame = from.takeAcknowledgement();
  return frame && { header: parseFrameHeader(frame), ...readAcknowledgement(frameBody(frame), 0) };
};

describe('a receiving window', () => {
  it('holds what came early and says so, and delivers in order when the gap closes', () => {
    const receiver = fresh();
    expect([2, 0, 3].map((i) => give(receiver, i, plain(`m${i}`)))).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ]);
    expect(namesFrom(receiver)).toEqual(['m0']);
    expect(ackOf(receiver)).toMatchObject({
      header: { index: -1, source: self, target: source, stream: 3, epoch: 1 },
      lastInOrder: 0,
      held: 0b110,
      isPaused: false,
      isReset: false,
    });
    give(receiver, 1, plain('m1'));
    expect(namesFrom(receiver)).toEqual(['m1', 'm2', 'm3']);
    expect(ackOf(receiver)).toMatchObject({ lastInOrder: 3, held: 0 });
  });

  it('answers a batch of packets once, and nothing when nothing came', () => {
    const receiver = fresh();
    for (let i = 0; i < 5; i++) give(receiver, i, plain(`m${i}`));
    expect(ackOf(receiver)).toBeDefined();
    expect(ackOf(receiver)).toBeUndefined();
  });

  it('acknowledges a duplicate again but never delivers it again', () => {
    const receiver = fresh();
    give(receiver, 0, plain('m0'));
    ackOf(receiver);
    expect(give(receiver, 0, plain('m0'))).toBe('duplicate');
    expect(ackOf(receiver)).toMatchObject({ lastInOrder: 0 });
    give(receiver, 5, plain('m5'));
    expect(give(receiver, 5, plain('m5'))).toBe('duplicate');
    expect(namesFrom(receiver)).toEqual(['m0']);
  });

  it('takes nothing beyond its ten slots and nothing from long ago, and does not answer it', () => {
    const receiver = fresh();
    for (let i = 0; i < 30; i++) give(receiver, i, plain('m'));
    ackOf(receiver);
    expect(give(receiver, 40, plain('x'))).toBe('stale');
    expect(give(receiver, 10, plain('x'))).toBe('stale');
    expect(ackOf(receiver)).toBeUndefined();
    expect(give(receiver, 39, plain('x'))).toBe('accepted');
  });

  it('does not take a packet that was away for a whole lap for the one with its index now', () => {
    const receiver = fresh();
    for (let i = 0; i < 10_003; i++) {
      give(receiver, i % 10_000, plain('m', Math.floor(i / 10_000)));
      receiver.take();
    }
    ackOf(receiver);
    expect(give(receiver, 4, plain('late', 0))).toBe('stale');
    expect(give(receiver, 3, plain('now', 1))).toBe('accepted');
    expect(namesFrom(receiver)).toEqual(['now']);
  });

  it('forgets the half-received when a new epoch begins, and keeps what was delivered', () => {
    const receiver = fresh();
    give(receiver, 0, plain('old'));
    give(receiver, 1, packet(0, record(RecordFlag.first, message('half'), 100)));
    give(receiver, 3, plain('early'));
    expect(give(receiver, 0, plain('new'), 2)).toBe('accepted');
    expect(give(receiver, 2, plain('old too late'), 1)).toBe('stale');
    give(receiver, 1, plain('new too'), 2);
    expect(namesFrom(receiver)).toEqual(['old', 'new', 'new too']);
    expect(ackOf(receiver)).toMatchObject({ header: { epoch: 2 }, lastInOrder: 1, held: 0 });
  });

  it('asks for a new beginning when it is thrown into the middle of an epoch', () => {
    const receiver = fresh();
    expect(give(receiver, 57, plain('m'))).toBe('unknown-epoch');
    expect(ackOf(receiver)).toMatchObject({ header: { epoch: 1 }, isReset: true });
    expect(namesFrom(receiver)).toEqual([]);
  });

  it('leaves packets in their slots while the application is behind, and says that it is paused', () => {
    const receiver = fresh(300);
    for (let i = 0; i < 10; i++) give(receiver, i, plain(`m${i}`));
    const undelivered = receiver.undelivered;
    expect(undelivered).toBeLessThan(7);
    expect(ackOf(receiver)).toMatchObject({ lastInOrder: undelivered - 1, isPaused: true });
    receiver.take();
    expect(ackOf(receiver)).toBeUndefined();
    expect(namesFrom(receiver)).toEqual(Array.from({ length: 9 }, (_, i) => `m${i + 1}`));
    expect(ackOf(receiver)).toMatchObject({ lastInOrder: 9, isPaused: false, held: 0 });
  });

  it('shows its slots', () => {
    const receiver = fresh();
    give(receiver, 0, plain('m'));
    give(receiver, 4, plain('m'));
    const { slots, expectedIndex, undeliveredMessages } = receiver.snapshot();
    expect([expectedIndex, undeliveredMessages]).toEqual([1, 1]);
    expect(slots[4]).toMatchObject({ index: 4, state: 'held' });
    expect(slots.filter((slot) => slot.state === 'empty').length).toBe(9);
  });
});

describe('a receiving window breaks the epoch off and asks for a new one', () => {
  const piece = message('piece');
  it.each<[string, Uint8Array]>([
    ['an empty packet', new Uint8Array()],
    ['a record that is cut off', packet(0, record(WHOLE, piece).slice(0, -1))],
    ['a record with impossible flags', packet(0, record(0xf0, piece))],
    ['an empty piece', packet(0, record(RecordFlag.first, new Uint8Array(), 10))],
    ['a continuation of nothing', packet(0, record(0, piece))],
    ['an end of nothing', packet(0, record(RecordFlag.last, piece))],
    ['a message inside of another', packet(0, record(RecordFlag.first, piece, 99), record(WHOLE, piece))],
    [
      'a beginning inside of another',
      packet(0, record(RecordFlag.first, piece, 99), record(RecordFlag.first, piece, 99)),
    ],
    ['more than was announced', packet(0, record(RecordFlag.first, piece, 10), record(0, piece))],
    [
      'less than was announced',
      packet(0, record(RecordFlag.first, piece, 99), record(RecordFlag.last, piece)),
    ],
    ['a message that is too long', packet(0, record(RecordFlag.first, piece, MAX_MESSAGE_BYTES + 1000))],
    [
      'giving up what had not begun',
      packet(0, record(RecordFlag.last | RecordFlag.abandoned, new Uint8Array())),
    ],
    ['a record that is no message', packet(0, record(WHOLE, Uint8Array.of(9, 9, 9)))],
  ])('on %s', (_what, bytes) => {
    const receiver = fresh();
    give(receiver, 0, plain('good'));
    expect(receiver.onPacket({ index: 1, epoch: 1, flags: FrameFlag.opening }, bytes)).toBe('malformed');
    expect(ackOf(receiver)).toMatchObject({ header: { epoch: 1 }, isReset: true });
    expect(give(receiver, 2, plain('more'))).toBe('malformed');
    expect(give(receiver, 0, plain('again'), 2)).toBe('accepted');
    expect(namesFrom(receiver)).toEqual(['good', 'again']);
  });

  it('and never throws, whatever packets come', () => {
    const packets = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 2 }),
        fc.uint8Array({ maxLength: 60 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(packets, fc.boolean(), (list, lapIsRight) => {
        const receiver = fresh();
        for (const [index, epoch, bytes] of list) {
          if (lapIsRight && bytes.length > 0) bytes[0] = 0;
          receiver.onPacket({ index, epoch, flags: FrameFlag.opening }, bytes);
          receiver.take();
          receiver.takeAcknowledgement();
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('reassembly', () => {
  it('takes memory for what arrived, not for what was announced', () => {
    const reassembly = new Reassembly();
    const before = process.memoryUsage().arrayBuffers;
    expect(reassembly.begin(MAX_MESSAGE_BYTES)).toBe(true);
    expect(reassembly.append(new Uint8Array(10), 0, 10)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
  });
});
