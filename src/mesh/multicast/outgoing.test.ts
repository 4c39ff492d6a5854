import { describe, expect, it } from 'vitest';
import type { Token } from '../vocabulary.ts';
import { prepareMessage } from '../window/message.ts';
import { copyContent, MAX_CONTENT_BYTES } from './broadcast-frame.ts';
import { ChunkFlag, readBroadcastChunk } from './chunks.ts';
import { OutgoingBroadcasts } from './outgoing.ts';

const token = (n: number) => n as Token;
const message = (bytes: number) =>
  prepareMessage({ kind: 'message', name: 'n', body: new Uint8Array(bytes) });

function chunksOf(frame: Uint8Array): number[] {
  const content = copyContent(frame);
  const flags: number[] = [];
  for (let at = 0; at < content.length; ) {
    const chunk = readBroadcastChunk(content, at);
    if (!chunk) throw new Error('malformed');
    flags.push(chunk.flags);
    at = chunk.end;
  }
  return flags;
}

describe('broadcasts that wait', () => {
  it('leave together when they are small', () => {
    const queue = new OutgoingBroadcasts();
    for (let i = 0; i < 100; i++) queue.push(token(i), 1, [], message(20), 1000, 0);
    const packed = queue.pack(0);
    expect(packed?.finished).toHaveLength(100);
    expect(chunksOf(packed?.frame ?? new Uint8Array())).toEqual(Array(100).fill(3));
    expect(queue.pack(0)).toBeUndefined();
    expect(queue.isEmpty).toBe(true);
  });

  it('span frames when they are large, settled with the last', () => {
    const queue = new OutgoingBroadcasts();
    queue.push(token(1), 1, [], message(150_000), 1000, 0);
    queue.push(token(2), 1, [], message(10), 1000, 0);
    const frames = [queue.pack(0), queue.pack(0), queue.pack(0)];
    expect(frames.map((packed) => packed?.finished)).toEqual([[], [], [1, 2]]);
    expect(chunksOf(frames[1]?.frame ?? new Uint8Array())).toEqual([0]);
    expect(chunksOf(frames[2]?.frame ?? new Uint8Array())).toEqual([ChunkFlag.last, 3]);
    for (const packed of frames)
      expect(copyContent(packed?.frame ?? new Uint8Array()).length).toBeLessThanOrEqual(MAX_CONTENT_BYTES);
  });

  it('can be taken back until they begin to leave', () => {
    const queue = new OutgoingBroadcasts();
    queue.push(token(1), 1, [], message(100_000), 1000, 0);
    queue.push(token(2), 1, [], message(10), 1000, 0);
    queue.pack(0);
    expect([queue.cancel(token(1)), queue.cancel(token(2)), queue.cancel(token(2))]).toEqual([
      false,
      true,
      false,
    ]);
    expect(queue.pack(0)?.finished).toEqual([1]);
    expect(queue.isEmpty).toBe(true);
  });

  it('time out when nothing has left for as long as they would wait', () => {
    const queue = new OutgoingBroadcasts();
    queue.push(token(1), 1, [], message(100_000), 500, 0);
    queue.push(token(2), 1, [], message(10), 500, 0);
    queue.push(token(3), 1, [], message(10), 900, 0);
    queue.pack(100);
    expect(queue.earliestTimeoutAt).toBeLessThanOrEqual(600);
    expect(queue.takeTimedOut(599)).toEqual(new Map());
    expect(queue.earliestTimeoutAt).toBe(600);
    expect(queue.takeTimedOut(600)).toEqual(new Map([[500, [2]]]));
    expect(queue.takeTimedOut(1000)).toEqual(new Map([[900, [3]]]));
    expect(queue.pack(1000)?.finished).toEqual([1]);
  });

  it('to very many are several chunks, and settle once', () => {
    const queue = new OutgoingBroadcasts();
    queue.push(token(1), 1, [new Uint8Array(16 * 1024), new Uint8Array(160)], message(10), 1000, 0);
    expect(queue.pack(0)?.finished).toEqual([1]);
    expect(queue.pack(0)).toBeUndefined();
  });
});
