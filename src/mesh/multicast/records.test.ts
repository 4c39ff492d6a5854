import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { nodeIdToBytes } from '../../wire/index.ts';
import { strangerId } from './mesh.testing.ts';
import {
  encodeTargets,
  isFor,
  RecordFlag,
  readBroadcastRecord,
  recordHeadBytes,
  writeRecordHead,
} from './records.ts';

const random = seededRandom(3);
const ids = Array.from({ length: 5 }, () => strangerId(random));

describe('records of a broadcast', () => {
  it.each([0, RecordFlag.first, RecordFlag.last, RecordFlag.first | RecordFlag.last])(
    'read as they were written (flags %i)',
    (flags) => {
      const targets = encodeTargets(ids.slice(0, 3));
      const isFirst = (flags & RecordFlag.first) !== 0;
      const head = recordHeadBytes(flags, isFirst ? targets.length : 0);
      const bytes = new Uint8Array(head + 40);
      const start = writeRecordHead(bytes, 0, { flags, length: 40, stream: 0x8007, targets, total: 70_000 });
      expect(start).toBe(head);
      const record = readBroadcastRecord(bytes, 0);
      expect(record).toMatchObject({ flags, start: head, end: head + 40, stream: isFirst ? 0x8007 : 0 });
      if (flags === RecordFlag.first) expect(record?.total).toBe(70_000);
      if (isFirst && record) {
        expect(ids.map((id) => isFor(bytes, record, nodeIdToBytes(id)))).toEqual([
          true,
          true,
          true,
          false,
          false,
        ]);
      }
    },
  );

  it('without a list are for everyone', () => {
    const bytes = Uint8Array.of(3, 0, 1, 0, 0, 0, 0, 9);
    const record = readBroadcastRecord(bytes, 0);
    expect(record && isFor(bytes, record, nodeIdToBytes(strangerId(random)))).toBe(true);
  });

  it('of any bytes lie inside them, or are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), (bytes, at) => {
        const record = readBroadcastRecord(bytes, at);
        if (record) expect(record.start < record.end && record.end <= bytes.length).toBe(true);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
