import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../render/settings.ts';
import { DEFAULT_FORM, MAX_SEED, readSettings, readWorkers, type SettingsForm } from './settings-form.ts';

const errorsOf = (change: Partial<SettingsForm>) => {
  const read = readSettings({ ...DEFAULT_FORM, ...change }, 0, 0);
  return read.ok ? {} : read.errors;
};

describe('settings as typed', () => {
  it('start as the defaults that the terminal has too', () => {
    expect(readSettings(DEFAULT_FORM, 0, 0)).toEqual({ ok: true, settings: DEFAULT_SETTINGS });
  });

  it('keep a camera index as it is, so that page and terminal hash the same', () => {
    const read = readSettings(DEFAULT_FORM, 1.5, 2);
    expect(read).toMatchObject({ ok: true, settings: { camera: 2, exposure: 1.5 } });
  });

  it.each(['', ' ', '12.5', '-3', '1e3', 'wide', '0', '8193'])('refuse the width "%s"', (width) => {
    expect(errorsOf({ width })).toEqual({ width: 'Width must be a whole number from 1 to 8,192.' });
  });

  it('say every wrong field at once', () => {
    expect(Object.keys(errorsOf({ width: 'x', samples: '0', bounces: '65' })).sort()).toEqual([
      'bounces',
      'samples',
      'width',
    ]);
  });

  it('take no bounces and the largest seed', () => {
    expect(errorsOf({ bounces: '0', seed: String(MAX_SEED) })).toEqual({});
    expect(errorsOf({ seed: String(MAX_SEED + 1) })).toHaveProperty('seed');
  });

  it('refuse a picture that no tab could hold', () => {
    expect(errorsOf({ width: '8192', height: '4096' })).toEqual({});
    expect(errorsOf({ width: '8192', height: '8192' }).height).toMatch(/at most 33,554,432 pixels/);
  });
});

describe('workers as typed', () => {
  it('may be none, and up to four a core', () => {
    expect(readWorkers('0', 8)).toBe(0);
    expect(readWorkers('32', 8)).toBe(32);
    expect(readWorkers('33', 8)).toBeUndefined();
    expect(readWorkers('-1', 8)).toBeUndefined();
    expect(readWorkers('two', 8)).toBeUndefined();
  });
});
