import { describe, expect, it } from 'vitest';
import { Rows } from './rows.ts';

/** Nine rows of five pixels of four channels: eight pixels to a row in memory, and one more on each side. */
function rows(kept: number) {
  const made: (readonly number[])[] = [];
  let free = 1_000;
  const room = {
    take(bytes: number): number {
      const at = free;
      free += bytes;
      return at;
    },
    nothing: () => 16,
  };
  const image = new Rows(room, { width: 5, height: 9, channels: 4 }, kept, (...pair) => made.push(pair));
  return { image, made, taken: () => free - 1_000 };
}

describe('the rows of a layer', () => {
  it('are made two at a time, in order, when they are asked for, each once', () => {
    const { image, made } = rows(4);
    image.at(2);
    image.at(1);
    image.at(3);
    expect(made.map(([y]) => y)).toEqual([0, 2]);
    image.at(8);
    expect(made.map(([y]) => y)).toEqual([0, 2, 4, 6, 8]);
  });

  it('lie behind each other, with a pixel before the first', () => {
    const { image, made, taken } = rows(4);
    const bytes = 16 * (8 + 2);
    expect(image.at(1) - image.at(0)).toBe(bytes);
    expect(made).toEqual([[0, 1_016, 1_016 + bytes]]);
    expect(taken()).toBe(4 * bytes);
  });

  it('are nothing above and below the image', () => {
    const { image, made } = rows(4);
    expect([image.at(-1), image.at(9)]).toEqual([16, 16]);
    expect(made).toEqual([]);
  });

  it('are forgotten after as many as are kept, and say so', () => {
    const { image } = rows(4);
    image.at(4);
    expect(image.at(2)).toBeGreaterThan(0);
    expect(() => image.at(1)).toThrow('row 1 of 9 is forgotten');
    expect(image.at(2) - image.at(4)).toBe(2 * 160);
  });
});
