import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { GUIDE_FLOATS, type Kernel } from '../../kernel/index.ts';
import { cornellBox, freshKernel, wholeFrame } from '../../kernel/testing.ts';
import type { GuideImages } from '../guides.ts';
import { flip, rmse } from '../metrics/index.ts';
import { toneMap } from '../tone-map.ts';
import { plainCorrection } from './correction.testing.ts';
import type { Denoiser } from './denoise.ts';
import { middlingScale, plainNetwork } from './network.testing.ts';
import { denoiserFiles, openDenoiser } from './open-denoiser.testing.ts';
import { readWeights } from './weights.ts';

/** A textured floor that runs into the distance before a grey wall, both lit from the left: clean, with its guides. */
function room(width: number, height: number): { picture: Float32Array; guides: GuideImages } {
  const pixels = width * height;
  const guides = {
    albedo: new Float32Array(3 * pixels),
    normal: new Float32Array(3 * pixels),
    depth: new Float32Array(pixels),
  };
  const picture = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isFloor = y > height / 2;
    const depth = isFloor ? Math.min(1 / (y / height - 0.5), 8) : 8;
    const isDark = ((x >> 2) + (y >> 2)) % 2 === 0;
    const light = (0.3 + (1.5 * x) / width) * (isFloor && x > width * 0.6 ? 0.4 : 1);
    guides.normal[3 * i + (isFloor ? 1 : 2)] = 1;
    guides.depth[i] = depth;
    for (let c = 0; c < 3; c++) {
      const albedo = isFloor ? (isDark ? 0.1 : 0.7) + 0.1 * c : 0.5;
      guides.albedo[3 * i + c] = albedo;
      picture[3 * i + c] = albedo * light;
    }
  }
  return { picture, guides };
}

/** Every pixel's light times 1 + noise of that standard deviation, colours together as lamps make it. */
function noisy(picture: Float32Array, deviation: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  const out = picture.slice();
  for (let i = 0; i < out.length; i += 3) {
    const sum = uniform(random) + uniform(random) + uniform(random) + uniform(random) - 2;
    const factor = Math.max(0, 1 + deviation * Math.sqrt(3) * sum);
    for (let c = i; c < i + 3; c++) out[c] = (out[c] ?? 0) * factor;
  }
  return out;
}

const [W, H] = [120, 90];

let denoiser: Denoiser;
beforeAll(async () => {
  denoiser = await openDenoiser();
});

describe('the denoiser', () => {
  const { picture, guides } = room(W, H);
  const size = { width: W, height: H, guides };
  /** Where it does not matter what is in the picture. */
  const small = room(40, 24);
  const smallSize = { width: 40, height: 24, guides: small.guides };

  it.each([
    [0.1, 1.8],
    [0.3, 3.9],
    [0.6, 5],
  ])('makes noise of %f of the light at least %f times smaller', (deviation, times) => {
    const means = noisy(picture, deviation);
    expect(rmse(denoiser.denoise({ ...size, means }), picture)).toBeLessThan(rmse(means, picture) / times);
  });

  it('is the network that was trained, and its correction, to a rounding', async () => {
    const layers = readWeights((await denoiserFiles()).weights);
    // Neither side is a multiple of sixteen, and the deepest layer has more than one row.
    const [width, height] = [21, 37];
    const odd = room(width, height);
    const input = { width, height, means: noisy(odd.picture, 0.5), guides: odd.guides };
    const expected = plainCorrection(
      plainNetwork(layers, input),
      { width, height, light: input.means, ...odd.guides },
      middlingScale(input.means, width, height),
    );
    const found = denoiser.denoise(input);
    const off = found.map((value, i) => Math.abs(value / (expected[i] ?? 0) - 1));
    expect(off.findIndex((share) => !(share < 1e-3))).toBe(-1);
  });

  it('keeps what is needed of a picture of any height', () => {
    const [width, height] = [16, 900];
    const tall = room(width, height);
    const whole = denoiser.denoise({ width, height, guides: tall.guides, means: tall.picture });
    expect(rmse(whole, tall.picture)).toBeLessThan(0.05);
  });

  it('keeps textures and the edges of things and shadows', () => {
    const clean = denoiser.denoise({ ...size, means: noisy(picture, 0.2) });
    const contrast = (image: Float32Array, x: number, y: number, dx: number, dy: number) => {
      const at = (px: number, py: number) => image[3 * (py * W + px)] ?? 0;
      return at(x + dx, y + dy) - at(x - dx, y - dy);
    };
    // A tile's edge, the foot of the wall, the border of the shadow (on one colour of the chequers).
    for (const [x, y, dx, dy] of [
      [40, 70, 2, 0],
      [30, 45, 0, 2],
      [72, 80, 4, 4],
    ] as const) {
      const expected = contrast(picture, x, y, dx, dy);
      expect(Math.abs(contrast(clean, x, y, dx, dy) / expected - 1), `${x},${y}`).toBeLessThan(0.25);
    }
  });

  it('hardly changes a picture without noise', () => {
    expect(rmse(denoiser.denoise({ ...size, means: picture }), picture)).toBeLessThan(0.02);
  });

  it('gives the same bits each time, and never touches its input', () => {
    const means = noisy(small.picture, 0.3);
    const before = means.slice();
    const shares: number[] = [];
    const whole = denoiser.denoise({ ...smallSize, means }, (share) => shares.push(share));
    expect(means).toEqual(before);
    expect(whole).toEqual(denoiser.denoise({ ...smallSize, means }));
    expect(shares.length).toBeGreaterThan(20);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(Math.max(...shares)).toBeLessThan(1);
  });

  it('stops when its progress listener throws, and can be left between steps', () => {
    const stop = new Error('stop');
    expect(() =>
      denoiser.denoise({ ...smallSize, means: small.picture }, () => {
        throw stop;
      }),
    ).toThrow(stop);
    const steps = denoiser.steps({ ...smallSize, means: small.picture });
    expect(steps.next().done).toBe(false);
    steps.return(new Float32Array());
    expect(steps.next().done).toBe(true);
  });

  it('survives what is no number, and where nothing was hit', () => {
    const means = noisy(small.picture, 0.3);
    means[100] = Number.NaN;
    means[200] = Number.POSITIVE_INFINITY;
    const nothing = {
      albedo: new Float32Array(3 * 40 * 24),
      normal: new Float32Array(3 * 40 * 24),
      depth: new Float32Array(40 * 24),
    };
    expect(denoiser.denoise({ ...smallSize, guides: nothing, means }).every(Number.isFinite)).toBe(true);
  });

  it('takes pictures of one pixel', () => {
    const one = { albedo: new Float32Array(3), normal: new Float32Array(3), depth: new Float32Array(1) };
    const light = denoiser.denoise({ width: 1, height: 1, means: Float32Array.of(1, 2, 3), guides: one });
    for (const [c, value] of light.entries()) expect(Math.abs(value / (c + 1) - 1)).toBeLessThan(0.5);
  });

  it('names the input that does not fit', () => {
    const wrong = { ...guides, albedo: new Float32Array(5) };
    expect(() => denoiser.denoise({ ...size, guides: wrong, means: picture })).toThrow('5 values of albedo');
    expect(() => denoiser.denoise({ ...size, means: new Float32Array(3) })).toThrow('3 values of means');
  });
});

describe('a Cornell box of 16 samples', () => {
  const side = 96;
  let kernel: Kernel;
  let guides: GuideImages;
  let reference: Float32Array;
  let means: Float32Array;

  const rendered = (first: number, count: number) =>
    kernel.renderBlock(wholeFrame(side, first, count)).map((sum) => sum / count);
  const shown = (image: Float32Array) => toneMap(image, { exposure: 0 });

  beforeAll(async () => {
    ({ kernel } = await freshKernel());
    const scene = cornellBox();
    kernel.loadScene(scene);
    kernel.setEnvironment([0, 0, 0]);
    const [camera] = scene.cameras;
    if (!camera) throw new Error('the box has a camera');
    kernel.setView({ width: side, height: side, camera, bounces: 8, seed: 3 });
    reference = rendered(64, 384);
    means = rendered(0, 16);
    guides = guidesOf(kernel.renderGuides(wholeFrame(side, 0, 16)), 16);
  });

  it('comes out with less than 1 / 2.5 of the error that is seen', () => {
    const clean = denoiser.denoise({ width: side, height: side, means, guides });
    expect(rmse(shown(clean), shown(reference))).toBeLessThan(rmse(shown(means), shown(reference)) / 2.5);
    const before = flip(shown(reference), shown(means), side, side).mean;
    expect(flip(shown(reference), shown(clean), side, side).mean).toBeLessThan(before * 0.85);
  });

  it('is hardly changed once it is converged', () => {
    const clean = denoiser.denoise({ width: side, height: side, means: reference, guides });
    expect(flip(shown(reference), shown(clean), side, side).mean).toBeLessThan(0.035);
  });
});

function guidesOf(sums: Float32Array, samples: number): GuideImages {
  const pixels = sums.length / GUIDE_FLOATS;
  const guides = {
    albedo: new Float32Array(3 * pixels),
    normal: new Float32Array(3 * pixels),
    depth: new Float32Array(pixels),
  };
  for (let i = 0; i < pixels; i++) {
    const at = (float: number) => sums[GUIDE_FLOATS * i + float] ?? 0;
    for (let c = 0; c < 3; c++) {
      guides.albedo[3 * i + c] = at(c) / samples;
      guides.normal[3 * i + c] = at(3 + c) / samples;
    }
    guides.depth[i] = at(7) > 0 ? at(6) / at(7) : 0;
  }
  return guides;
}
