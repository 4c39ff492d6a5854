import { describe, expect, it } from 'vitest';
import { realCryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { FinalRoom } from './final.testing.ts';
import { TestRoom } from './room.testing.ts';
import { decodeClosed, encodeClosed, type WriterId, writerOf } from './writers.ts';

const room = new TestRoom(1000, { cryptography: realCryptography });
const final = new FinalRoom(room);
const [ann, bob] = [room.author(), room.author()] as const;
const history = final.history();
history.add(room.after([], bob, 'b', 1));
const checkpoint = final.checkpoint(history, ann);
const { bytes } = checkpoint;

describe('a checkpoint', () => {
  it('says what it closes, what it follows, and who makes the next', () => {
    expect(checkpoint).toMatchObject({
      ...{ number: 1, takes: [1], previous: [], heads: [...history.dag.heads], depth: 1, count: 1 },
      ...{ author: toHex(ann.publicKey), next: toHex(ann.publicKey) },
    });
  });

  it('has these bytes', () => {
    expect(toHex(realCryptography.sha256(bytes))).toMatchInlineSnapshot(
      `"9ba5f9c6c0da3a4b17709b86fa9e0209ca7c214523ddaef05736955f1d6b5c72"`,
    );
  });

  it('is refused with any byte changed, or cut short', () => {
    for (let at = 1; at < bytes.length; at++) {
      const bad = bytes.slice();
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(typeof final.codec.read(bad), `byte ${at}`).toBe('string');
      expect(typeof final.codec.read(bytes.subarray(0, at))).toBe('string');
    }
  });

  it('is refused from a writer', () => {
    const { writeSecret = new Uint8Array() } = room.keys;
    expect(final.codec.read(final.codec.write(checkpoint, bob, writeSecret))).toBe(
      'the author of a checkpoint is no administrator',
    );
  });

  it.each([
    ['terms that begin twice at a number', { takes: [1, 1] }],
    ['a term that begins after it', { takes: [1, 2] }],
    ['fewer before it than there are', { number: 2 }],
    ['no size', { size: 0 }],
    ['more heads than it may name', { heads: Array(65).fill(checkpoint.heads[0]) }],
  ])('is malformed with %s', (_, change) => {
    expect(final.codec.read(final.bytesOf({ ...checkpoint, ...change }, ann))).toBe(
      'a checkpoint is malformed',
    );
  });
});

describe('what is closed of each writer', () => {
  it('has one encoding, whatever order it came in', () => {
    const writers = [1, 2, 3].map((session) => writerOf(checkpoint.author, session, realCryptography));
    const closed = new Map(writers.map((writer, i) => [writer, i + 1] as const));
    const other = new Map([...closed].reverse());
    expect(encodeClosed(other)).toEqual(encodeClosed(closed));
    expect(decodeClosed(encodeClosed(closed))).toEqual(closed);
    const none = new Map([['ab'.repeat(12) as WriterId, 0]]);
    expect(decodeClosed(encodeClosed(none))).toBeUndefined();
    expect(decodeClosed(new Uint8Array(15))).toBeUndefined();
  });
});
