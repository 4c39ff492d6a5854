import { describe, expect, it } from 'vitest';
import { TestNodes } from './nodes.testing.ts';
import { RecordCache } from './record-cache.ts';

describe('the cache of records', () => {
  it('gives the same object to everyone who comes with the same bytes', () => {
    const nodes = new TestNodes();
    const cache = new RecordCache();
    const record = nodes.record(nodes.life());
    expect(cache.get(record.bytes)).toBeUndefined();
    cache.add(record);
    expect(cache.get(record.bytes.slice())).toBe(record);
    expect(cache.get(new Uint8Array(3))).toBeUndefined();
  });

  it('does not take another signature for it', () => {
    const nodes = new TestNodes();
    const cache = new RecordCache();
    const record = nodes.record(nodes.life());
    cache.add(record);
    const forged = record.bytes.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1; // not among the bytes it is filed by
    expect(cache.get(forged)).toBeUndefined();
  });

  it('is bounded; the oldest leaves', () => {
    const nodes = new TestNodes();
    const cache = new RecordCache(10);
    const records = Array.from({ length: 30 }, () => nodes.record(nodes.life()));
    for (const record of records) cache.add(record);
    expect(cache.size).toBe(10);
    expect(records.map(({ bytes }) => cache.get(bytes) !== undefined).lastIndexOf(false)).toBe(19);
  });
});
