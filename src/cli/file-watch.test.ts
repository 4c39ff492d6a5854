import { describe, expect, it } from 'vitest';
import { FileWatch } from './file-watch.ts';

/** A disk of stamps. */
function watching(...paths: string[]): { disk: Map<string, string>; watch: FileWatch } {
  const disk = new Map([
    ['a', '1'],
    ['b', '1'],
  ]);
  const watch = new FileWatch((path) => disk.get(path) ?? '');
  for (const path of paths) watch.note(path);
  return { disk, watch };
}

describe('watched files', () => {
  it('are the same until one of them is another', () => {
    const { disk, watch } = watching('a', 'b');
    expect([watch.look(), watch.look()]).toEqual(['same', 'same']);
    disk.set('b', '2');
    expect([watch.look(), watch.look()]).toEqual(['changing', 'changed']);
  });

  it('have changed only once they stand still', () => {
    const { disk, watch } = watching('a');
    const looks = ['2', '3', '4', '4'].map((stamp) => {
      disk.set('a', stamp);
      return watch.look();
    });
    expect(looks).toEqual(['changing', 'changing', 'changing', 'changed']);
  });

  it('have not changed when they are as they were read, after all', () => {
    const { disk, watch } = watching('a');
    disk.set('a', '2');
    watch.look();
    disk.set('a', '1');
    expect(watch.look()).toBe('same');
    disk.set('a', '2');
    expect(watch.look()).toBe('changing');
  });

  it('change by appearing and by going, too', () => {
    const { disk, watch } = watching('c');
    disk.set('c', '1');
    expect([watch.look(), watch.look()]).toEqual(['changing', 'changed']);
    watch.forget();
    watch.note('c');
    expect(watch.look()).toBe('same');
    disk.delete('c');
    expect([watch.look(), watch.look()]).toEqual(['changing', 'changed']);
  });

  it('count as they were when first looked at, not when used again', () => {
    const { disk, watch } = watching('a');
    disk.set('a', '2');
    watch.note('a');
    expect([watch.look(), watch.look()]).toEqual(['changing', 'changed']);
    expect(watch.size).toBe(1);
  });

  it('are those of the disk where nothing else is said', () => {
    const watch = new FileWatch();
    watch.note('/nowhere/a.glb');
    watch.note(import.meta.filename);
    expect(watch.look()).toBe('same');
  });
});
