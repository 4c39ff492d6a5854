import { expect, it } from 'vitest';
import { focusText } from './focus.ts';

it('a focus is written in the digits that matter', () => {
  expect(focusText(2.34567)).toBe('2.346');
  expect(focusText(12345.678)).toBe('12350');
  expect(focusText(0.00123)).toBe('0.00123');
});
