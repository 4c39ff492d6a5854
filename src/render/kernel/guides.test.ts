import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatScene } from '../scene/index.ts';
import { GUIDE_FLOATS, type Kernel } from './contract.ts';
import {
  cameraAt,
  cameraDownOn,
  cornellBox,
  freshKernel,
  image,
  MeshBuilder,
  material,
  texture,
  unit,
  wholeFrame,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

const SIDE = 8;
const SAMPLES = 16;

interface Seen {
  readonly albedo: readonly number[];
  readonly normal: readonly number[];
  readonly depth: number;
  readonly hits: number;
}

function seen(scene: FlatScene, camera = cameraDownOn(0, 0), side = SIDE): Seen[] {
  kernel.loadScene(scene);
  kernel.setView({ width: side, height: side, camera, bounces: 0, seed: 3 });
  const sums = kernel.renderGuides(wholeFrame(side, 0, SAMPLES));
  expect(sums).toHaveLength(side * side * GUIDE_FLOATS);
  return Array.from({ length: side * side }, (_, pixel) => {
    const [r = 0, g = 0, b = 0, x = 0, y = 0, z = 0, depth = 0, hits = 0] = Array.from(
      sums.subarray(pixel * GUIDE_FLOATS, (pixel + 1) * GUIDE_FLOATS),
    );
    const mean = (values: number[]) => values.map((value) => value / SAMPLES);
    return { albedo: mean([r, g, b]), normal: mean([x, y, z]), depth: hits ? depth / hits : 0, hits };
  });
}

function close(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4);
  });
}

const floorMesh = (which = 0, height = 0) =>
  new MeshBuilder().quad(which, [-9, height, 9], [9, height, 9], [9, height, -9], [-9, height, -9]);

describe('guide images', () => {
  it('tell the colour, normal and distance of a floor seen from above', () => {
    const scene = floorMesh().scene([material({ baseColor: [0.8, 0.4, 0.2, 1], metallic: 0.7 })]);
    for (const { albedo, normal, depth, hits } of seen(scene)) {
      close(albedo, [0.8, 0.4, 0.2]);
      close(normal, [0, 1, 0]);
      expect(depth).toBeCloseTo(1, 4);
      expect(hits).toBe(SAMPLES);
    }
  });

  it('measure depth along the ray, not along the view', () => {
    const camera = cameraAt([0, 2, 2], [0, 0, 0], 0.001);
    const [first] = seen(floorMesh().scene([material()]), camera);
    expect(first?.depth).toBeCloseTo(Math.sqrt(8), 2);
  });

  it('turn the normal of a double sided surface towards the camera', () => {
    const below = new MeshBuilder().quad(0, [-9, 0, -9], [9, 0, -9], [9, 0, 9], [-9, 0, 9]);
    const [first] = seen(below.scene([material({ doubleSided: true })]));
    close(first?.normal ?? [], [0, 1, 0]);
  });

  it('show the shading normal, with its normal map, and smooth ones interpolated', () => {
    const [mapped] = seen(
      floorMesh().scene([material({ normalTexture: 0 })], {
        images: [image(1, 1, [192, 128, 255, 255])],
        textures: [texture(0)],
      }),
    );
    expect((mapped?.normal[0] ?? 0) / (mapped?.normal[1] ?? 1)).toBeCloseTo((192 / 255) * 2 - 1, 4);
    const sphere = new MeshBuilder().sphere(0, [0, 0, 0], 1, 24).scene([material()]);
    const direction = unit([1, 2, 3]);
    const camera = cameraAt([direction[0] * 3, direction[1] * 3, direction[2] * 3], [0, 0, 0], 0.001);
    const [smooth] = seen(sphere, camera);
    expect(smooth?.normal[0]).toBeCloseTo(direction[0], 2);
    expect(smooth?.normal[2]).toBeCloseTo(direction[2], 2);
    expect(smooth?.depth).toBeCloseTo(2, 1);
  });

  it('are 0 where nothing is hit, whatever the sky', () => {
    kernel.setEnvironment([5, 5, 5]);
    const [first] = seen(new MeshBuilder().scene([]));
    expect(first).toEqual({ albedo: [0, 0, 0], normal: [0, 0, 0], depth: 0, hits: 0 });
    kernel.setEnvironment([0, 0, 0]);
  });

  it('have an albedo within 0..1: a bright lamp has 1, a dim one its own light, an unlit one its colour', () => {
    const albedoOf = (changes: Parameters<typeof material>[0]) =>
      seen(floorMesh().scene([material(changes)]))[0]?.albedo ?? [];
    close(albedoOf({ baseColor: [0.1, 0.2, 0.3, 1], emissive: [17, 12, 4] }), [1, 1, 1]);
    close(albedoOf({ baseColor: [0.1, 0.2, 0.3, 1], emissive: [0.5, 0, 0] }), [0.6, 0.2, 0.3]);
    close(albedoOf({ baseColor: [0.3, 0.2, 0.1, 1], unlit: true }), [0.3, 0.2, 0.1]);
    close(albedoOf({ baseColor: [3, 0.5, 0, 1] }), [1, 0.5, 0]);
  });

  it('look through culled backs, masks, and blended surfaces by their coverage', () => {
    const red = material({ baseColor: [1, 0, 0, 1] });
    const over = (changes: Parameters<typeof material>[0]) => {
      const mesh = floorMesh().quad(1, [-9, 0.5, 9], [9, 0.5, 9], [9, 0.5, -9], [-9, 0.5, -9]);
      return seen(mesh.scene([red, material(changes)]));
    };
    const masked = over({ alphaMode: 'mask', baseColor: [0, 0, 1, 0.2] });
    for (const { albedo, depth } of masked) {
      close(albedo, [1, 0, 0]);
      expect(depth).toBeCloseTo(1, 4);
    }
    const blended = over({ alphaMode: 'blend', baseColor: [0, 0, 1, 0.25] });
    const blue = blended.reduce((sum, { albedo }) => sum + (albedo[2] ?? 0), 0) / blended.length;
    expect(blue).toBeCloseTo(0.25, 1);
    const culled = floorMesh().quad(1, [-9, 0.5, -9], [9, 0.5, -9], [9, 0.5, 9], [-9, 0.5, 9]);
    close(seen(culled.scene([red, material({ baseColor: [0, 0, 1, 1] })]))[0]?.albedo ?? [], [1, 0, 0]);
  });

  it('use the camera rays of the picture: edges fall into the same pixels', () => {
    // A lamp that covers the left part of the picture: as light and as albedo it has the same share of each pixel.
    const mesh = new MeshBuilder().quad(0, [-9, 0, 9], [0.03, 0, 9], [0.06, 0, -9], [-9, 0, -9]);
    const scene = mesh.scene([material({ emissive: [1, 1, 1], baseColor: [0, 0, 0, 1] })]);
    const camera = cameraAt([0, 1, 0.001], [0, 0, 0], 0.3);
    const guides = seen(scene, camera, 16);
    kernel.setView({ width: 16, height: 16, camera, bounces: 0, seed: 3 });
    const picture = kernel.renderBlock(wholeFrame(16, 0, SAMPLES));
    guides.forEach(({ albedo, hits }, pixel) => {
      expect(albedo[0]).toBe((picture[pixel * 3] ?? 0) / SAMPLES);
      expect(hits).toBe(picture[pixel * 3]);
    });
    expect(guides.some(({ hits }) => hits > 0 && hits < SAMPLES)).toBe(true);
  });

  it('have the same bits whatever the shape of the Block, and leave the picture alone', () => {
    const scene = cornellBox();
    kernel.loadScene(scene);
    const [camera] = scene.cameras;
    if (!camera) throw new Error('the test scene has no camera');
    kernel.setView({ width: 64, height: 48, camera, bounces: 3, seed: 1 });
    const bounds = { x: 0, y: 0, width: 64, height: 48, firstSample: 2, sampleCount: 5 };
    const picture = kernel.renderBlock(bounds);
    const whole = kernel.renderGuides(bounds);
    const part = kernel.renderGuides({ ...bounds, x: 20, y: 30, width: 9, height: 7 });
    for (let row = 0; row < 7; row++) {
      const start = ((30 + row) * 64 + 20) * GUIDE_FLOATS;
      const expected = whole.subarray(start, start + 9 * GUIDE_FLOATS);
      expect(part.subarray(row * 9 * GUIDE_FLOATS, (row + 1) * 9 * GUIDE_FLOATS)).toEqual(expected);
    }
    expect(whole.every(Number.isFinite)).toBe(true);
    expect(kernel.renderBlock(bounds)).toEqual(picture);
  });
});
