import { describe, expect, it } from 'vitest';
import { NEVER } from '../protocol.ts';
import { Part, WakeTimes } from './wake-times.ts';

describe('the times at which the parts of a Node wake', () => {
  it('tell the earliest of all, whichever part it is of', () => {
    for (const part of Object.values(Part)) {
      const wakes = new WakeTimes();
      expect(wakes.earliest).toBe(NEVER);
      for (const each of Object.values(Part)) wakes.set(each, 100 + each);
      wakes.set(part, 5.5);
      expect(wakes.earliest).toBe(5.5);
      expect(wakes.of(part)).toBe(5.5);
      wakes.set(part, NEVER);
      expect(wakes.earliest).toBe(part === 0 ? 101 : 100);
    }
  });
});
