import { describe, expect, it } from 'vitest';
import { createNotices } from './notices.ts';

describe('notices', () => {
  it('of one title are one card, and the same line is told once', () => {
    const notices = createNotices();
    notices.add('error', 'network', 'A connection was refused', ['wrong key at a']);
    notices.add('error', 'network', 'A connection was refused', ['wrong key at b']);
    notices.add('error', 'network', 'A connection was refused', ['wrong key at a']);
    expect(notices.list.value).toMatchObject([{ lines: ['wrong key at a', 'wrong key at b'] }]);
  });

  it('stay few, however many come', () => {
    const notices = createNotices();
    for (let i = 0; i < 50; i += 1) notices.add('error', 'render', `Problem ${i}`, ['why']);
    for (let i = 0; i < 50; i += 1) notices.add('error', 'scene', 'One', [`line ${i}`]);
    expect(notices.list.value).toHaveLength(4);
    expect(notices.list.value.at(-1)?.lines).toHaveLength(6);
    expect(notices.list.value.at(-1)?.lines.at(-1)).toBe('line 49');
  });

  it('of what a scene lacks are all kept, each once, however many it names', () => {
    const notices = createNotices();
    const lines = Array.from({ length: 60 }, (_, i) => `extension ${i} is not supported`);
    notices.add('warning', 'scene', 'It opened, but not all of it is shown', lines);
    notices.add('warning', 'scene', 'It opened, but not all of it is shown', lines);
    expect(notices.list.value.at(-1)?.lines).toEqual(lines);
  });

  it('go when dismissed, alone or with all of their topic', () => {
    const notices = createNotices();
    notices.add('error', 'scene', 'a', []);
    notices.add('error', 'network', 'b', []);
    notices.add('warning', 'scene', 'c', []);
    notices.dismiss(notices.list.value[0]?.id ?? 0);
    expect(notices.list.value.map(({ title }) => title)).toEqual(['b', 'c']);
    notices.dismissTopic('scene');
    expect(notices.list.value.map(({ title }) => title)).toEqual(['b']);
  });
});
