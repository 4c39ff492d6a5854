import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { describe, expect, it } from 'vitest';
import { openDenoiser } from '../render/output/denoise/open-denoiser.testing.ts';
import { CancelledError } from '../runtime/index.ts';
import { denoised, encodePicture, exposureOf, type Picture } from './render-output.ts';

const [width, height] = [6, 4];
const picture: Picture = {
  width,
  height,
  means: Float32Array.from({ length: 3 * width * height }, (_, i) => i / 50),
  film: { tileSamples: Uint32Array.of(16) },
  averageSamples: 16,
  guides: {
    albedo: new Float32Array(3 * width * height).fill(0.5),
    normal: new Float32Array(3 * width * height).fill(0.577),
    depth: new Float32Array(width * height).fill(3),
  },
  title: 'Box',
  hash: 'abc123',
};

const asText = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

describe('the picture file', () => {
  it('is an EXR that holds the means as they are, and tells how it came to be', () => {
    const exr = encodePicture(
      picture,
      { kind: 'exr', pixelType: 'float', layers: ['normal', 'samples'] },
      true,
    );
    const { data } = new EXRLoader().setDataType(FloatType).parse(exr.slice().buffer);
    expect(Number(data?.[4 * width * (height - 1) + 1])).toBe(Math.fround(1 / 50));
    for (const word of ['normal.X', 'samples.N', 'Leafcutter', 'abc123', 'denoised']) {
      expect(asText(exr), word).toContain(word);
    }
    expect(asText(exr)).not.toContain('albedo');
  });

  it('is a PNG of the bits and the curve asked for', () => {
    const png = (bits: 8 | 16, toneMapping: 'agx' | 'none') =>
      encodePicture(picture, { kind: 'png', bits, toneMapping, exposure: 0 }, false);
    expect(png(8, 'none')[24]).toBe(8);
    expect(png(16, 'none')[24]).toBe(16);
    expect(png(8, 'agx')).not.toEqual(png(8, 'none'));
    expect(asText(png(8, 'agx'))).toContain('Film hash');
    expect(asText(png(8, 'agx'))).not.toContain('Denoised');
  });
});

describe('the exposure of a PNG', () => {
  const bright = { ...picture, means: picture.means.map(() => 8) };
  const png = { kind: 'png', bits: 8, toneMapping: 'neutral', exposure: 'auto' } as const;

  it('is what suits the picture unless stops are given', () => {
    expect(exposureOf(bright, png)).toBe(-3.4);
    expect(exposureOf(bright, { ...png, exposure: -1 })).toBe(-1);
    const suited = encodePicture(bright, png, false);
    expect(suited).toEqual(encodePicture(bright, { ...png, exposure: -3.4 }, false));
    expect(suited).not.toEqual(encodePicture(bright, { ...png, exposure: 0 }, false));
  });

  it('is none where the light is shown or kept as it is', () => {
    expect(exposureOf(bright, { ...png, toneMapping: 'none' })).toBe(0);
    expect(exposureOf(bright, { kind: 'exr', pixelType: 'float', layers: [] })).toBe(0);
  });
});

describe('denoising in the terminal', () => {
  it('changes the picture and nothing else', async () => {
    const noisy = { ...picture, means: picture.means.map((value, i) => value * (i % 6 < 3 ? 0.8 : 1.2)) };
    const { means, ...rest } = await denoised(noisy, await openDenoiser(), new AbortController().signal);
    expect(means).not.toEqual(noisy.means);
    expect({ ...rest, means: noisy.means }).toEqual(noisy);
  });

  it('stops when interrupted', async () => {
    await expect(denoised(picture, await openDenoiser(), AbortSignal.abort())).rejects.toThrow(
      CancelledError,
    );
  });
});
