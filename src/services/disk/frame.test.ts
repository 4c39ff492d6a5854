import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameRecord, unframeRecord } from './frame.ts';

describe('a record on the disk', () => {
  it('is what was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        expect(unframeRecord(frameRecord(body))).toEqual(body);
      }),
    );
  });

  it('is none when it was cut off anywhere, or continued', () => {
    const framed = frameRecord(new Uint8Array(100).fill(7));
    for (let length = 0; length < framed.length; length++) {
      expect(unframeRecord(framed.subarray(0, length))).toBeUndefined();
    }
    expect(unframeRecord(new Uint8Array([...framed, 0]))).toBeUndefined();
  });

  it('is none when any byte differs', () => {
    const framed = frameRecord(new Uint8Array(40).fill(7));
    for (let i = 0; i < framed.length; i++) {
      const torn = framed.slice();
      torn[i] = (torn[i] ?? 0) ^ 0x10;
      expect(unframeRecord(torn)).toBeUndefined();
    }
  });
});
