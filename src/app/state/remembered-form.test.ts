import { describe, expect, it } from 'vitest';
import { lastingSettings, readLastingSettings } from './remembered-form.ts';
import { DEFAULT_FORM } from './settings-form.ts';

describe('the settings of the last visit', () => {
  it('are what was changed, without what belongs to a scene', () => {
    expect(lastingSettings(DEFAULT_FORM, false, 'neutral')).toEqual({});
    const form = { ...DEFAULT_FORM, width: '640', focus: '3', stopAt: 'noise' as const };
    expect(lastingSettings(form, false, 'neutral')).toEqual({ width: '640', stopAt: 'noise' });
  });

  it('hold an environment only where it was chosen, and never a file', () => {
    const studio = { kind: 'builtin' as const, name: 'studio' };
    expect(lastingSettings({ ...DEFAULT_FORM, environment: studio }, false, 'neutral')).toEqual({});
    expect(lastingSettings({ ...DEFAULT_FORM, environment: studio }, true, 'neutral')).toEqual({
      environment: studio,
    });
    const file = { kind: 'file' as const, name: 'sky.hdr' };
    expect(lastingSettings({ ...DEFAULT_FORM, environment: file }, true, 'neutral')).toEqual({});
  });

  it('hold the curve that was chosen', () => {
    expect(lastingSettings(DEFAULT_FORM, false, 'agx')).toEqual({ toneMapping: 'agx' });
    expect(readLastingSettings({ toneMapping: 'agx' })).toEqual({ toneMapping: 'agx' });
    expect(readLastingSettings({ toneMapping: 'sepia' })).toEqual({});
  });

  it('are read back as they were', () => {
    const form = {
      width: '640',
      stopAt: 'noise',
      hasLens: true,
      environment: { kind: 'colour', rgb: [1, 0.5, 0] },
    };
    expect(readLastingSettings(JSON.parse(JSON.stringify(form)))).toEqual(form);
  });

  it('of another page, or damaged, are left out piece by piece', () => {
    for (const value of [undefined, null, 5, 'x', []]) expect(readLastingSettings(value)).toEqual({});
    const odd = {
      ...{
        width: 640,
        height: 'x'.repeat(40),
        samples: '12',
        stopAt: 'never',
        hasLens: 1,
        focus: '3',
        evil: 'y',
      },
      environment: { kind: 'colour', rgb: [1, -1, 0] },
    };
    expect(readLastingSettings(odd)).toEqual({ samples: '12' });
    expect(readLastingSettings({ environment: { kind: 'builtin', name: 5 } })).toEqual({});
    expect(readLastingSettings({ environment: { kind: 'file', name: 'sky.hdr' } })).toEqual({});
  });
});
