import { ShaderChunk } from 'three';
import { expect, it } from 'vitest';
import { previewTone } from './preview-tone.ts';

it('shows stops as factors of two', () => {
  expect([0, 1, -2].map((stops) => previewTone('neutral', stops).toneMappingExposure)).toEqual([1, 2, 0.25]);
});

it('takes out by what three.js brightens its ACES curve', () => {
  const [, factor] =
    /color \*= toneMappingExposure \/ ([0-9.]+);/.exec(ShaderChunk.tonemapping_pars_fragment) ?? [];
  expect(Number(factor)).toBeGreaterThan(0);
  expect(previewTone('aces', 1).toneMappingExposure / Number(factor)).toBeCloseTo(2, 9);
});

it('has a curve of its own for each look', () => {
  const curves = (['neutral', 'agx', 'aces', 'none'] as const).map(
    (look) => previewTone(look, 0).toneMapping,
  );
  expect(new Set(curves).size).toBe(4);
});
