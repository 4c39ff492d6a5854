import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import { TestNodes } from './nodes.testing.ts';
import { ANNOUNCEMENT_BYTES, encodeRecords, splitRecords } from './record-list.ts';

const nodes = new TestNodes();
const records = nodes.lives(40).map((own) => nodes.record(own, [], { attributes: new Uint8Array(200) }));

describe('lists of records', () => {
  it('take as many bodies as they need and come back in order', () => {
    const bodies = encodeRecords(records, ANNOUNCEMENT_BYTES);
    expect(bodies.length).toBeGreaterThan(3);
    for (const body of bodies) expect(body.length).toBeLessThanOrEqual(ANNOUNCEMENT_BYTES);
    const back = bodies.flatMap((body) => splitRecords(body) ?? []);
    expect(back.map(toHex)).toEqual(records.map(({ bytes }) => toHex(bytes)));
    expect(encodeRecords([], 100)).toEqual([]);
  });

  it('are refused when a length is out of place, and never thrown at', () => {
    const [body = new Uint8Array()] = encodeRecords(records.slice(0, 2), 4096);
    expect(splitRecords(body.subarray(0, body.length - 1))).toBeUndefined();
    expect(splitRecords(body.subarray(1))).toBeUndefined();
    expect(splitRecords(new Uint8Array())).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        splitRecords(bytes);
      }),
    );
  });
});
