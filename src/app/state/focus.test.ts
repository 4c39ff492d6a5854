import { describe, expect, it } from 'vitest';
import { distanceToMiddle, focusText } from './focus.ts';

const bounds = { min: [-1, 0, -3], max: [3, 2, 1] } as const;

describe('the focus nobody chose', () => {
  it('is the middle of the scene, along the view', () => {
    expect(distanceToMiddle(bounds, { position: [5, 1, 9], back: [0, 0, 1] })).toBe(10);
  });

  it('is never behind the camera', () => {
    expect(distanceToMiddle(bounds, { position: [1, 1, -9], back: [0, 0, 1] })).toBe(0.001);
  });

  it('is written in the digits that matter', () => {
    expect(focusText(2.34567)).toBe('2.346');
    expect(focusText(12345.678)).toBe('12350');
    expect(focusText(0.00123)).toBe('0.00123');
  });
});
