import { describe, expect, it } from 'vitest';
import { textOf } from './text.ts';

describe('text of a file', () => {
  it('is UTF-8, with or without a mark', () => {
    expect(textOf(new TextEncoder().encode('größe€'))).toBe('größe€');
    expect(textOf(new TextEncoder().encode('\ufeffgröße'))).toBe('größe');
  });

  it('is UTF-16 where its mark says so', () => {
    expect(textOf(Uint8Array.of(0xff, 0xfe, 0x41, 0, 0xac, 0x20))).toBe('A€');
    expect(textOf(Uint8Array.of(0xfe, 0xff, 0, 0x41, 0x20, 0xac))).toBe('A€');
  });

  it('is of Windows where it is none of these, with all of its letters', () => {
    expect(textOf(Uint8Array.of(0x67, 0xf6, 0xdf, 0x80, 0x92, 0x9f))).toBe('göß€’Ÿ');
  });
});
