import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom } from '../runtime/index.ts';
import { pack, unpack } from './packing.ts';

describe('a pack', () => {
  it('gives back what went in, empty items among it', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 50; round++) {
      const items = Array.from({ length: integerBelow(random, 20) }, () =>
        random.bytes(integerBelow(random, 40)),
      );
      const packed = pack(items);
      expect(unpack(packed, items.length).map((item) => [...item])).toEqual(items.map((item) => [...item]));
    }
  });

  it('is read from the middle of a larger buffer', () => {
    const packed = pack([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    const larger = new Uint8Array(packed.length + 7);
    larger.set(packed, 3);
    expect(unpack(larger.subarray(3, 3 + packed.length), 2)[1]).toEqual(Uint8Array.of(3));
  });

  it('is refused cut short, with something behind it, with another count, or with a length that lies', () => {
    const packed = pack([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    const longer = new Uint8Array([...packed, 0]);
    const lying = packed.slice();
    new DataView(lying.buffer).setUint32(4, 0xffff_ffff, true);
    for (let end = 0; end < packed.length; end++) {
      expect(() => unpack(packed.subarray(0, end), 2)).toThrow(/damaged/);
    }
    expect(() => unpack(longer, 2)).toThrow(/damaged/);
    expect(() => unpack(packed, 3)).toThrow(/damaged/);
    expect(() => unpack(packed, 1)).toThrow(/damaged/);
    expect(() => unpack(lying, 2)).toThrow(/damaged/);
  });
});
