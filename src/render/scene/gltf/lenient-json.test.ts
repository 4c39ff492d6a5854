import { describe, expect, it } from 'vitest';
import { plainJson } from './lenient-json.ts';

describe('what is nearly JSON', () => {
  it('is read without comments and last commas', () => {
    const text = '// by hand\n{ "a": [1, 2, /* two */ ], /* no more */ }';
    expect(JSON.parse(plainJson(text))).toEqual({ a: [1, 2] });
  });

  it('has null where a number is none', () => {
    const text = '{ "a": [NaN, -Infinity, -nan, inf, nan(ind), -1.#IND, 1.#INF, 1.5e3, -2] }';
    const none = Array.from({ length: 7 }, () => null);
    expect(JSON.parse(plainJson(text))).toEqual({ a: [...none, 1500, -2] });
  });

  it('keeps its strings as they are', () => {
    const strings = { 'NaN, }': '// "no\\" comment', b: 'C:\\nan\\', c: '/* ,] */' };
    expect(JSON.parse(plainJson(`${JSON.stringify(strings).slice(0, -1)},}`))).toEqual(strings);
  });

  it('is looked at once, however it is meant to be read again and again', () => {
    for (const piece of ['/*', '"\\', '\\"', '//', ',  ', '-']) {
      expect(plainJson(piece.repeat(500_000)).length).toBeLessThanOrEqual(500_000 * piece.length);
    }
  });
});
