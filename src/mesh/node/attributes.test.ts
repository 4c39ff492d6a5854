import { describe, expect, it } from 'vitest';
import { MAX_ATTRIBUTE_BYTES } from '../contract.ts';
import { readAttributes } from '../membership/attributes.ts';
import { encodeAttributes } from './attributes.ts';

describe("a Node's attributes", () => {
  it('travel as they are', () => {
    const attributes = { name: 'desk', tags: ['a', { deep: [1, null, true] }], key: Uint8Array.of(1, 2) };
    expect(readAttributes(encodeAttributes(attributes))).toEqual(attributes);
  });

  it('may take so many bytes, and not one more', () => {
    const overhead = encodeAttributes({ a: 'x'.repeat(300) }).length - 300;
    expect(encodeAttributes({ a: 'x'.repeat(MAX_ATTRIBUTE_BYTES - overhead) })).toHaveLength(
      MAX_ATTRIBUTE_BYTES,
    );
    expect(() => encodeAttributes({ a: 'x'.repeat(MAX_ATTRIBUTE_BYTES - overhead + 1) })).toThrow(
      expect.objectContaining({ code: 'attributes', message: expect.stringContaining('513 bytes') }),
    );
  });

  it('are refused when they go round in a circle or too deep', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    let deep: unknown = 1;
    for (let i = 0; i < 12; i++) deep = [deep];
    for (const attributes of [circle, { deep }]) {
      expect(() => encodeAttributes(attributes)).toThrow(expect.objectContaining({ code: 'attributes' }));
    }
  });
});
