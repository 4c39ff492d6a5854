import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl } from '../../wire/index.ts';
import { readAttributes } from './attributes.ts';

describe('attributes of a Node', () => {
  it('are plain, and frozen all the way down', () => {
    const attributes = readAttributes(encodeControl({ name: 'Ada', gpu: { names: ['a', 'b'] } }));
    expect(attributes).toEqual({ name: 'Ada', gpu: { names: ['a', 'b'] } });
    const gpu = attributes['gpu'] as { names: string[] };
    expect(() => gpu.names.push('c')).toThrow();
    expect(() => Object.assign(gpu, { x: 1 })).toThrow();
  });

  it('are read once for the same bytes', () => {
    const bytes = encodeControl({ name: 'Ada' });
    expect(readAttributes(bytes)).toBe(readAttributes(bytes));
  });

  it('are empty when nobody can read them, whatever the bytes', () => {
    expect(readAttributes(undefined)).toEqual({});
    expect(readAttributes(encodeControl([1, 2]))).toEqual({});
    expect(readAttributes(Uint8Array.of(0xc1))).toEqual({});
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(Object.getPrototypeOf(readAttributes(bytes))).toBe(Object.prototype);
      }),
    );
  });
});
