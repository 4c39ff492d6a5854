import { describe, expect, it } from 'vitest';
import { lensOf } from '../../render/lens.ts';
import type { FlatCamera } from '../../render/scene/index.ts';
import { DEFAULT_SETTINGS } from '../../render/settings.ts';
import { MAX_SEED } from './settings-fields.ts';
import {
  DEFAULT_FORM,
  formOf,
  readSettings,
  readWorkers,
  type SettingsForm,
  type StageCamera,
} from './settings-form.ts';

const view: FlatCamera = {
  name: '',
  position: [0, 0, 0],
  right: [1, 0, 0],
  up: [0, 1, 0],
  back: [0, 0, 1],
  projection: { kind: 'perspective', yfov: 0.8 },
};
const stage: StageCamera = { camera: 0, view, autoFocus: 4 };
const read = (change: Partial<SettingsForm>, on: StageCamera = stage) =>
  readSettings({ ...DEFAULT_FORM, ...change }, 0, on);
const errorsOf = (change: Partial<SettingsForm>) => {
  const result = read(change);
  return result.ok ? {} : result.errors;
};

describe('settings as typed', () => {
  it('start as the defaults that the terminal has too', () => {
    expect(read({})).toEqual({ ok: true, settings: DEFAULT_SETTINGS });
  });

  it('keep a camera index as it is, so that page and terminal hash the same', () => {
    const result = readSettings(DEFAULT_FORM, 1.5, { ...stage, camera: 2 });
    expect(result).toMatchObject({ ok: true, settings: { camera: 2, exposure: 1.5 } });
  });

  it.each(['', ' ', '12.5', '-3', '1e3', 'wide', '0', '8193'])('refuse the width "%s"', (width) => {
    expect(errorsOf({ width })).toEqual({ width: 'Width must be a whole number from 1 to 8,192.' });
  });

  it('say every wrong field at once', () => {
    expect(Object.keys(errorsOf({ width: 'x', samples: '0', bounces: '65', clamp: '-1' })).sort()).toEqual([
      'bounces',
      'clamp',
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

describe('a noise goal', () => {
  it('comes with the most samples a pixel may get, in place of the samples', () => {
    expect(read({ stopAt: 'noise', noise: '.05', maxSamples: '512', samples: '3' })).toMatchObject({
      settings: { noise: 0.05, samples: 512 },
    });
  });

  it('is off, whatever is typed, while samples decide', () => {
    expect(read({ noise: 'soon', maxSamples: '' })).toEqual({ ok: true, settings: DEFAULT_SETTINGS });
    expect(errorsOf({ stopAt: 'noise', noise: '0', samples: 'x' })).toEqual({
      noise: 'Noise goal must be a number from 0.0001 to 1.',
    });
  });
});

describe('the environment', () => {
  it.each([
    ['90', 0.25],
    ['-90', 0.75],
    ['360', 0],
    ['-360', 0],
    ['0', 0],
  ])('turned by %s degrees is at %d of a turn', (environmentRotation, turns) => {
    expect(read({ environmentRotation })).toMatchObject({ settings: { environmentRotation: turns } });
  });

  it('has a strength', () => {
    expect(read({ environmentStrength: '2.5' })).toMatchObject({ settings: { environmentStrength: 2.5 } });
    expect(errorsOf({ environmentStrength: '-1' }).environmentStrength).toMatch(/from 0 to 1,000,000\.$/);
  });
});

describe('depth of field', () => {
  it('is off by default, and then its fields cannot be wrong', () => {
    expect(read({ fNumber: '', focus: 'far' })).toEqual({ ok: true, settings: DEFAULT_SETTINGS });
  });

  it('is the lens that the terminal takes for the same camera', () => {
    expect(read({ hasLens: true, fNumber: '1.4', focus: '2.5' })).toMatchObject({
      settings: { lens: lensOf(view, 1.4, 2.5) },
    });
  });

  it('focuses on the middle of the scene until a distance is given', () => {
    expect(read({ hasLens: true, focus: '' })).toMatchObject({ settings: { lens: { focusDistance: 4 } } });
    expect(errorsOf({ hasLens: true, focus: '0' }).focus).toBe(
      'Focus distance must be a number from 0.001 to 1,000,000 m, or empty.',
    );
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

describe('the form of a render that was', () => {
  it('asks for the same again, by samples or by noise', () => {
    for (const change of [
      { width: 640, height: 360, samples: 300, seed: 7, bounces: 3, clamp: 2, environmentRotation: 0.25 },
      { noise: 0.02, samples: 2048, environmentStrength: 0.5 },
    ]) {
      const { lens: _, ...settings } = { ...DEFAULT_SETTINGS, ...change };
      const again = read({ ...DEFAULT_FORM, ...formOf({ ...DEFAULT_SETTINGS, ...change }) });
      expect(again).toMatchObject({ ok: true, settings });
    }
  });
});
