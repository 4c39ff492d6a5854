import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBundle, isBundle, MAX_BUNDLE_BYTES, readBundle } from './bundle.ts';

const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 20 });
const bundleOf = (all: readonly Uint8Array[]): Uint8Array =>
  encodeBundle(all, 1 + all.reduce((sum, { length }) => sum + 2 + length, 0));

describe('a bundle', () => {
  it('comes apart into the frames it was made of, as views on it', () => {
    fc.assert(
      fc.property(frames, (all) => {
        const bundle = bundleOf(all);
        const out: Uint8Array[] = [];
        expect(isBundle(bundle)).toBe(true);
        expect(readBundle(bundle, (frame) => out.push(frame))).toBe(true);
        expect(out).toEqual(all);
        for (const frame of out) expect(frame.buffer).toBe(bundle.buffer);
      }),
    );
  });

  it('that is cut off gives the frames before the cut and says so', () => {
    const bundle = bundleOf([Uint8Array.of(1), Uint8Array.of(2, 3)]);
    const out: Uint8Array[] = [];
    expect(readBundle(bundle.subarray(0, -1), (frame) => out.push(frame))).toBe(false);
    expect(out).toEqual([Uint8Array.of(1)]);
  });

  it('that is too long is not read at all', () => {
    const bundle = new Uint8Array(MAX_BUNDLE_BYTES + 1);
    expect(readBundle(bundle, () => expect.fail('a frame of it'))).toBe(false);
  });

  it('never throws on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readBundle(bytes, () => {})));
  });
});
