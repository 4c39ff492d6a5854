import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordOf } from './known-words.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads every word as a decoder does, however many there are and whatever they were before', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 30 }), (words) => {
      for (const word of [...words, ...words]) {
        const line = Uint8Array.from([0x61, ...word, 0x62]);
        expect(wordOf(line, 1, 1 + word.length)).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(word),
        );
      }
    }),
  );
  for (let i = 0; i < 20_000; i++) {
    const word = `sensor.${i}.temperature`;
    expect(wordOf(bytes(word), 0, word.length)).toBe(word);
  }
});

it('tells words of one slot apart, of which some differ in one letter and some in their length', () => {
  for (const word of ['a', 'b', 'ab', 'ba', 'a\0', '', 'Aa', 'BB', 'AaBB', 'BBAa', 'AaAa', 'BBBB'])
    for (let i = 0; i < 2; i++) expect(wordOf(bytes(word), 0, word.length)).toBe(word);
});
