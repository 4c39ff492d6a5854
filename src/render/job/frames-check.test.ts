import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SETTINGS,
  frameCount,
  frameReading,
  frameTime,
  MAX_FRAME,
  type RenderSpec,
} from '../settings.ts';
import { readFrames } from './frames-check.ts';
import { BadSettingsError } from './settings-check.ts';
import { decodeSpec, encodeSpec } from './spec.ts';

const size = { width: 64, height: 64 };
const hash = 'a'.repeat(64) as RenderSpec['scene'];
const spec: RenderSpec = {
  ...{ settings: DEFAULT_SETTINGS, scene: hash, environmentMap: undefined, kernel: hash },
  source: { files: hash, reading: { animation: 1, time: 0.5 } },
  frames: { first: 12, last: 15, fps: 24 },
};
const sized = { spec, sceneBytes: 5, environmentBytes: undefined };

describe('the frames of an animation', () => {
  it('travel with the render, and a still has none', () => {
    expect(decodeSpec(encodeSpec(sized)).spec.frames).toEqual(spec.frames);
    const { frames: _, ...still } = spec;
    expect(decodeSpec(encodeSpec({ ...sized, spec: still })).spec).not.toHaveProperty('frames');
  });

  it('are moments of one reading, the first that of frame `first`', () => {
    expect([frameCount(spec), frameCount({})]).toEqual([4, 1]);
    expect(frameTime({ first: 12, last: 15, fps: 24 }, 3)).toBe(15 / 24);
    expect(frameReading(spec, 0)).toEqual({ animation: 1, time: 0.5 });
    expect(frameReading(spec, 3)).toEqual({ animation: 1, time: 15 / 24 });
    const { frames: _, ...still } = spec;
    expect(frameReading(still, 0)).toEqual({ animation: 1, time: 0.5 });
  });

  it.each([
    ['nothing', undefined],
    ['the wrong way round', { first: 3, last: 2, fps: 24 }],
    ['part of a frame', { first: 0.5, last: 2, fps: 24 }],
    ['before the beginning', { first: -1, last: 2, fps: 24 }],
    ['beyond all', { first: 0, last: MAX_FRAME + 1, fps: 24 }],
    ['no rate', { first: 0, last: 2, fps: 0 }],
    ['too fast a rate', { first: 0, last: 2, fps: 1e9 }],
    ['a rate that is none', { first: 0, last: 2, fps: Number.NaN }],
  ])('are refused when they are %s', (_, frames) => {
    expect(() => readFrames(frames, size)).toThrow(BadSettingsError);
    if (frames) expect(() => decodeSpec(encodeSpec({ ...sized, spec: { ...spec, frames } }))).toThrow();
  });

  it('may be as many as every Node can keep count of, the fewer the larger they are', () => {
    expect(() => readFrames({ first: 0, last: 999_999, fps: 24 }, size)).not.toThrow();
    const fullHd = (last: number) => () =>
      readFrames({ first: 0, last, fps: 24 }, { width: 1920, height: 1080 });
    expect(fullHd(2055)).not.toThrow();
    expect(fullHd(2056)).toThrow(/at most 2056 frames/);
  });

  it('need the files of the scene', () => {
    const { source: _, ...without } = spec;
    expect(() => decodeSpec(encodeSpec({ ...sized, spec: without }))).toThrow(/files/);
  });
});
