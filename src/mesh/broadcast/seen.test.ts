import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { SeenBroadcasts } from './seen.ts';

const random = seededRandom(1);
const source = newNodeId(random);

describe('seen broadcasts', () => {
  it('are new once, in any order, over the wrap of the index', () => {
    const seen = new SeenBroadcasts();
    for (let start = 0; start < 25_000; start += 3) {
      const shuffled = [start + 2, start, start + 1].map((i) => i % 10_000);
      for (const index of shuffled) expect(seen.isNew(source, index)).toBe(true);
      for (const index of shuffled) expect(seen.isNew(source, index)).toBe(false);
    }
  });

  it('remember 999 frames back', () => {
    const seen = new SeenBroadcasts();
    for (let i = 9500; i < 9500 + 1000; i++) seen.isNew(source, i % 10_000);
    for (let i = 9500; i < 9500 + 1000; i++) expect(seen.isNew(source, i % 10_000)).toBe(false);
  });

  it('do not make us deaf to a source we missed thousands of frames of', () => {
    const seen = new SeenBroadcasts();
    seen.isNew(source, 100);
    expect(seen.isNew(source, 8000)).toBe(true);
    expect(seen.isNew(source, 8001)).toBe(true);
    expect(seen.isNew(source, 8000)).toBe(false);
  });

  it('begin anew for a source that was forgotten', () => {
    const seen = new SeenBroadcasts();
    seen.isNew(source, 5);
    seen.forget(source);
    expect(seen.isNew(source, 5)).toBe(true);
  });
});
