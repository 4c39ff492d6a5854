import { describe, expect, it } from 'vitest';
import { InputBatches } from './input-batches.ts';

describe('inputs', () => {
  it('of a list come in full batches, the last one with what is left', async () => {
    const batches = new InputBatches([1, 2, 3, 4, 5], 2);
    expect(await batches.next()).toEqual([1, 2]);
    expect(await batches.next()).toEqual([3, 4]);
    expect(await batches.next()).toEqual([5]);
    expect(batches.isExhausted).toBe(true);
    expect(await batches.next()).toEqual([]);
  });

  it('are not read beyond the batch that was asked for', async () => {
    let read = 0;
    const numbers = function* () {
      for (;;) yield read++;
    };
    const batches = new InputBatches(numbers(), 10);
    await batches.next();
    expect(read).toBe(10);
    await batches.close();
  });

  it('that are slow to come are taken as they come', async () => {
    let give: (value: number) => void = () => {};
    const slow = async function* () {
      yield 1;
      yield 2;
      yield await new Promise<number>((resolve) => {
        give = resolve;
      });
    };
    const batches = new InputBatches(slow(), 10);
    expect(await batches.next()).toEqual([1, 2]);
    const third = batches.next();
    give(3);
    expect(await third).toEqual([3]);
  });

  it('let go of their source when nobody reads on, also of one that does not answer', async () => {
    let isLeft = false;
    const numbers = function* () {
      try {
        for (;;) yield 1;
      } finally {
        isLeft = true;
      }
    };
    const batches = new InputBatches(numbers(), 3);
    await batches.next();
    await batches.close();
    expect(isLeft).toBe(true);
    const silent = new InputBatches(
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
      3,
    );
    const stop = new AbortController();
    const waiting = silent.next(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow(/cancelled/);
    await silent.close();
  });

  it('pass on what their source throws', async () => {
    const broken = async function* () {
      yield 1;
      throw new Error('the file ended early');
    };
    const batches = new InputBatches(broken(), 1);
    await batches.next();
    await expect(batches.next()).rejects.toThrow('ended early');
  });
});
