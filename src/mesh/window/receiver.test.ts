import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { frameBody, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import type { StreamId } from '../vocabulary.ts';
import { readAcknowledgement } from './acknowledgement.ts';
import { CREDIT_BYTES, encodeMessage, type PacketOutcome, WindowReceiver } from './index.ts';
import { ChunkFlag, writeChunk } from './packet.ts';

const random = seededRandom(20);
const self = newNodeId(random);
const source = newNodeId(random);
const stream = 3 as StreamId;
const WHOLE = ChunkFlag.first | ChunkFlag.last;

const chunk = (flags: number, piece: Uint8Array, total = 0): number[] => {
  const bytes = new Uint8Array(8 + piece.length);
  const at = writeChunk(bytes, 0, flags, piece.length, total);
  bytes.set(piece, at);
  return [...bytes.subarray(0, at + piece.length)];
};
const message = (name: string): Uint8Array =>
  encodeMessage({ kind: 'message', name, body: new Uint8Array(2) });
const packet = (...chunks: number[][]): Uint8Array => Uint8Array.of(0, 127, ...chunks.flat());
const plain = (...names: string[]): Uint8Array => packet(...names.map((name) => chunk(WHOLE, message(name))));

class Receiver extends WindowReceiver {
  readonly names: string[] = [];
  mayTake = 1000;
  roomBytes = 20 * CREDIT_BYTES;

  constructor() {
    super(
      { source: self, target: source, stream, session: 5 },
      {
        room: () => this.roomBytes - this.keptBytes,
        mayDeliver: () => this.names.length < this.mayTake,
        mayAssemble: () => 'yes',
        deliver: (got) => {
          this.names.push('name' in got ? got.name : got.kind);
          return true;
        },
      },
    );
  }

  /** `begin`: the position of the sender's first packet. */
  give(position: number, bytes: Uint8Array, begin = 0, isFollowed = false): PacketOutcome {
    const given = bytes.slice();
    given[0] = Math.floor(position / 10_000) % 256;
    given[1] = position - begin < 10 ? position - begin : 127;
    if (isFollowed) given[1] |= 0x80;
    return this.onPacket(position % 10_000, given);
  }

  ack(reference = 0) {
    const frame = this.takeAcknowledgement();
    return frame && { header: parseFrameHeader(frame), ...readAcknowledgement(frameBody(frame), reference) };
  }
}

/** One whose sender may use the whole window. */
const opened = (): Receiver => {
  const receiver = new Receiver();
  receiver.give(0, plain('m0'));
  receiver.ack();
  return receiver;
};

describe('a receiving window', () => {
  it('holds what came early and says so, and delivers in order when the gap closes', () => {
    const receiver = opened();
    expect([3, 1, 4].map((i) => receiver.give(i, plain(`m${i}`)))).toEqual(new Array(3).fill('accepted'));
    expect(receiver.names).toEqual(['m0', 'm1']);
    expect(receiver.ack()).toMatchObject({
      header: { index: -1, source: self, target: source, stream: 3, session: 5 },
      lastInOrder: 1,
      held: 0b110,
      credit: 10,
      refused: undefined,
      probe: 0,
    });
    receiver.give(2, plain('m2'));
    expect(receiver.names).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(receiver.ack()).toMatchObject({ lastInOrder: 4, held: 0 });
  });

  it('answers a batch of packets once, and nothing when nothing came', () => {
    const receiver = opened();
    for (let i = 1; i < 6; i++) receiver.give(i, plain(`m${i}`));
    expect(receiver.ack()).toMatchObject({ lastInOrder: 5 });
    expect(receiver.ack()).toBeUndefined();
  });

  it('owes an acknowledgement for a packet that another follows, until the third, one that none follows, or its time', () => {
    const receiver = opened();
    const follow = (position: number) => {
      receiver.give(position, plain('m'), 0, true);
      return [receiver.isAcknowledgementOwed, receiver.isAcknowledgementDue];
    };
    expect([follow(1), follow(2), follow(3)]).toEqual([[true, false], [true, false], [false, true]]); // biome-ignore format: a table
    expect(receiver.ack()).toMatchObject({ lastInOrder: 3 });
    expect(follow(4)).toEqual([true, false]);
    receiver.give(5, plain('m'));
    expect(receiver.ack()).toMatchObject({ lastInOrder: 5 });
    receiver.hasten();
    expect(receiver.isAcknowledgementDue).toBe(false); // nothing is owed
    follow(6);
    receiver.hasten();
    expect(receiver.ack()).toMatchObject({ lastInOrder: 6 });
  });

  it('owes one for a packet that nobody waits for, and says so until one comes that somebody does', () => {
    const receiver = opened();
    const unawaited = plain('m');
    unawaited[1] = 63;
    receiver.onPacket(1, unawaited);
    const state = () => [receiver.isAcknowledgementOwed, receiver.isAcknowledgementAwaited];
    expect(state()).toEqual([true, false]);
    receiver.give(2, plain('m'), 0, true);
    expect(state()).toEqual([true, true]);
    receiver.hasten();
    expect(receiver.ack()).toMatchObject({ lastInOrder: 2 });
    const next = plain('m');
    next[1] = 63;
    receiver.onPacket(3, next);
    expect(state()).toEqual([true, false]);
  });

  it('owes nothing but answers at once what is out of order, held up, or may not be followed by a whole window', () => {
    const early = opened();
    early.give(2, plain('m'), 0, true);
    expect(early.ack()).toMatchObject({ held: 0b10 });
    early.give(1, plain('m'), 0, true);
    expect(early.ack()).toMatchObject({ lastInOrder: 2 });
    const held = opened();
    held.mayTake = 1;
    held.give(1, plain('m'), 0, true);
    expect(held.ack()).toMatchObject({ lastInOrder: 0, held: 1 });
    const starved = opened();
    starved.roomBytes = 4 * CREDIT_BYTES;
    starved.give(1, plain('m'));
    expect(starved.ack()).toMatchObject({ credit: 4 });
    starved.give(2, plain('m'), 0, true);
    expect(starved.ack()).toMatchObject({ lastInOrder: 2 });
  });

  it('keeps room for the rest of a half message and one packet more, so that it can be finished', () => {
    const receiver = opened();
    expect(receiver.promisedBytes).toBe(0);
    receiver.give(1, packet(chunk(ChunkFlag.first, message('half'), 100_000)));
    const came = message('half').length;
    expect(receiver.promisedBytes).toBe(100_000 - came + ((100_000 - came) >> 8) + CREDIT_BYTES);
  });

  it('acknowledges a duplicate again but never delivers it again, and answers a probe by its number', () => {
    const receiver = opened();
    expect(receiver.give(0, plain('m0'))).toBe('duplicate');
    expect(receiver.ack()).toMatchObject({ lastInOrder: 0, probe: 0 });
    receiver.give(5, plain('m5'));
    expect(receiver.give(5, plain('m5'))).toBe('duplicate');
    expect(receiver.onPacket(0, Uint8Array.of(0, 127, 42))).toBe('probe');
    expect(receiver.ack()).toMatchObject({ lastInOrder: 0, held: 0b10000, probe: 42 });
    expect(receiver.names).toEqual(['m0']);
  });

  it('refuses by name what is beyond its ten slots or from long ago', () => {
    const receiver = opened();
    for (let i = 1; i < 30; i++) {
      receiver.give(i, plain('m'));
      receiver.ack();
    }
    for (const position of [40, 10]) {
      expect(receiver.give(position, plain('x'))).toBe('stale');
      expect(receiver.ack(30)).toMatchObject({ refused: position, isLost: false, lastInOrder: 29 });
    }
    expect(receiver.give(39, plain('x'))).toBe('accepted');
  });

  it('does not take a packet that was away for a whole wrap for the one with its index now', () => {
    const receiver = opened();
    for (let i = 1; i < 10_003; i++) {
      receiver.give(i, plain('m'));
      receiver.ack(i);
      receiver.names.length = 0;
    }
    expect(receiver.give(4, plain('late'))).toBe('stale');
    expect(receiver.give(10_003, plain('now'))).toBe('accepted');
    expect(receiver.names).toEqual(['now']);
  });

  it('without state finds the beginning by any of the first ten, and refuses all others', () => {
    const receiver = new Receiver();
    expect(receiver.give(57, plain('m'))).toBe('stale');
    expect(receiver.ack(57)).toMatchObject({ refused: 57, isLost: true });
    expect(receiver.give(71, plain('b'), 70)).toBe('accepted');
    expect(receiver.ack(70)).toMatchObject({ lastInOrder: 69, held: 0b10 });
    receiver.give(70, plain('a'), 70);
    expect(receiver.names).toEqual(['a', 'b']);
  });

  it('lets go of what was half there when its sender begins afresh further on, and keeps what was handed over', () => {
    const receiver = opened();
    receiver.give(1, packet(chunk(ChunkFlag.first, message('half'), 100)));
    receiver.give(3, plain('early'));
    expect(receiver.give(13, plain('new too'), 12)).toBe('accepted');
    expect(receiver.give(2, plain('old'))).toBe('duplicate');
    receiver.give(12, plain('new'), 12);
    expect(receiver.names).toEqual(['m0', 'new', 'new too']);
    expect(receiver.ack(12)).toMatchObject({ lastInOrder: 13, held: 0 });
  });

  it('stops in the middle of a packet while the application is behind, and acknowledges only whole ones', () => {
    const receiver = opened();
    receiver.mayTake = 3;
    receiver.give(1, plain('a', 'b', 'c', 'd'));
    receiver.give(2, plain('e'));
    expect(receiver.names).toEqual(['m0', 'a', 'b']);
    expect(receiver.isHeld).toBe(true);
    expect(receiver.ack()).toMatchObject({ lastInOrder: 0, held: 0b11 });
    receiver.mayTake = 100;
    receiver.resume();
    expect(receiver.names).toEqual(['m0', 'a', 'b', 'c', 'd', 'e']);
    expect(receiver.ack()).toMatchObject({ lastInOrder: 2, held: 0 });
    expect(receiver.keptBytes).toBe(0);
  });

  it('gives as much credit as there is room for, drops what finds none, and offers more when there is', () => {
    const receiver = opened();
    receiver.roomBytes = 3 * CREDIT_BYTES;
    receiver.give(1, plain('m1'));
    expect(receiver.ack()).toMatchObject({ credit: 3 });
    receiver.roomBytes = 0;
    expect(receiver.give(2, plain('m2'))).toBe('shed');
    expect(receiver.ack()).toMatchObject({ lastInOrder: 1, credit: 0, isShed: true });
    receiver.offerCredit();
    expect(receiver.ack()).toBeUndefined();
    receiver.roomBytes = 20 * CREDIT_BYTES;
    receiver.offerCredit();
    expect(receiver.ack()).toMatchObject({ lastInOrder: 1, credit: 10, isShed: false });
  });

  it('knows a sender that goes where it was never allowed to', () => {
    const receiver = new Receiver();
    receiver.roomBytes = 3 * CREDIT_BYTES;
    receiver.give(0, plain('m'));
    receiver.ack();
    expect(receiver.give(3, plain('m'))).toBe('accepted');
    expect(receiver.give(4, plain('m'))).toBe('beyond-credit');
  });

  it('skips the pieces of a message that was given up, whichever copies arrive', () => {
    const receiver = opened();
    const half = message('half');
    receiver.give(2, packet(chunk(0, half), chunk(ChunkFlag.last, half), chunk(WHOLE, message('next'))));
    receiver.give(1, packet(chunk(ChunkFlag.last | ChunkFlag.abandoned, new Uint8Array())));
    expect(receiver.names).toEqual(['m0', 'next']);
  });

  it('shows its slots', () => {
    const receiver = opened();
    receiver.give(5, plain('m'));
    const { slots, expectedIndex, undeliveredMessages } = receiver.snapshot(1);
    expect([expectedIndex, undeliveredMessages]).toEqual([1, 1]);
    expect(slots[5]).toMatchObject({ index: 5, state: 'held' });
    expect(slots.filter((slot) => slot.state === 'empty').length).toBe(9);
  });
});

describe('a receiving window takes nothing more of a packet', () => {
  const piece = message('piece');
  it.each<[string, Uint8Array]>([
    ['with a chunk that is cut off', packet(chunk(WHOLE, piece).slice(0, -1))],
    ['with a chunk with impossible flags', packet(chunk(0xf0, piece))],
    ['with an empty piece', packet(chunk(ChunkFlag.first, new Uint8Array(), 10))],
    ['with a message inside of another', packet(chunk(ChunkFlag.first, piece, 99), chunk(WHOLE, piece))],
    [
      'with a beginning inside of another',
      packet(chunk(ChunkFlag.first, piece, 99), chunk(ChunkFlag.first, piece, 99)),
    ],
    ['with more than was announced', packet(chunk(ChunkFlag.first, piece, piece.length - 1))],
    [
      'with two pieces of one message',
      packet(chunk(ChunkFlag.first, piece, 2 * piece.length), chunk(ChunkFlag.last, piece)),
    ],
    ['with a message that is too long', packet(chunk(ChunkFlag.first, piece, MAX_MESSAGE_BYTES + 1000))],
    ['with a chunk that is no message', packet(chunk(WHOLE, Uint8Array.of(9, 9, 9)))],
  ])('%s, and goes on with the next', (_what, bytes) => {
    const receiver = opened();
    expect(receiver.give(1, bytes)).toBe('malformed');
    expect(receiver.give(2, plain('more'))).toBe('accepted');
    expect(receiver.ack()).toMatchObject({ lastInOrder: 2 });
    expect(receiver.names).toEqual(['m0', 'more']);
    expect(receiver.keptBytes).toBe(0);
  });

  it('and never throws, whatever packets come', () => {
    const packets = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 12 }), fc.nat(12), fc.uint8Array({ maxLength: 60 })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(packets, fc.boolean(), (list, isPlausible) => {
        const receiver = new Receiver();
        for (const [index, sinceBegin, bytes] of list) {
          if (isPlausible && bytes.length > 1) bytes.set([0, sinceBegin]);
          receiver.onPacket(index, bytes);
          receiver.takeAcknowledgement();
          expect(receiver.keptBytes).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
