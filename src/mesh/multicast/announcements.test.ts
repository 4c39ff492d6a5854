import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { MAX_LIFE } from '../identity/identity.ts';
import {
  ANY,
  encodeGrafts,
  encodeHaves,
  encodePrunes,
  MAX_GRAFTS,
  MAX_HAVES,
  parseGrafts,
  parseHaves,
  parsePrunes,
} from './announcements.ts';
import { strangerId } from './mesh.testing.ts';

const source = strangerId(seededRandom(1));
const life = fc.integer({ min: 0, max: MAX_LIFE });
const sequences = fc
  .tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('announcements', () => {
  it('read as they were written', () => {
    fc.assert(
      fc.property(life, sequences, fc.boolean(), (life, [low, next], isWanted) => {
        const have = { source, life, low, next, taken: low };
        expect(parseHaves(encodeHaves([have, have]))).toEqual([have, have]);
        const graft = { source, life, isWanted, from: low, to: next, withinMs: ANY };
        expect(parseGrafts(encodeGrafts([graft]))).toEqual([graft]);
        expect(parsePrunes(encodePrunes([{ source, life }]))).toEqual([{ source, life }]);
      }),
      { seed: 1 },
    );
  });

  it('that contradict themselves or are too many are malformed', () => {
    const have = { source, life: 1, low: 0, next: 9, taken: 0 };
    const graft = { source, life: 1, isWanted: true, from: 1, to: 2, withinMs: 0 };
    expect(parseHaves(encodeHaves([{ ...have, low: 10 }]))).toBeUndefined();
    expect(parseHaves(encodeHaves([{ ...have, taken: 10 }]))).toBeUndefined();
    expect(parseGrafts(encodeGrafts([{ ...graft, from: 3 }]))).toBeUndefined();
    expect(parseHaves(encodeHaves(Array.from({ length: MAX_HAVES + 1 }, () => have)))).toBeUndefined();
    expect(parseGrafts(encodeGrafts(Array.from({ length: MAX_GRAFTS + 1 }, () => graft)))).toBeUndefined();
    for (const parse of [parseHaves, parseGrafts, parsePrunes])
      expect(parse(new Uint8Array())).toBeUndefined();
  });

  it('of any bytes are parsed or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const parse of [parseHaves, parseGrafts, parsePrunes]) parse(bytes);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});
