import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { GUIDE_FLOATS, type Kernel } from '../../kernel/index.ts';
import { cornellBox, freshKernel, wholeFrame } from '../../kernel/testing.ts';
import type { GuideImages } from '../guides.ts';
import { flip, rmse } from '../metrics/index.ts';
import { toneMap } from '../tone-map.ts';
import { denoise, denoiseSteps } from './denoise.ts';

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

describe('the denoiser', () => {
  const { picture, guides } = room(W, H);
  const size = { width: W, height: H, guides };

  it.each([0.1, 0.3, 0.6])('makes noise of %f of the light at least three times smaller', (deviation) => {
    const means = noisy(picture, deviation);
    expect(rmse(denoise({ ...size, means }), picture)).toBeLessThan(rmse(means, picture) / 3);
  });

  it('keeps textures and the edges of things and shadows', () => {
    const clean = denoise({ ...size, means: noisy(picture, 0.2) });
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

  it('leaves a picture without noise as it is', () => {
    const clean = denoise({ ...size, means: picture });
    expect(rmse(clean, picture)).toBeLessThan(1e-3);
    const known = denoise({ ...size, means: picture, variance: new Float32Array(W * H) });
    expect(rmse(known, picture)).toBeLessThan(1e-3);
  });

  it('keeps the brightness', () => {
    const means = noisy(picture, 0.3);
    const sum = (image: Float32Array) => image.reduce((total, value) => total + value, 0);
    expect(sum(denoise({ ...size, means })) / sum(means)).toBeCloseTo(1, 2);
  });

  it('dims fireflies whose noise is known, and keeps highlights', () => {
    const means = picture.slice();
    const variance = new Float32Array(W * H).fill(1e-6);
    const [firefly, highlight] = [20 * W + 30, 20 * W + 90];
    means.fill(50, 3 * firefly, 3 * firefly + 3);
    variance[firefly] = 3 * 50 * 50;
    means.fill(50, 3 * highlight, 3 * highlight + 3);
    const clean = denoise({ ...size, means, variance });
    expect(clean[3 * firefly]).toBeLessThan(2);
    expect(clean[3 * highlight]).toBeCloseTo(50, 0);
  });

  it('gives the same bits for every way to run it, and never touches its input', () => {
    const means = noisy(picture, 0.3);
    const before = means.slice();
    const shares: number[] = [];
    const whole = denoise({ ...size, means }, (share) => shares.push(share));
    expect(means).toEqual(before);
    expect(whole).toEqual(denoise({ ...size, means }));
    expect(shares.length).toBeGreaterThan(20);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(Math.max(...shares)).toBeLessThan(1);
  });

  it('has no seams where its bands meet', () => {
    const [width, height] = [30, 260];
    const tall = room(width, height);
    const input = { width, height, guides: tall.guides, means: noisy(tall.picture, 0.4) };
    const steps = denoiseSteps(input, 1);
    let step = steps.next();
    while (!step.done) step = steps.next();
    expect(step.value).toEqual(denoise(input));
  });

  it('stops when its progress listener throws, and can be left between steps', () => {
    const stop = new Error('stop');
    expect(() =>
      denoise({ ...size, means: picture }, () => {
        throw stop;
      }),
    ).toThrow(stop);
    const steps = denoiseSteps({ ...size, means: picture });
    expect(steps.next().done).toBe(false);
    steps.return(new Float32Array());
    expect(steps.next().done).toBe(true);
  });

  it('survives what is no number, and where nothing was hit', () => {
    const means = noisy(picture, 0.3);
    means[100] = Number.NaN;
    means[200] = Number.POSITIVE_INFINITY;
    const nothing = {
      albedo: new Float32Array(3 * W * H),
      normal: new Float32Array(3 * W * H),
      depth: new Float32Array(W * H),
    };
    for (const value of denoise({ ...size, guides: nothing, means }))
      expect(Number.isFinite(value)).toBe(true);
  });

  it('takes pictures smaller than its steps', () => {
    const one = { albedo: new Float32Array(3), normal: new Float32Array(3), depth: new Float32Array(1) };
    expect(
      Array.from(denoise({ width: 1, height: 1, means: Float32Array.of(1, 2, 3), guides: one })),
    ).toEqual([1, 2, 3]);
  });

  it('names the input that does not fit', () => {
    const wrong = { ...guides, depth: new Float32Array(5) };
    expect(() => denoise({ ...size, guides: wrong, means: picture })).toThrow('5 values of depth');
    expect(() => denoise({ ...size, means: new Float32Array(3) })).toThrow('3 values of means');
  });
});

describe('a Cornell box of 16 samples', () => {
  const side = 96;
  let kernel: Kernel;
  let guides: GuideImages;
  let reference: Float32Array;
  let means: Float32Array;
  let variance: Float32Array;

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
    variance = spread([rendered(0, 4), rendered(4, 4), rendered(8, 4), rendered(12, 4)]);
    guides = guidesOf(kernel.renderGuides(wholeFrame(side, 0, 16)), 16);
  });

  it('comes out with less than 1 / 2.5 of the error that is seen, where the noise is known', () => {
    const clean = denoise({ width: side, height: side, means, guides, variance });
    expect(rmse(shown(clean), shown(reference))).toBeLessThan(rmse(shown(means), shown(reference)) / 2.5);
    const before = flip(shown(reference), shown(means), side, side).mean;
    expect(flip(shown(reference), shown(clean), side, side).mean).toBeLessThan(before * 0.85);
  });

  it('comes out with less than half of it where the noise is only estimated', () => {
    const clean = denoise({ width: side, height: side, means, guides });
    expect(rmse(shown(clean), shown(reference))).toBeLessThan(rmse(shown(means), shown(reference)) / 2);
  });

  it('is hardly changed once it is converged', () => {
    const clean = denoise({ width: side, height: side, means: reference, guides });
    expect(flip(shown(reference), shown(clean), side, side).mean).toBeLessThan(0.02);
  });
});

/** Variance of the mean of equally long renders, summed over the channels. */
function spread(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array((parts[0]?.length ?? 0) / 3);
  const count = parts.length;
  for (let i = 0; i < 3 * out.length; i++) {
    const values = parts.map((part) => part[i] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const pixel = Math.floor(i / 3);
    out[pixel] = (out[pixel] ?? 0) + squares / (count * (count - 1));
  }
  return out;
}

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
