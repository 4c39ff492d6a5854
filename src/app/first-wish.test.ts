import { describe, expect, it } from 'vitest';
import { createFirstWish, type OpeningWishes } from './first-wish.ts';
import type { PickedFile } from './picked-files.ts';

function recorder(): OpeningWishes & { readonly done: unknown[] } {
  const done: unknown[] = [];
  return { done, openSample: (name) => void done.push(name), openPicked: (files) => void done.push(files) };
}

describe('what is asked of the first screen', () => {
  it('waits for the page, and is then done once', () => {
    const wish = createFirstWish();
    const page = recorder();
    wish.openSample('cornell');
    expect(wish.isWaiting.value).toBe(true);
    expect(page.done).toEqual([]);
    wish.fulfilBy(page);
    expect(page.done).toEqual(['cornell']);
    expect(wish.isWaiting.value).toBe(false);
  });

  it('is the last of several', () => {
    const wish = createFirstWish();
    const page = recorder();
    const files = Promise.resolve<readonly PickedFile[]>([]);
    wish.openSample('cornell');
    wish.openPicked(files);
    wish.fulfilBy(page);
    expect(page.done).toEqual([files]);
  });

  it('is done at once when it comes after the page, as from a file dialog that was open meanwhile', () => {
    const wish = createFirstWish();
    const page = recorder();
    wish.fulfilBy(page);
    expect(page.done).toEqual([]);
    wish.openSample('forest');
    expect(page.done).toEqual(['forest']);
    expect(wish.isWaiting.value).toBe(false);
  });

  it('may be files that cannot be read: whoever opens them is told, nobody else', async () => {
    const wish = createFirstWish();
    const page = recorder();
    const files = Promise.reject<readonly PickedFile[]>(new Error('moved'));
    wish.openPicked(files);
    await Promise.resolve();
    wish.fulfilBy(page);
    await expect(page.done[0]).rejects.toThrow('moved');
  });
});
