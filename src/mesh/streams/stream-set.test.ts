import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type FrameHeader, type NodeId, newNodeId, parseFrameHeader } from '../../wire/index.ts';
import { type StreamId, Streams } from '../contract.ts';
import { type MeshMessage, prepareMessage, type WindowFailure } from '../window/index.ts';
import { StreamSet } from './stream-set.ts';

const random = seededRandom(3);

/** A StreamSet whose frames are collected, and handed to another by hand. */
function end(
  self: NodeId,
  deliver: (message: MeshMessage) => Promise<void> | undefined = () => undefined,
  isKnown: () => boolean = () => true,
) {
  const out: { frame: Uint8Array; isBulk: boolean }[] = [];
  const got: MeshMessage[] = [];
  let wakeAt = Number.POSITIVE_INFINITY;
  let now = 0;
  const streams = new StreamSet(
    {
      self,
      now: () => now,
      isKnown,
      route: (frame, _target, isBulk) => out.push({ frame, isBulk }),
      deliver: (_from, _stream, message) => {
        got.push(message);
        return deliver(message);
      },
      requestFlush: () => undefined,
      wakeAt: (time) => {
        wakeAt = Math.min(wakeAt, time);
      },
    },
    1,
  );
  const say = (to: NodeId, body: Uint8Array, stream: StreamId = Streams.control) => {
    const outcome: { failure?: WindowFailure | undefined; isSettled: boolean } = { isSettled: false };
    const cancel = streams.send(to, stream, prepareMessage({ kind: 'message', name: 'm', body }), {
      settle: (failure) => {
        expect(outcome.isSettled).toBe(false);
        outcome.isSettled = true;
        outcome.failure = failure;
      },
    });
    return { outcome, cancel };
  };
  return { streams, out, got, say, wakeAt: () => wakeAt, at: (time: number) => (now = time) };
}

function hand(frames: { frame: Uint8Array }[], to: StreamSet): (string | undefined)[] {
  return frames.splice(0).map(({ frame }) => to.onFrame(parseFrameHeader(frame) as FrameHeader, frame));
}

describe('the streams of a Node', () => {
  it('send a turn of messages in one packet and acknowledge a turn of packets once', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const [left, right] = [end(a), end(b)];
    const said = Array.from({ length: 50 }, () => left.say(b, new Uint8Array(100)));
    expect(left.out).toEqual([]);
    left.streams.flush();
    expect(left.out).toHaveLength(1);
    hand(left.out, right.streams);
    expect(right.got).toHaveLength(50);
    right.streams.flush();
    right.streams.flush();
    expect(right.out).toHaveLength(1);
    hand(right.out, left.streams);
    expect(said.every(({ outcome }) => outcome.isSettled && outcome.failure === undefined)).toBe(true);
  });

  it('put acknowledgements and the control stream before bulk', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const [left, right] = [end(a), end(b)];
    left.say(b, new Uint8Array(1), Streams.bulk);
    left.say(b, new Uint8Array(1), Streams.control);
    left.streams.flush();
    expect(left.out.map(({ isBulk }) => isBulk)).toEqual([true, false]);
    hand(left.out, right.streams);
    right.streams.flush();
    expect(right.out.map(({ isBulk }) => isBulk)).toEqual([false, false]);
  });

  it('wait for a handler that takes its time, then go on by themselves', async () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const release: (() => void)[] = [];
    const left = end(a);
    const right = end(b, () => new Promise((resolve) => release.push(resolve)));
    for (let i = 0; i < 3; i++) left.say(b, new Uint8Array(10));
    left.streams.flush();
    hand(left.out, right.streams);
    expect(right.got).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      release[i]?.();
      await new Promise((resolve) => setImmediate(resolve));
      expect(right.got).toHaveLength(Math.min(3, i + 2));
    }
  });

  it('send again when the acknowledgement does not come', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const left = end(a);
    left.say(b, new Uint8Array(10));
    left.streams.flush();
    left.out.length = 0;
    left.at(left.wakeAt());
    left.streams.wake(left.wakeAt());
    expect(left.out).toHaveLength(1);
  });

  it('settle everything when the peer leaves, and begin anew with its next life', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const [left, right] = [end(a), end(b)];
    const lost = left.say(b, new Uint8Array(10));
    const cancelled = left.say(b, new Uint8Array(10));
    expect(cancelled.cancel()).toBe(true);
    left.streams.flush();
    left.streams.dropPeer(b, 'it said goodbye');
    expect(lost.outcome.failure).toEqual({ kind: 'aborted', reason: 'it said goodbye' });
    expect(cancelled.outcome.isSettled).toBe(false);
    expect(left.streams.snapshot()).toEqual([]);
    left.out.length = 0;
    const again = left.say(b, new Uint8Array(10));
    left.streams.flush();
    hand(left.out, right.streams);
    right.streams.flush();
    hand(right.out, left.streams);
    expect(again.outcome).toEqual({ isSettled: true, failure: undefined });
  });

  it('let a peer open only so many streams', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const [left, right] = [end(a), end(b)];
    for (let stream = 0; stream < 100; stream++) left.say(b, new Uint8Array(1), stream as StreamId);
    left.streams.flush();
    const refused = hand(left.out, right.streams).filter((problem) => problem === 'too many streams');
    expect(refused).toHaveLength(68);
    expect(right.streams.snapshot()).toHaveLength(32);
  });

  it('keep only so many sources whose record never came', () => {
    const b = newNodeId(random);
    const right = end(
      b,
      () => undefined,
      () => false,
    );
    for (let i = 0; i < 200; i++) {
      const left = end(newNodeId(random));
      left.say(b, new Uint8Array(1));
      left.streams.flush();
      hand(left.out, right.streams);
    }
    expect(right.got).toHaveLength(200);
    expect(right.streams.snapshot()).toHaveLength(64);
  });

  it('say what a stray acknowledgement is', () => {
    const [a, b] = [newNodeId(random), newNodeId(random)];
    const [left, right] = [end(a), end(b)];
    left.say(b, new Uint8Array(1));
    left.streams.flush();
    hand(left.out, right.streams);
    right.streams.flush();
    left.streams.dropPeer(b, 'gone');
    expect(hand(right.out, left.streams)).toEqual(['acknowledges nothing of ours']);
  });
});
