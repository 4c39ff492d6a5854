import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobId } from './contract.ts';
import { decodePart, decodeResult, encodePart, encodeResult } from './payload.ts';
import { MAX_PART_BYTES } from './trust/part-codec.ts';

const id = '0123456789abcdef0123456789abcdef' as JobId;
const lease = { task: 60_000_000, fence: 4_000_000_000 };
const result = { id, term: 2 ** 51 + 1, worker: 7, lease, elapsedMs: 12.5, bytes: Uint8Array.of(1, 2, 3, 4) };

describe('results and parts on the wire', () => {
  it('come back as they were sent', () => {
    expect(decodeResult(encodeResult(result))).toEqual(result);
    const part = { id, part: 4_000_000_000, bytes: Uint8Array.of(9) };
    expect(decodePart(encodePart(part))).toEqual(part);
    expect(decodePart(encodePart({ ...part, bytes: new Uint8Array() }))?.bytes).toHaveLength(0);
  });

  it('are dropped where their worker, term or time is impossible, or their size', () => {
    for (const elapsedMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(decodeResult(encodeResult({ ...result, elapsedMs }))).toBeUndefined();
    }
    for (const term of [-1, 0.5, 2 ** 52, Number.NaN]) {
      expect(decodeResult(encodeResult({ ...result, term }))).toBeUndefined();
    }
    expect(decodeResult(encodeResult({ ...result, worker: 256 }))).toBeUndefined();
    const bytes = new Uint8Array(8 * 1024 * 1024 + 1);
    expect(decodeResult(encodeResult({ ...result, bytes }))).toBeUndefined();
    const tooLarge = new Uint8Array(MAX_PART_BYTES + 1);
    expect(decodePart(encodePart({ id, part: 0, bytes: tooLarge }))).toBeUndefined();
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        decodeResult(bytes);
        decodePart(bytes);
      }),
    );
    expect(decodeResult(new Uint8Array(39))).toBeUndefined();
    expect(decodePart(new Uint8Array(23))).toBeUndefined();
  });
});
