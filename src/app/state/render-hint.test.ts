import { describe, expect, it } from 'vitest';
import { type HintFacts, renderHint } from './render-hint.ts';

const ready: HintFacts = {
  hasLeft: false,
  hasScene: true,
  settings: { width: 1280, height: 720, samples: 64, noise: 0 },
  frames: undefined,
  isReading: false,
  isStarting: false,
  ownRender: undefined,
  othersRender: undefined,
  whyIdle: undefined,
  workers: 6,
  devices: 1,
};

describe('the hint at the Render button', () => {
  it('says what would be rendered, and by whom', () => {
    expect(renderHint(ready)).toBe('1,280 × 720, 64 samples, 6 workers on 1 device');
  });

  it('says how many frames of an animation, and how long', () => {
    expect(renderHint({ ...ready, frames: '48 frames, 2 s' })).toMatch(/^48 frames, 2 s, 1,280 × 720, /);
  });

  it('says that a tab which has left renders nothing', () => {
    expect(renderHint({ ...ready, hasLeft: true, ownRender: 'duck.glb' })).toMatch(/has left/);
  });

  it('says what ends a render that goes by noise', () => {
    const settings = { width: 64, height: 64, samples: 4096, noise: 0.02 };
    expect(renderHint({ ...ready, settings })).toBe('64 × 64, until noise < 0.02, 6 workers on 1 device');
  });

  it.each<[Partial<HintFacts>, RegExp]>([
    [{ hasScene: false }, /open a scene/i],
    [{ hasScene: false, othersRender: 'duck.glb' }, /helping to render duck\.glb/i],
    [{ settings: undefined }, /setting/],
    [{ isReading: true }, /being read/],
    [{ isStarting: true }, /^Starting the render$/],
    [{ workers: 0 }, /workers above 0/i],
    [{ workers: 0, whyIdle: 'paused' }, /this device: paused/],
    [{ ownRender: 'fox.glb' }, /^Rendering fox\.glb$/],
    [{ ownRender: 'fox.glb', workers: 0 }, /workers above 0/i],
    [{ ownRender: 'fox.glb', workers: 0, hasScene: false }, /workers above 0/i],
  ])('says why it cannot act: %o', (change, expected) => {
    expect(renderHint({ ...ready, ...change })).toMatch(expected);
  });
});
