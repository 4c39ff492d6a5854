import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { FRAME_HEADER_BYTES, MAX_HOP_LIMIT, parseFrameHeader } from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import { beginLife, identityFrom } from '../identity/identity.ts';
import {
  BROADCAST_OVERHEAD_BYTES,
  CONTENT_AT,
  copyContent,
  isSignedBy,
  MAX_CONTENT_BYTES,
  ownFrame,
  readBroadcastHead,
  sealBroadcast,
} from './broadcast-frame.ts';

const random = seededRandom(1);
const cryptography = simulatedCryptography();
const own = beginLife(
  identityFrom(random.bytes(32), cryptography),
  2 ** 48 - 2,
  random.bytes(32),
  cryptography,
);

function frameOf(sequence: number, content = random.bytes(50)): Uint8Array {
  const frame = new Uint8Array(BROADCAST_OVERHEAD_BYTES + content.length);
  frame.set(content, CONTENT_AT);
  sealBroadcast(frame, own, sequence, cryptography);
  return frame;
}

function headOf(frame: Uint8Array) {
  const header = parseFrameHeader(frame);
  if (typeof header === 'string') throw new Error(header);
  return readBroadcastHead(header, frame);
}

describe('a broadcast frame', () => {
  it.each([0, 9_999, 10_000, 4_000_000_000])(
    'says its life and sequence (%i) and carries its records',
    (sequence) => {
      const content = random.bytes(300);
      const frame = frameOf(sequence, content);
      expect(headOf(frame)).toEqual({ life: own.life, sequence });
      expect(copyContent(frame)).toEqual(content);
      expect(parseFrameHeader(frame)).toMatchObject({ hopLimit: MAX_HOP_LIMIT, index: sequence % 10_000 });
      expect(isSignedBy(own.publicKey, frame, cryptography)).toBe(true);
    },
  );

  it('is not its source’s any more when a byte of it is another, but for the hop limit', () => {
    const frame = frameOf(5);
    for (let at = FRAME_HEADER_BYTES; at < frame.length; at++) {
      const changed = frame.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      expect(isSignedBy(own.publicKey, changed, cryptography)).toBe(false);
    }
    expect(isSignedBy(own.publicKey, ownFrame(frame.slice()), cryptography)).toBe(true);
  });

  it('has no second form: a header field that is not as its source makes it is malformed', () => {
    for (const at of [36, 37, 38, 39, 40, 43]) {
      const changed = frameOf(5);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(headOf(changed)).toBeUndefined();
    }
    expect(headOf(frameOf(5, new Uint8Array()))).toBeUndefined();
    expect(headOf(frameOf(5, new Uint8Array(MAX_CONTENT_BYTES)))).toBeDefined();
    expect(headOf(frameOf(5, new Uint8Array(MAX_CONTENT_BYTES + 1)))).toBeUndefined();
  });

  it('goes one hop further each time, however deep the graph', () => {
    let frame = frameOf(0);
    for (let i = 0; i < 100; i++) frame = ownFrame(frame);
    expect(parseFrameHeader(frame)).toMatchObject({ hopLimit: 1 });
  });

  it('is kept without the bundle that it came in, and as it is when it came alone', () => {
    const frame = frameOf(0);
    const bundle = new Uint8Array(5 * frame.length);
    bundle.set(frame, 100);
    expect(ownFrame(bundle.subarray(100, 100 + frame.length)).buffer.byteLength).toBe(frame.length);
    expect(ownFrame(frame)).toBe(frame);
  });
});
