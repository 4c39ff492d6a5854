import { describe, expect, it } from 'vitest';
import { frameBody } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { LinkId } from '../vocabulary.ts';
import { encodeAcknowledgement } from './acknowledgement.ts';
import { distanceFromBeginning, isFollowed, MAX_PACKET_BYTES } from './packet.ts';
import { direct, Harness, RELAYED, upTo } from './sender.testing.ts';

const KIB = 1024;

describe('a sending window', () => {
  it('begins with two packets, then goes as far as the credit says, ten at most', () => {
    const harness = new Harness();
    harness.enqueue(30);
    expect(harness.pump(0)).toEqual([0, 1]);
    expect(harness.frames.map((frame) => distanceFromBeginning(frameBody(frame)))).toEqual([0, 1]);
    harness.acknowledge(0, { credit: 4 });
    expect(harness.pump(1)).toEqual([2, 3, 4]);
    harness.acknowledge(4, { credit: 10 });
    expect(harness.pump(2)).toEqual(upTo(10, 5));
    expect(harness.pump(3)).toEqual([]);
    expect(harness.settled).toEqual(upTo(5).map((i) => [i, 'ok']));
  });

  it('tells of its beginning until that is acknowledged, also in what it sends again', () => {
    const harness = new Harness();
    const distances = () => harness.frames.map((frame) => distanceFromBeginning(frameBody(frame)));
    harness.enqueue(30);
    harness.pump(0);
    harness.sender.linkDown(1 as LinkId);
    harness.pump(1, direct(2));
    expect(distances()).toEqual([0, 1]);
    harness.acknowledge(0, { credit: 4 });
    harness.pump(2, direct(2));
    expect(distances()).toEqual([127, 127, 127]);
    harness.sender.linkDown(2 as LinkId);
    harness.pump(3, direct(3));
    expect(distances()).toEqual([127, 127, 127, 127]);
  });

  it('says of each packet but the last of a turn that another follows', () => {
    const harness = Harness.opened(12);
    harness.pump(1);
    const followed = harness.frames.map((frame) => isFollowed(frameBody(frame)));
    expect(followed).toEqual([...new Array(9).fill(true), false]);
    harness.acknowledge(2);
    harness.pump(2);
    expect(harness.frames.map((frame) => isFollowed(frameBody(frame)))).toEqual([false]);
  });

  it('lays out small packets until the receiver is heard of, then packets of two messages of 64 KiB', () => {
    const harness = new Harness({});
    harness.enqueue(8, 64 * KIB);
    harness.pump(0);
    expect(harness.frames.map(({ length }) => length < 67 * KIB)).toEqual([true, true]);
    harness.acknowledge(1);
    harness.pump(1);
    expect(harness.frames.map(({ length }) => length > 128 * KIB)).toEqual([true, true, true]);
    expect(Math.max(...harness.frames.map((frame) => frameBody(frame).length))).toBeLessThanOrEqual(
      MAX_PACKET_BYTES,
    );
  });

  it('settles a message only when its packet is acknowledged in order', () => {
    const harness = Harness.opened(3);
    harness.pump(1);
    harness.settled.length = 0;
    harness.acknowledge(1, { held: 0b110 });
    expect(harness.settled).toEqual([]);
    harness.acknowledge(4);
    expect(harness.settled).toEqual(upTo(3, 2).map((i) => [i, 'ok']));
    expect(harness.sender.isIdle).toBe(true);
    harness.pump(2);
    expect(harness.sender.deadlineMs).toBe(NEVER);
  });

  it('gives way to another that begins where it ends, unless that would send more than it may', () => {
    const harness = Harness.opened(1);
    expect(harness.sender.isReplaceable).toBe(false);
    harness.pump(1);
    expect(harness.sender.isReplaceable).toBe(false);
    harness.acknowledge(2, { credit: 1 });
    expect([harness.sender.isIdle, harness.sender.isReplaceable]).toEqual([true, false]);
    harness.acknowledge(2, { credit: 2 });
    expect([harness.sender.next, harness.sender.isReplaceable]).toEqual([3, true]);
  });

  it('takes no acknowledgement that is older than the window, of what was never sent, or malformed', () => {
    const harness = Harness.opened(8);
    harness.pump(1);
    harness.acknowledge(4);
    expect([harness.acknowledge(3), harness.acknowledge(10), harness.acknowledge(99)]).toEqual(
      new Array(3).fill('stale'),
    );
    expect(harness.sender.acknowledge(Uint8Array.of(1, 2), 5)).toBe('malformed');
    expect(harness.settled.length).toBe(5);
  });

  it('shows its slots and its queue', () => {
    const harness = Harness.opened(12);
    harness.pump(1);
    harness.acknowledge(2, { held: 0b10 });
    const { slots, queuedMessages, queuedBytes } = harness.sender.snapshot();
    expect(slots[3]).toMatchObject({ index: 3, state: 'in-flight', attempts: 1 });
    expect(slots[4]).toMatchObject({ index: 4, state: 'acknowledged' });
    expect(slots[2]).toMatchObject({ index: undefined, state: 'empty' });
    expect([queuedMessages, queuedBytes]).toEqual([2, 480]);
  });

  it('waits without a path, and goes on when there is one', () => {
    const harness = new Harness();
    harness.enqueue(2);
    expect(harness.pump(0, 'none')).toEqual([]);
    expect(harness.sender.isStranded).toBe(true);
    harness.isBlocked = true;
    expect(harness.pump(1)).toEqual([]);
    expect(harness.sender.isStranded).toBe(true);
    harness.isBlocked = false;
    expect(harness.pump(2)).toEqual([0, 1]);
    expect(harness.sender.isStranded).toBe(false);
  });
});

describe('over a direct Link a sending window', () => {
  it('runs no clock, and sends again only what left on a Link that went down', () => {
    const harness = Harness.opened(4);
    expect(harness.pump(1)).toEqual(upTo(4, 2));
    expect(harness.pump(2500)).toEqual([]); // no clock but that of the question, three seconds
    harness.sender.linkDown(9 as LinkId);
    expect(harness.pump(2600)).toEqual([]);
    harness.sender.linkDown(1 as LinkId);
    expect(harness.pump(2700, direct(2))).toEqual(upTo(4, 2));
    expect(harness.sender.snapshot().retransmissions).toBe(4);
  });

  it('sends again what three later packets of the same Link have overtaken, once', () => {
    const harness = Harness.opened(6);
    harness.pump(1);
    harness.acknowledge(1, { held: 0b110 });
    expect(harness.pump(2)).toEqual([]);
    harness.acknowledge(1, { held: 0b1110 });
    expect(harness.pump(3)).toEqual([2]);
    harness.acknowledge(1, { held: 0b11110 });
    expect(harness.pump(4)).toEqual([]);
  });

  it('asks after three seconds of silence, and by the answer knows what is not there', () => {
    const harness = Harness.opened(2);
    harness.pump(1);
    expect(harness.pump(2999)).toEqual([]);
    expect(harness.pump(3000)).toEqual([1]); // the place before the window, without a chunk
    expect(harness.frames[0]?.length).toBe(47);
    harness.acknowledge(1, { probe: 9 }, 3003); // the answer to another question says nothing
    expect(harness.pump(3004)).toEqual([]);
    harness.acknowledge(1, { probe: 1 }, 3005);
    expect(harness.pump(3006)).toEqual([2, 3]);
  });

  it('asks at once when the receiver has dropped something for want of room', () => {
    const harness = Harness.opened(2);
    harness.pump(1);
    harness.acknowledge(1, { shed: true, credit: 10 }, 2);
    expect(harness.pump(3)).toEqual([1]);
    harness.acknowledge(1, { probe: 1 }, 4);
    expect(harness.pump(5)).toEqual([2, 3]);
  });
});

describe('over relays a sending window', () => {
  it('sends again after the timeout what is missing, not what the receiver holds, and doubles it', () => {
    const harness = new Harness();
    harness.enqueue(6);
    harness.pump(0, RELAYED);
    harness.acknowledge(1, {}, 10);
    harness.pump(10, RELAYED);
    harness.acknowledge(1, { held: 0b10 }, 20);
    harness.pump(20, RELAYED);
    const dueAtMs = harness.sender.deadlineMs;
    expect(dueAtMs).toBe(10 + 200);
    expect(harness.pump(dueAtMs - 1, RELAYED)).toEqual([]);
    expect(harness.pump(dueAtMs, RELAYED)).toEqual([2, 4, 5]);
    expect(harness.sender.deadlineMs).toBe(dueAtMs + 400);
  });
});

describe('a message that is given up', () => {
  it('leaves an empty packet in its place, so that order holds', () => {
    const harness = Harness.opened(0);
    const [first] = harness.enqueue(1);
    harness.pump(1);
    expect(first && harness.sender.cancel(first)).toBe(true);
    harness.sender.linkDown(1 as LinkId);
    expect(harness.pump(2, direct(2))).toEqual([2]);
    expect([...frameBody(harness.frames[0] ?? new Uint8Array()).slice(2)]).toEqual([6, 0, 0, 0]);
    harness.acknowledge(2);
    expect(harness.settled.length).toBe(2);
  });

  it('fails as timed out when nothing has moved for as long, counted from the last progress', () => {
    const harness = new Harness();
    harness.enqueue(3, 240, 1000);
    harness.pump(0);
    harness.acknowledge(0, { credit: 1 }, 900);
    harness.pump(1000);
    expect(harness.settled).toEqual([[0, 'ok']]);
    harness.pump(1900);
    expect(harness.settled.slice(1)).toEqual([
      [1, 'timed-out'],
      [2, 'timed-out'],
    ]);
  });

  it('fails with all others when the target leaves, and the window goes on at its next position', () => {
    const harness = Harness.opened(11);
    harness.pump(1);
    harness.settled.length = 0;
    harness.sender.fail({ reason: 'left', because: 'test' });
    expect(harness.settled).toEqual(upTo(11, 2).map((i) => [i, 'left']));
    harness.acknowledge(11);
    harness.enqueue(1);
    expect(harness.pump(2)).toEqual([12]);
  });
});

describe('a refusal', () => {
  const refuse = (harness: Harness, refused: number, isLost: boolean, lastInOrder = -1, isFull = false) =>
    harness.sender.acknowledge(
      encodeAcknowledgement({
        lastInOrder,
        held: 0,
        credit: isLost ? 2 : 10,
        probe: 0,
        isShed: false,
        refused,
        isLost,
        isFull,
      }),
      5,
    );

  it('of the oldest, sent once, means that nothing was delivered: all goes on as a new beginning', () => {
    const harness = Harness.opened(3);
    harness.pump(1);
    expect(refuse(harness, 2, true)).toBe('accepted');
    expect(harness.pump(6)).toEqual([5, 6]); // the first credit again
    expect(harness.frames.map((frame) => distanceFromBeginning(frameBody(frame)))).toEqual([0, 1]);
    expect(harness.settled.length).toBe(2);
  });

  it('of one that was sent twice leaves it open what was delivered: it fails as reset', () => {
    const harness = Harness.opened(2);
    harness.pump(1);
    harness.sender.linkDown(1 as LinkId);
    harness.pump(2, direct(2));
    harness.settled.length = 0;
    expect(refuse(harness, 2, true)).toBe('accepted');
    expect(harness.settled).toEqual([
      [2, 'reset'],
      [3, 'reset'],
    ]);
  });

  it('because there are too many streams fails all that waits; what is sent later begins anew', () => {
    const harness = new Harness();
    harness.enqueue(3, 60 * KIB);
    harness.pump(0);
    expect(refuse(harness, 1, true, -1, true)).toBe('accepted');
    expect(harness.settled).toEqual(upTo(3).map((i) => [i, 'too-many-streams']));
    expect(harness.sender.isIdle).toBe(true);
    harness.enqueue(1);
    expect(harness.pump(1)).toEqual([2]);
    expect(harness.frames.map((frame) => distanceFromBeginning(frameBody(frame)))).toEqual([0]);
    harness.acknowledge(2);
    expect(harness.settled.at(-1)).toEqual([0, 'ok']);
  });

  it('of what is not in flight is stale', () => {
    const harness = Harness.opened(2);
    harness.pump(1);
    expect([refuse(harness, 9, true), refuse(harness, 0, false)]).toEqual(['stale', 'stale']);
  });
});

describe('frames', () => {
  const large = (mayReuseFrames: boolean): ArrayBufferLike[][] => {
    const harness = new Harness({ mayReuseFrames });
    harness.enqueue(40, 64 * KIB);
    harness.pump(0);
    harness.acknowledge(1);
    const turns: ArrayBufferLike[][] = [];
    for (let last = 4; last < 13; last += 3) {
      harness.pump(last);
      turns.push(harness.frames.map(({ buffer }) => buffer));
      harness.acknowledge(last);
    }
    return turns;
  };

  it('are used again once they are acknowledged, where the transport copies them', () => {
    const [first = [], second = [], third = []] = large(true);
    expect(new Set(first).size).toBe(10);
    expect(new Set(second)).toEqual(new Set(first.slice(0, 3)));
    expect(new Set(third)).toEqual(new Set(first.slice(3, 6)));
  });

  it('are never used again where it does not', () => {
    const all = large(false).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('are not used again when they were sent twice: a copy may still wait on the other way', () => {
    const harness = new Harness({ mayReuseFrames: true });
    harness.enqueue(40, 64 * KIB);
    harness.pump(0);
    harness.acknowledge(1);
    harness.pump(1);
    const before = harness.frames.map(({ buffer }) => buffer);
    harness.sender.linkDown(1 as LinkId);
    harness.pump(2, direct(2));
    harness.acknowledge(11);
    harness.pump(3, direct(2));
    expect(harness.frames.length).toBeGreaterThan(0);
    expect(harness.frames.some(({ buffer }) => before.includes(buffer))).toBe(false);
  });
});
