import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeIdOf } from '../../wire/index.ts';
import { MAX_LIFE } from '../identity/identity.ts';
import { TestNodes } from './nodes.testing.ts';
import { compareStamps, MAX_RECORD_BYTES, MIN_RECORD_BYTES } from './record.ts';
import { isRecordShaped, parseRecord, publicKeyOf, signedPart, stampOf } from './record-codec.ts';

const nodes = new TestNodes();
const [a, b, c] = nodes.lives(20);
if (!a || !b || !c) throw new Error('three lives');

describe('the bytes of a record', () => {
  it('come back as they were sealed, and their signature is genuine', () => {
    const own = nodes.life(undefined, MAX_LIFE);
    const sealed = nodes.record(own, [b.id, a.id], { version: 0xffff_ffff, attributes: Uint8Array.of(0x81) });
    expect(isRecordShaped(sealed.bytes)).toBe(true);
    const id = nodeIdOf(publicKeyOf(sealed.bytes), nodes.cryptography);
    expect(id).toBe(own.id);
    expect(parseRecord(sealed.bytes, id)).toEqual(sealed);
    expect(sealed).toMatchObject({ life: MAX_LIFE, version: 0xffff_ffff, neighbours: [a.id, b.id].sort() });
    const signature = sealed.bytes.subarray(-64);
    expect(
      nodes.cryptography.verify(own.publicKey, signedPart(sealed.bytes, nodes.nameHash), signature),
    ).toBe(true);
  });

  it('are few', () => {
    expect(nodes.record(a).bytes).toHaveLength(MIN_RECORD_BYTES);
    const ids = nodes.lives(16).map(({ id }) => id);
    const largest = nodes.record(a, ids, { attributes: new Uint8Array(512) });
    expect(largest.bytes).toHaveLength(MAX_RECORD_BYTES);
    expect(isRecordShaped(largest.bytes)).toBe(true);
  });

  it('are refused when a neighbour is named twice, out of order, or is the owner', () => {
    const good = nodes.record(a, [b.id, c.id]).bytes;
    const twice = good.slice();
    twice.copyWithin(78 + 17, 78, 78 + 17);
    expect(isRecordShaped(twice)).toBe(false);
    const swapped = good.slice();
    swapped.set(good.subarray(78 + 17, 78 + 34), 78);
    swapped.set(good.subarray(78, 78 + 17), 78 + 17);
    expect(isRecordShaped(swapped)).toBe(false);
    expect(parseRecord(nodes.record(a, [a.id]).bytes, a.id)).toBeUndefined();
  });

  it('are refused with a farewell that names neighbours, an unknown flag or class', () => {
    const good = nodes.record(a, [b.id]).bytes;
    for (const [at, value] of [
      [0, 1],
      [0, 2],
      [78 + 16, 17],
      [75, 3], // attributes beyond the bound
      [77, 17],
    ] as const) {
      const bytes = good.slice();
      bytes[at] = value;
      expect(isRecordShaped(bytes)).toBe(false);
    }
  });

  it('are never thrown at, whatever they are', () => {
    const good = nodes.record(a, [b.id, c.id]).bytes;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (noise, flips) => {
          const bytes = good.slice();
          for (const [at, value] of flips) bytes[at] = value;
          for (const some of [noise, bytes, bytes.subarray(0, noise.length)]) {
            if (!isRecordShaped(some)) continue;
            expect(parseRecord(some, a.id)?.neighbours.length ?? 0).toBeLessThanOrEqual(16);
          }
        },
      ),
    );
  });

  it('are ordered by life, then version, then signature', () => {
    const older = stampOf(nodes.record(a, [], { version: 9 }).bytes);
    const newer = stampOf(nodes.record({ ...a, life: 2 }, [], { version: 1 }).bytes);
    expect(compareStamps(newer, older)).toBeGreaterThan(0);
    const one = stampOf(nodes.record(a, [b.id], { version: 9 }).bytes);
    expect(Math.sign(compareStamps(one, older))).toBe(-Math.sign(compareStamps(older, one)));
    expect(compareStamps(one, older)).not.toBe(0);
    expect(compareStamps(one, { ...one })).toBe(0);
  });
});
