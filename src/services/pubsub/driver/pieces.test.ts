import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import { newNodeId } from '../../../wire/index.ts';
import { MAX_PAYLOAD_LIMIT } from '../contract.ts';
import { Assembly, PIECE_BYTES, piecesOf } from './pieces.ts';

const random = seededRandom(3);
const [a, b] = [newNodeId(random), newNodeId(random)];

/** As a publication begins: with its length. */
function filled(length: number): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) >> 3);
  if (length >= 4) new DataView(bytes.buffer).setUint32(0, length - 4);
  return bytes;
}

function assembled(assembly: Assembly, from: typeof a, bytes: Uint8Array) {
  let last: ReturnType<Assembly['take']>;
  for (const piece of piecesOf(bytes)) last = assembly.take(from, piece);
  return last;
}

describe('a large publication', () => {
  it('travels in pieces and is whole again, for each publisher by itself', () => {
    const assembly = new Assembly(() => undefined);
    for (const length of [0, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, MAX_PAYLOAD_LIMIT + 300]) {
      const bytes = filled(length);
      const other = piecesOf(filled(PIECE_BYTES + 5));
      if (other[0]) assembly.take(b, other[0]);
      const whole = assembled(assembly, a, bytes);
      expect(Buffer.compare(whole instanceof Uint8Array ? whole : Buffer.of(1), bytes)).toBe(0);
      expect(other[1] && assembly.take(b, other[1])).toBeInstanceOf(Uint8Array);
    }
  });

  it('that says something untrue of its length is refused, and the next one is not', () => {
    const assembly = new Assembly(() => undefined);
    const lying = (length: number): Uint8Array => {
      const bytes = new Uint8Array(PIECE_BYTES);
      new DataView(bytes.buffer).setUint32(0, length);
      return bytes;
    };
    for (const length of [0, PIECE_BYTES - 4, MAX_PAYLOAD_LIMIT * 2])
      expect(assembly.take(a, { name: 'first', bytes: lying(length) })).toBe('malformed');
    expect(assembly.take(a, { name: 'first', bytes: new Uint8Array(2) })).toBe('malformed');
    expect(assembly.take(a, { name: 'first', bytes: lying(PIECE_BYTES + 1) })).toBeUndefined();
    expect(assembly.take(a, { name: 'more', bytes: new Uint8Array(0) })).toBe('malformed');
    expect(assembly.take(a, { name: 'first', bytes: lying(2 * PIECE_BYTES).subarray(0, 14) })).toBe(
      'malformed',
    );
    expect(assembly.take(a, { name: 'first', bytes: lying(3 * PIECE_BYTES) })).toBeUndefined();
    expect(assembly.take(a, { name: 'more', bytes: filled(PIECE_BYTES - 1) })).toBe('malformed');
    expect(assembly.take(a, { name: 'first', bytes: lying(PIECE_BYTES + 1) })).toBeUndefined();
    expect(assembly.take(a, { name: 'more', bytes: filled(PIECE_BYTES) })).toBe('malformed');
    expect(assembled(assembly, a, filled(PIECE_BYTES + 1))).toBeInstanceOf(Uint8Array);
  });

  it('of which a piece is lost is forgotten', () => {
    const assembly = new Assembly(() => undefined);
    const [first, second] = piecesOf(filled(PIECE_BYTES + 1));
    if (!first || !second) throw new Error('unreachable');
    assembly.take(a, first);
    assembly.forget(a);
    expect(assembly.take(a, second)).toBe('malformed');
  });

  it('of a crowd that begins and never ends takes a bounded room: the first to begin are given up, and told of', () => {
    const givenUp: string[] = [];
    const assembly = new Assembly((node) => givenUp.push(node));
    const [first] = piecesOf(filled(MAX_PAYLOAD_LIMIT));
    if (!first) throw new Error('unreachable');
    const crowd = Array.from({ length: 140 }, () => newNodeId(random));
    for (const node of crowd) assembly.take(node, first);
    expect(givenUp).toEqual(crowd.slice(0, 140 - 128));
    // Whoever is in time is whole.
    const honest = filled(PIECE_BYTES + 5);
    expect(assembled(assembly, a, honest)).toEqual(honest);
    for (const node of crowd) assembly.forget(node);
    givenUp.length = 0;
    for (const node of crowd.slice(0, 100)) assembly.take(node, first);
    expect(givenUp).toEqual([]);
  });
});
