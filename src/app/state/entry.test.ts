import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { readEntry } from './entry.ts';

describe('arriving at the page', () => {
  it('without a fragment makes a fresh network whose link leads back to it', () => {
    const fresh = readEntry('', seededRandom(1));
    if (fresh.kind === 'unreadable') throw new Error(fresh.reason);
    expect(fresh.kind).toBe('fresh');
    expect(readEntry(fresh.fragment, seededRandom(2))).toEqual({ ...fresh, kind: 'invited' });
    expect(readEntry('#', seededRandom(2)).kind).toBe('fresh');
  });

  it('keeps the link to a room that stands behind the invite', () => {
    const fresh = readEntry('', seededRandom(1));
    if (fresh.kind === 'unreadable') throw new Error(fresh.reason);
    const invited = readEntry(`${fresh.fragment}&room=abc`, seededRandom(2));
    expect(invited).toEqual({ ...fresh, kind: 'invited', fragment: `${fresh.fragment}&room=abc` });
  });

  it.each(['#amber-otter-river', '#amber-otter-river.short', '#what is this?', '#.AAAAAAAAAAAAAAAAAAAAAA'])(
    'explains the bad fragment %s',
    (hash) => {
      const entry = readEntry(hash, seededRandom(1));
      expect(entry.kind).toBe('unreadable');
      if (entry.kind === 'unreadable') expect(entry.reason.length).toBeGreaterThan(20);
    },
  );
});
