import { effect, signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createSettings, type Settings } from './settings.ts';
import type { StageCamera } from './settings-form.ts';

const stage = signal<StageCamera>({
  camera: 0,
  view: {
    name: 'front',
    position: [0, 0, 4],
    right: [1, 0, 0],
    up: [0, 1, 0],
    back: [0, 0, 1],
    projection: { kind: 'perspective', yfov: 0.7 },
  },
  autoFocus: 4,
});

const exposure = ({ look }: Settings): [number, boolean] => [look.value.exposure, look.value.isAutomatic];

describe('the exposure on the page', () => {
  it('is what suits the shown picture, until a person sets it', () => {
    const settings = createSettings(stage, { remembered: {}, remember: () => {} });
    expect(exposure(settings)).toEqual([0, true]);
    settings.meter(-1.3);
    expect(exposure(settings)).toEqual([-1.3, true]);
    settings.setExposure(2);
    settings.meter(-3);
    expect(exposure(settings)).toEqual([2, false]);
    settings.setAutomaticExposure(true);
    expect(exposure(settings)).toEqual([-3, true]);
  });

  it('stays where it is when it is no longer automatic', () => {
    const settings = createSettings(stage, { remembered: {}, remember: () => {} });
    settings.meter(1.5);
    settings.setAutomaticExposure(false);
    settings.meter(4);
    expect(exposure(settings)).toEqual([1.5, false]);
  });

  it('is none where the light is shown without a curve, unless a person sets it', () => {
    const settings = createSettings(stage, { remembered: {}, remember: () => {} });
    settings.meter(3);
    settings.setToneMapping('none');
    expect(exposure(settings)).toEqual([0, true]);
    settings.setExposure(1);
    expect(exposure(settings)).toEqual([1, false]);
  });
});

describe('the look on the page', () => {
  it('has the curve of the last visit, and tells when another is chosen', () => {
    const kept: unknown[] = [];
    const settings = createSettings(stage, {
      remembered: { toneMapping: 'aces', width: '640' },
      remember: (lasting) => kept.push(lasting),
    });
    expect(settings.look.value.toneMapping).toBe('aces');
    expect(settings.form.value).not.toHaveProperty('toneMapping');
    settings.setToneMapping('agx');
    settings.setToneMapping('neutral');
    expect(kept).toEqual([
      { width: '640', toneMapping: 'aces' },
      { width: '640', toneMapping: 'agx' },
      { width: '640' },
    ]);
  });
});

describe('the shape of the picture to come', () => {
  it('stays while a field holds what cannot be rendered', () => {
    const settings = createSettings(stage, { remembered: {}, remember: () => {} });
    settings.change({ width: '300', height: '200' });
    expect(settings.shape.value).toEqual({ width: 300, height: 200 });
    settings.change({ width: '' });
    expect(settings.read.value.ok).toBe(false);
    expect(settings.shape.value).toEqual({ width: 300, height: 200 });
    settings.change({ width: '100' });
    expect(settings.shape.value).toEqual({ width: 100, height: 200 });
  });
});

describe('what lights the preview', () => {
  it('is told again when it is another, and at no other change', () => {
    const settings = createSettings(stage, { remembered: {}, remember: () => {} });
    const told: unknown[] = [];
    const stop = effect(() => {
      told.push([settings.environment.value, settings.placement.value]);
    });
    const first = settings.environment.value;
    settings.change({ width: '300', samples: '7' });
    settings.change({ environmentStrength: 'much' });
    expect(told).toEqual([[first, { strength: 1, turns: 0 }]]);
    settings.change({ environmentStrength: '3', environmentRotation: '90' });
    const sky = { kind: 'builtin', name: 'studio' } as const;
    settings.chooseEnvironment(sky);
    expect(told.slice(1)).toEqual([
      [first, { strength: 3, turns: 0.25 }],
      [sky, { strength: 3, turns: 0.25 }],
    ]);
    stop();
  });
});
