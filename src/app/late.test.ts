import { describe, expect, it } from 'vitest';
import { Late } from './late.ts';

describe('a part that comes late', () => {
  it('is not loaded before it is asked for, and then once', async () => {
    let loads = 0;
    const part = new Late(async () => ++loads);
    expect(part.begun).toBeUndefined();
    expect(await Promise.all([part.get(), part.get()])).toEqual([1, 1]);
    expect(await part.begun).toBe(1);
  });

  it('can be asked for again where loading failed', async () => {
    let loads = 0;
    const part = new Late(async () => {
      if (++loads === 1) throw new Error('away');
      return loads;
    });
    await expect(part.get()).rejects.toThrow('away');
    expect(part.begun).toBeUndefined();
    expect(await part.get()).toBe(2);
  });
});
