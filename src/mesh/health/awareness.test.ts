import { describe, expect, it } from 'vitest';
import { Awareness } from './awareness.ts';

describe('awareness of ourselves', () => {
  it('makes patience two and a half times as long at the worst and never shorter', () => {
    const awareness = new Awareness();
    awareness.better();
    expect(awareness.scale).toBe(1);
    for (let i = 0; i < 50; i++) awareness.worse();
    expect(awareness.scale).toBe(2.5);
    for (let i = 0; i < 3; i++) awareness.better();
    expect(awareness.scale).toBe(1);
  });
});
