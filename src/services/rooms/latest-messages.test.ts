import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import { decodeLatest, encodeLatest } from './latest-messages.ts';

const random = seededRandom(1);
const message = {
  session: 7,
  credentials: { key: random.bytes(32), certificate: random.bytes(64) },
  entries: [
    { channel: 'cursors', key: 'mouse', number: 3, value: { x: 1 } },
    { channel: '', key: '', number: 4, value: undefined },
  ],
  words: ['hi', null],
};

describe('a message of what is shown', () => {
  it('is read as it was written', () => {
    expect(decodeLatest(encodeLatest(message))).toEqual(message);
    const bare = { ...message, credentials: undefined };
    expect(decodeLatest(encodeLatest(bare))).toEqual(bare);
  });

  it.each([
    ['of other fields', [7, [], []]],
    ['without a session', [-1, [], [], []]],
    ['with half a proof', [7, [new Uint8Array(32)], [], []]],
    ['with a proof of another length', [7, [new Uint8Array(31), new Uint8Array(64)], [], []]],
    ['with a channel that has no name', [7, [], [['', 'key', 1, 1]], []]],
    ['with a key that has no name', [7, [], [['channel', '', 1, 1]], []]],
    ['with a name that is too long', [7, [], [['channel', 'x'.repeat(65), 1, 1]], []]],
    ['with a number that is none', [7, [], [['channel', 'key', 0.5, 1]], []]],
    ['with too many values', [7, [], Array.from({ length: 257 }, () => ['a', 'b', 1]), []]],
  ])('%s is none', (_, list) => {
    expect(decodeLatest(encodePlain(list))).toBeUndefined();
  });

  it('cut anywhere, or of other bytes, is none', () => {
    const bytes = encodeLatest(message);
    for (let end = 0; end < bytes.length; end++) expect(decodeLatest(bytes.subarray(0, end))).toBeUndefined();
    for (let i = 0; i < 2_000; i++) expect(() => decodeLatest(random.bytes(i % 90))).not.toThrow();
  });
});
