import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { decodeResults, encodeResults } from './results-codec.ts';

const random = seededRandom(1);
const makers = [newNodeId(random), newNodeId(random)] as const;
const [a, b] = makers;
const results = [
  { task: 4_000_000_000, worker: { node: b, index: 255 }, bytes: Uint8Array.of(1, 2, 3) },
  { task: 0, worker: { node: a, index: 0 }, bytes: new Uint8Array() },
  { task: 7, worker: { node: a, index: 1 }, bytes: Uint8Array.of(4) },
];

describe('results on their way to a second copy', () => {
  it('come as they were brought, but for those that the reader made', () => {
    expect(decodeResults(encodeResults(results, makers, newNodeId(random)), makers)).toEqual(results);
    const forA = encodeResults(results, makers, a);
    expect(forA.length).toBe(3 * 16 + 3);
    expect(decodeResults(forA, makers)).toEqual(
      results.map((result) => ({ ...result, bytes: result.worker.node === a ? undefined : result.bytes })),
    );
  });

  it('are refused where they are torn, of nobody, or of a worker that cannot be', () => {
    const bytes = encodeResults(results.slice(0, 1), makers, a);
    for (const length of [1, 15, 16, 18])
      expect(() => decodeResults(bytes.slice(0, length), makers)).toThrow();
    expect(() => decodeResults(bytes, [a])).toThrow('damaged');
    expect(() => decodeResults(bytes.with(5, 1), makers)).toThrow('damaged');
  });

  it('throw one kind of error, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeResults(bytes, makers);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-part' });
        }
      }),
    );
  });
});
