import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernel } from './contract.ts';
import { cornellBox, freshKernel, MeshBuilder, material, wholeFrame } from './testing.ts';

const SIDE = 8;
/** Each has its own seed, so that the reference knows nothing of the picture. */
const REFERENCE_TIMES = 8;

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

function render(seed: number, samples: number, scene = cornellBox()): Float64Array {
  const [camera] = scene.cameras;
  if (!camera) throw new Error('the scene has no camera');
  kernel.loadScene(scene);
  kernel.setEnvironment([0.2, 0.3, 0.4]);
  kernel.setView({ width: SIDE, height: SIDE, camera, bounces: 6, seed });
  return Float64Array.from(kernel.renderBlock(wholeFrame(SIDE, 0, samples)), (sum) => sum / samples);
}

function rmse(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length);
}

/** Of the logarithm of the error over that of the samples, which go up by four, by least squares. */
function slope(errors: readonly number[]): number {
  const centre = (errors.length - 1) / 2;
  let [above, below] = [0, 0];
  errors.forEach((error, i) => {
    above += (i - centre) * Math.log(error);
    below += (i - centre) ** 2;
  });
  return above / below / Math.log(4);
}

function openScene(): ReturnType<typeof cornellBox> {
  return new MeshBuilder()
    .quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3])
    .sphere(1, [0, 0.8, 0], 0.8, 6)
    .scene(
      [
        material({ baseColor: [0.7, 0.7, 0.7, 1], doubleSided: true }),
        material({ baseColor: [0.9, 0.7, 0.4, 1], metallic: 1, roughness: 0.4 }),
      ],
      { cameras: cornellBox().cameras },
    );
}

describe('the error of a picture', () => {
  // The most of the scene that is quick: whether the numbers of thousands of samples go together is the same in both.
  it.each([
    ['a closed box', cornellBox(), [16, 64, 256, 1024]],
    ['an open scene', openScene(), [16, 64, 256, 1024, 4096]],
  ])('falls at least as the root of the samples, down to thousands: %s', (_, scene, counts) => {
    const reference = render(1, REFERENCE_TIMES * Math.max(...counts), scene);
    const errors = counts.map((samples) => rmse(render(2, samples, scene), reference));
    expect(slope(errors)).toBeLessThan(-0.47);
    errors.forEach((error, i) => {
      const before = errors[i - 1];
      // Four times the samples halve it; a single step may be unlucky.
      if (before !== undefined) expect(error / before).toBeLessThan(0.75);
    });
    expect(errors.at(-1)).toBeGreaterThan(0);
  });
});
