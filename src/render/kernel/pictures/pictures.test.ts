import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import type { Kernel } from '../contract.ts';
import { freshKernel, wholeFrame } from '../testing.ts';
import { renderNaively } from './naive-tracer.ts';
import { PICTURED_SCENES, type PicturedScene } from './pictured-scenes.ts';

const SIDE = 24;
/** What is compared are means over squares of so many pixels: the naive tracer is noisy. */
const SQUARE = 4;
const NAIVE_SAMPLES = 150;
const KERNEL_SAMPLES = 256;

/** Relative to the brightness of the picture; the naive picture's own noise is about half of that. */
const LARGEST_RMSE = { calm: 0.015, noisy: 0.04 };
const LARGEST_BIAS = { calm: 0.003, noisy: 0.008 };

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

function renderByKernel({ scene, camera, environment, bounces, lens }: PicturedScene): Float64Array {
  kernel.loadScene(scene);
  kernel.setEnvironment(environment);
  kernel.setView({ width: SIDE, height: SIDE, camera, bounces, seed: 5, ...(lens && { lens }) });
  return Float64Array.from(
    kernel.renderBlock(wholeFrame(SIDE, 0, KERNEL_SAMPLES)),
    (sum) => sum / KERNEL_SAMPLES,
  );
}

function squares(means: Float64Array): number[] {
  const across = SIDE / SQUARE;
  const sums: number[] = Array(across * across * 3).fill(0);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const to = 3 * (Math.floor(y / SQUARE) * across + Math.floor(x / SQUARE));
      for (let c = 0; c < 3; c++) {
        sums[to + c] = (sums[to + c] ?? 0) + (means[3 * (y * SIDE + x) + c] ?? 0) / (SQUARE * SQUARE);
      }
    }
  }
  return sums;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("the kernel's picture is that of a naive tracer in doubles", () => {
  it.each(PICTURED_SCENES.map((pictured) => [pictured.title, pictured] as const))('%s', (_, pictured) => {
    const ours = squares(renderByKernel(pictured));
    const { scene, camera, bounces, lens, environment, effort = 1 } = pictured;
    const view = {
      side: SIDE,
      samples: NAIVE_SAMPLES * effort,
      camera,
      bounces,
      environment: () => environment,
    };
    const theirs = squares(renderNaively(scene, { ...view, ...(lens && { lens }) }, seededRandom(1)));
    const kind = effort > 1 ? 'noisy' : 'calm';
    const brightness = mean(theirs);
    expect(brightness).toBeGreaterThan(0.02);
    const rmse = Math.sqrt(mean(ours.map((value, i) => (value - (theirs[i] ?? 0)) ** 2)));
    const bias = Math.abs(mean(ours) - brightness);
    expect.soft(rmse / brightness, 'RMSE').toBeLessThan(LARGEST_RMSE[kind]);
    expect.soft(bias / brightness, 'bias').toBeLessThan(LARGEST_BIAS[kind]);
  });
});
