import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../wire/index.ts';
import { TestNodes } from './nodes.testing.ts';
import {
  encodeBuckets,
  encodeDigest,
  encodeFetch,
  encodeOffers,
  encodeStamps,
  encodeWant,
  MAX_OFFERED,
  MAX_STAMPS,
  MAX_WANTED,
  parseRequest,
} from './request-codec.ts';

const nodes = new TestNodes();
const records = nodes.lives(5).map((own) => nodes.record({ ...own, life: 2 ** 47 + 5 }, [], { version: 77 }));

describe('requests for records', () => {
  it('come back as they were written', () => {
    const digest = { low: 0xfffffff0, high: 1 };
    expect(parseRequest(encodeDigest('digest', 12, digest))).toEqual({ type: 'digest', count: 12, digest });
    expect(parseRequest(encodeDigest('welcome', 1e6, digest))).toEqual({
      type: 'welcome',
      count: 0xffff,
      digest,
    });
    const buckets = Uint32Array.from({ length: 64 }, (_, i) => i * 0x3000000);
    expect(parseRequest(encodeBuckets(buckets))).toEqual({ type: 'buckets', buckets });
    const mask = Array.from({ length: 64 }, (_, i) => i % 7 === 0 || i === 63);
    const stamps = new Map(records.map(({ id, life, version, tie }) => [id, { life, version, tie }]));
    expect(parseRequest(encodeStamps(mask, records))).toEqual({ type: 'stamps', mask, stamps });
    const ids = records.map(({ id }) => id);
    expect(parseRequest(encodeWant(ids))).toEqual({ type: 'want', ids });
    const offers = records.map(({ ownerKey, life, version }) => ({
      owner: ownerKey,
      life: life % 2 ** 16,
      version,
    }));
    expect(parseRequest(encodeOffers(offers))).toEqual({ type: 'offer', offers });
    const owners = [-1, 0x7fffffff, -0x80000000];
    expect(parseRequest(encodeFetch(owners))).toEqual({ type: 'fetch', owners });
  });

  it('fit a frame at their largest', () => {
    const [record] = records;
    if (!record) throw new Error('no record');
    const all = Array.from({ length: 64 }, () => true);
    expect(encodeStamps(all, new Array(MAX_STAMPS).fill(record)).length).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect(encodeWant(new Array(MAX_WANTED).fill(record.id)).length).toBeLessThanOrEqual(MAX_BODY_BYTES);
  });

  it('are refused, never thrown at, when they have no such form', () => {
    expect(parseRequest(new Uint8Array())).toBeUndefined();
    for (const kind of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
          parseRequest(Uint8Array.of(kind, ...bytes));
        }),
        { numRuns: 30 },
      );
    }
    expect(parseRequest(Uint8Array.of(1, 2))).toBeUndefined();
    expect(parseRequest(Uint8Array.of(8))).toBeUndefined();
    expect(parseRequest(Uint8Array.of(6))).toBeUndefined(); // offers nothing
    expect(parseRequest(new Uint8Array(1 + 10 * (MAX_OFFERED + 1)).fill(6))).toBeUndefined();
    expect(parseRequest(new Uint8Array(1 + 4 * (MAX_OFFERED + 1)).fill(7))).toBeUndefined();
  });
});
