import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../contract.ts';
import { decodeMessage, encodeMessage, MAX_NAME_BYTES, type MeshMessage, prepareMessage } from './index.ts';

const encoder = new TextEncoder();
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((name) => encoder.encode(name).length <= MAX_NAME_BYTES);
const bodies = fc.uint8Array({ maxLength: 50 });
const requestIds = fc.integer({ min: 0, max: 0xffffffff });
const messages: fc.Arbitrary<MeshMessage> = fc.oneof(
  fc.record({ kind: fc.constant('message' as const), name: names, body: bodies }),
  fc.record({ kind: fc.constant('request' as const), name: names, requestId: requestIds, body: bodies }),
  fc.record({ kind: fc.constant('response' as const), requestId: requestIds, body: bodies }),
  fc.record({ kind: fc.constant('error' as const), requestId: requestIds, reason: fc.string() }),
);

describe('a message', () => {
  it('comes back as it was, also from the middle of other bytes', () => {
    fc.assert(
      fc.property(messages, fc.nat(20), (message, before) => {
        const bytes = encodeMessage(message);
        const inside = new Uint8Array(before + bytes.length + 5).fill(0xff);
        inside.set(bytes, before);
        expect(decodeMessage(inside, before, before + bytes.length)).toEqual(decodeMessage(bytes));
        expect(decodeMessage(bytes)).toEqual(message);
      }),
    );
  });

  it('has the name that it was given, a mark of byte order at its beginning included', () => {
    const message: MeshMessage = { kind: 'message', name: '\ufeffn', body: new Uint8Array() };
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
  });

  it('gives its body as a view, uncopied', () => {
    const bytes = encodeMessage({ kind: 'message', name: 'n', body: Uint8Array.of(1, 2) });
    const message = decodeMessage(bytes);
    expect(message?.kind === 'message' && message.body.buffer).toBe(bytes.buffer);
  });

  it('is undefined when it is malformed, and reading it never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
        const message = decodeMessage(bytes);
        if (message) expect(encodeMessage(message)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
    for (const bytes of [
      [],
      [0],
      [0, 0],
      [0, 2, 65],
      [4, 1, 65],
      [0, 65, ...new Array<number>(70).fill(65)],
      [0, 1, 0xff],
      [2, 1, 0, 0, 0, 1, 65],
    ]) {
      expect(decodeMessage(Uint8Array.from(bytes))).toBeUndefined();
    }
  });

  it('keeps names apart that fall into the same place of the name cache', () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5000; i++) {
        const bytes = encodeMessage({ kind: 'message', name: `name-${i}`, body: new Uint8Array() });
        expect(decodeMessage(bytes)).toMatchObject({ name: `name-${i}` });
      }
    }
  });

  it('has a name of 1 to 64 bytes and a body within the limit, or is refused with a typed error', () => {
    const body = new Uint8Array();
    expect(() => prepareMessage({ kind: 'message', name: '', body })).toThrow(/1 to 64 bytes/);
    expect(() => prepareMessage({ kind: 'message', name: 'é'.repeat(33), body })).toThrow(/has 66/);
    const tooLarge = new Uint8Array(MAX_MESSAGE_BYTES + 1);
    expect(() => prepareMessage({ kind: 'message', name: 'n', body: tooLarge })).toThrow(
      /share it as a Blob/,
    );
  });

  it('cuts a reason that nobody would read to the end', () => {
    const bytes = encodeMessage({ kind: 'error', requestId: 1, reason: 'x'.repeat(1e6) });
    expect(bytes.length).toBeLessThan(1100);
    const hostile = new Uint8Array(1e6).fill(65);
    hostile.set([3, 0]);
    expect(decodeMessage(hostile)).toBeUndefined();
  });
});
