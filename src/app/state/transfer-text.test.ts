import { expect, it } from 'vitest';
import { transferText } from './transfer-text.ts';

it('says how much of a scene has come, and no more that it comes when all is there', () => {
  expect(transferText(0, 2048)).toBe('receiving the scene: 0 B of 2 KiB');
  expect(transferText(1024, 2048)).toBe('receiving the scene: 1 KiB of 2 KiB');
  expect(transferText(2048, 2048)).toBe('reading the scene');
  expect(transferText(0, 0)).toMatch(/^receiving/);
});
