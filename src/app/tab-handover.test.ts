import { describe, expect, it } from 'vitest';
import type { NodeId } from '../wire/index.ts';
import { announceLife, type TabChannel } from './tab-handover.ts';

const ID = 'aaaaaaaa-0000-8000-8000-000000000000' as NodeId;
const OTHER = 'bbbbbbbb-0000-8000-8000-000000000000' as NodeId;

/** The tabs of one browser. */
function browser() {
  const open = new Set<{ hear: (data: unknown) => void }>();
  return (): TabChannel => {
    const self = { hear: (_: unknown): void => {} };
    open.add(self);
    return {
      postMessage(data) {
        for (const other of [...open]) if (other !== self) other.hear(data);
      },
      addEventListener(_, listener) {
        self.hear = (data) => listener({ data });
      },
      close: () => open.delete(self),
    };
  };
}

describe('tabs with one key', () => {
  it('give way to the newest life, whichever speaks first', () => {
    const channel = browser();
    const replaced: string[] = [];
    announceLife(channel(), ID, 10, () => replaced.push('first'));
    announceLife(channel(), ID, 11, () => replaced.push('second'));
    expect(replaced).toEqual(['first']);
    // One that began earlier and speaks later hears of the newest.
    announceLife(channel(), ID, 9, () => replaced.push('late'));
    expect(replaced).toContain('late');
    expect(replaced).not.toContain('second');
  });

  it('leave other Nodes alone, and mind no nonsense', () => {
    const channel = browser();
    const replaced: string[] = [];
    announceLife(channel(), ID, 10, () => replaced.push('it'));
    announceLife(channel(), OTHER, 99, () => replaced.push('other'));
    const noise = channel();
    for (const data of [null, 7, 'x', {}, { id: ID }, { id: ID, life: 'old' }]) noise.postMessage(data);
    expect(replaced).toEqual([]);
  });

  it('hear nothing more once they have closed, and do without a channel', () => {
    const channel = browser();
    const replaced: string[] = [];
    const end = announceLife(channel(), ID, 10, () => replaced.push('it'));
    end();
    announceLife(channel(), ID, 11, () => {});
    announceLife(undefined, ID, 12, () => {})();
    expect(replaced).toEqual([]);
  });
});
