import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { nodeIdToBytes } from '../../wire/index.ts';
import {
  ChunkFlag,
  chunkHeadBytes,
  encodeTargets,
  isFor,
  readBroadcastChunk,
  writeChunkHead,
} from './chunks.ts';
import { strangerId } from './mesh.testing.ts';

const random = seededRandom(3);
const ids = Array.from({ length: 5 }, () => strangerId(random));

describe('chunks of a broadcast', () => {
  it.each([0, ChunkFlag.first, ChunkFlag.last, ChunkFlag.first | ChunkFlag.last])(
    'read as they were written (flags %i)',
    (flags) => {
      const targets = encodeTargets(ids.slice(0, 3));
      const isFirst = (flags & ChunkFlag.first) !== 0;
      const head = chunkHeadBytes(flags, isFirst ? targets.length : 0);
      const bytes = new Uint8Array(head + 40);
      const start = writeChunkHead(bytes, 0, { flags, length: 40, stream: 0x8007, targets, total: 70_000 });
      expect(start).toBe(head);
      const chunk = readBroadcastChunk(bytes, 0);
      expect(chunk).toMatchObject({ flags, start: head, end: head + 40, stream: isFirst ? 0x8007 : 0 });
      if (flags === ChunkFlag.first) expect(chunk?.total).toBe(70_000);
      if (isFirst && chunk) {
        expect(ids.map((id) => isFor(bytes, chunk, nodeIdToBytes(id)))).toEqual([
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
    const chunk = readBroadcastChunk(bytes, 0);
    expect(chunk && isFor(bytes, chunk, nodeIdToBytes(strangerId(random)))).toBe(true);
  });

  it('of any bytes lie inside them, or are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), (bytes, at) => {
        const chunk = readBroadcastChunk(bytes, at);
        if (chunk) expect(chunk.start < chunk.end && chunk.end <= bytes.length).toBe(true);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
