import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { plainCorrection } from './correction.testing.ts';
import { Correction } from './correction.ts';
import type { NetworkInput } from './network.ts';
import { denoiserFiles } from './open-denoiser.testing.ts';

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await WebAssembly.compile((await denoiserFiles()).wasm);
});

const [WIDTH, HEIGHT] = [22, 17];
const SCALE = 0.5;

function image(at: (x: number, y: number) => number, width = WIDTH, height = HEIGHT): Float32Array {
  return Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return at(pixel % width, Math.floor(pixel / width));
  });
}

function corrected(clean: Float32Array, input: NetworkInput): Float32Array {
  const { width, height } = input;
  const correction = new Correction(module, input, SCALE);
  const { reach } = correction;
  const out = new Float32Array(clean.length);
  for (let y = 0; y < height + reach; y++) {
    if (y < height) correction.take(y, clean.subarray(3 * width * y, 3 * width * (y + 1)));
    if (y >= reach) out.set(correction.row(y - reach), 3 * width * (y - reach));
  }
  return out;
}

const isLeft = (x: number): boolean => x < WIDTH / 2;
/** Two surfaces of one light and two colours, side by side. */
const albedo = image((x) => (isLeft(x) ? 0.2 : 0.8));
const normal = image(() => 0.5);
const truth = image((x) => (isLeft(x) ? 0.2 : 0.8));
const surfaces = (light: Float32Array): NetworkInput => ({
  ...{ width: WIDTH, height: HEIGHT },
  ...{ light, albedo, normal },
});

describe('the correction', () => {
  it('changes no bit where the clean picture is the noisy one', () => {
    expect(corrected(truth, surfaces(truth))).toEqual(truth);
  });

  it('takes back more than half of what is wrong with a surface, and leaves the one beside it', () => {
    const wrong = truth.map((value) => (value < 0.5 ? value * 0.8 : value));
    const found = corrected(wrong, surfaces(truth));
    const at = (x: number): number => found[3 * (8 * WIDTH + x)] ?? 0;
    expect(at(2)).toBeCloseTo(0.184, 3);
    expect(at(WIDTH / 2 - 1)).toBeCloseTo(0.184, 2);
    expect(at(WIDTH / 2)).toBeCloseTo(0.8, 2);
    expect(at(WIDTH - 3)).toBeCloseTo(0.8, 5);
  });

  it.each(['albedo', 'normal'] as const)('does not cross an edge of the %s between equal lights', (guide) => {
    const grey = image(() => 0.4);
    const wrong = image((x) => (isLeft(x) ? 0.36 : 0.4));
    const plain = { albedo: grey, normal: grey };
    const found = corrected(wrong, { ...surfaces(grey), ...plain, [guide]: albedo });
    const at = (x: number): number => found[3 * (8 * WIDTH + x)] ?? 0;
    expect(Math.abs(at(WIDTH / 2) - 0.4)).toBeLessThan(0.001);
    expect(Math.abs(at(WIDTH / 2 - 1) - 0.384)).toBeLessThan(0.002);
  });

  it('keeps a firefly out', () => {
    const noisy = truth.slice();
    noisy[3 * (8 * WIDTH + 5)] = 1000;
    const most = Math.max(...corrected(truth, surfaces(noisy)).map((value, i) => value - (truth[i] ?? 0)));
    expect(most).toBeLessThan(0.01);
  });

  it('leaves the noise of a flat wall out, and brings back half of a light that is wrong under it', () => {
    const [width, height] = [64, 48];
    const wall = (value: number): Float32Array => image(() => value, width, height);
    const random = seededRandom(3);
    const noisy = wall(0.4).map((value) => value * (1 + 0.6 * (uniform(random) - 0.5)));
    const input = { ...{ width, height }, light: noisy, albedo: wall(0.5), normal: wall(0.5) };
    const error = (found: Float32Array): number =>
      Math.sqrt(found.reduce((sum, value) => sum + (value / 0.4 - 1) ** 2, 0) / found.length);
    expect(error(corrected(wall(0.4), input))).toBeLessThan(error(noisy) / 20);
    expect(error(corrected(wall(0.32), input))).toBeLessThan(0.2 / 2);
  });

  it('leaves a pixel that none resembles as the network has it', () => {
    const one = { width: 1, height: 1, albedo: Float32Array.of(0, 0, 0), normal: Float32Array.of(0, 0, 1) };
    const clean = Float32Array.of(0.3, 0.4, 0.5);
    expect(corrected(clean, { ...one, light: Float32Array.of(0.4, 0.2, 0.9) })).toEqual(clean);
  });

  it.each([
    [21, 9],
    [1, 1],
    [4, 2],
    [3, 30],
  ])('is what it says, to a rounding, in a picture of %d x %d pixels', (width, height) => {
    const random = seededRandom(width);
    const any = (): Float32Array => image(() => uniform(random), width, height);
    const input = { width, height, light: any(), albedo: any(), normal: any() };
    const clean = any();
    const expected = plainCorrection(Float64Array.from(clean), input, SCALE);
    const off = corrected(clean, input).map((value, i) => Math.abs(value - (expected[i] ?? 0)));
    expect(Math.max(...off)).toBeLessThan(1e-5);
  });

  it('survives what is no number', () => {
    const noisy = truth.slice();
    noisy[100] = Number.NaN;
    noisy[200] = Number.POSITIVE_INFINITY;
    expect(corrected(truth, surfaces(noisy)).every(Number.isFinite)).toBe(true);
  });
});
