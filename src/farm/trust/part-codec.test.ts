import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { type AttributedPart, decodeAttributed, encodeAttributed } from './part-codec.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const part: AttributedPart = {
  form: 'whole',
  generation: 3,
  makers: [a, b],
  unchecked: [
    {
      task: 4_000_000_000,
      range: { first: 63, count: 1 },
      maker: b,
      hash: '0123456789abcdef0123456789abcdef',
    },
  ],
  bytes: Uint8Array.of(1, 2, 3),
};

describe('a part with its makers', () => {
  it('comes back as it was written, also with nobody in it', () => {
    expect(decodeAttributed(encodeAttributed(part))).toEqual(part);
    const empty = {
      form: 'results',
      generation: 0,
      makers: [],
      unchecked: [],
      bytes: new Uint8Array(),
    } as const;
    expect(decodeAttributed(encodeAttributed(empty))).toEqual(empty);
  });

  it('is refused where it is torn, of another kind, or counts more than it has', () => {
    const bytes = encodeAttributed(part);
    for (const length of [0, 15, 16, 40, 79])
      expect(() => decodeAttributed(bytes.slice(0, length))).toThrow();
    for (const [at, value] of [
      [0, 1],
      [9, 255],
      [14, 1],
      [48 + 12, 2],
    ] as const) {
      expect(() => decodeAttributed(bytes.with(at, value)), `byte ${at}`).toThrow('damaged');
    }
  });

  it('throws one kind of error, whatever the bytes are', () => {
    const head = encodeAttributed(part).slice(0, 4);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (rest) => {
        try {
          decodeAttributed(Uint8Array.from([...head, ...rest]));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-part' });
        }
      }),
    );
  });
});
