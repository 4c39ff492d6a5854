import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Sync, toHex } from '../../runtime/index.ts';
import type { BlockBounds, Kernel } from './contract.ts';
import { anisotropy, clearcoat, film, sheen, specular, volume } from './material-gallery.ts';
import { cornellBox, freshKernel, MeshBuilder, material, texture, wholeFrame } from './testing.ts';

const WIDTH = 40;
const HEIGHT = 24;

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
  prepare(kernel);
});

function prepare(target: Kernel): void {
  const scene = cornellBox();
  target.loadScene(scene);
  target.setEnvironment([0.1, 0.2, 0.3]);
  const [camera] = scene.cameras;
  if (camera) target.setView({ width: WIDTH, height: HEIGHT, camera, bounces: 5, seed: 9 });
}

function block(
  x: number,
  y: number,
  width: number,
  height: number,
  first: number,
  count: number,
): BlockBounds {
  return { x, y, width, height, firstSample: first, sampleCount: count };
}

/** The part of a whole frame's sums that a Block covers. */
function cut(frame: Float32Array, { x, y, width, height }: BlockBounds): Float32Array {
  const part = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * WIDTH + x) * 3;
    part.set(frame.subarray(start, start + width * 3), row * width * 3);
  }
  return part;
}

describe('a Block', () => {
  it('has the same bits whatever its shape, and whatever was rendered before', () => {
    const frame = kernel.renderBlock(block(0, 0, WIDTH, HEIGHT, 3, 5));
    const shapes = fc
      .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(WIDTH), fc.nat(HEIGHT))
      .map(([x, y, w, h]) =>
        block(x, y, 1 + Math.min(w, WIDTH - x - 1), 1 + Math.min(h, HEIGHT - y - 1), 3, 5),
      );
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(kernel.renderBlock(shape)).toEqual(cut(frame, shape));
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('is the same from an instance that has never seen another scene', async () => {
    const other = (await freshKernel()).kernel;
    other.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 8).scene([material()]));
    other.setEnvironment({ width: 2, height: 1, rgb: Float32Array.of(1, 2, 3, 4, 5, 6) });
    prepare(other);
    const bounds = block(5, 2, 30, 20, 0, 4);
    expect(other.renderBlock(bounds)).toEqual(kernel.renderBlock(bounds));
  });

  it('adds its samples in order, in single precision, to 0', () => {
    const whole = kernel.renderBlock(block(0, 0, WIDTH, HEIGHT, 0, 4));
    const singles = [0, 1, 2, 3].map((sample) => kernel.renderBlock(block(0, 0, WIDTH, HEIGHT, sample, 1)));
    whole.forEach((value, i) => {
      let sum = 0;
      for (const single of singles) sum = Math.fround(sum + (single[i] ?? 0));
      expect(value).toBe(sum);
    });
  });

  it('of other samples, seeds or pixels has other noise', () => {
    const first = kernel.renderBlock(block(0, 0, 16, 16, 0, 1));
    expect(kernel.renderBlock(block(0, 0, 16, 16, 1, 1))).not.toEqual(first);
    const [camera] = cornellBox().cameras;
    if (camera) kernel.setView({ width: WIDTH, height: HEIGHT, camera, bounces: 5, seed: 10 });
    expect(kernel.renderBlock(block(0, 0, 16, 16, 0, 1))).not.toEqual(first);
    prepare(kernel);
  });

  it('is refused where it leaves the frame or the samples', () => {
    const bad = [
      block(-1, 0, 8, 8, 0, 1),
      block(0, 0, WIDTH + 1, 8, 0, 1),
      block(0, 20, 8, 8, 0, 1),
      block(0, 0, 0, 8, 0, 1),
      block(0, 0, 8, 8, 0, 0),
      block(0, 0, 8, 8, 65_536, 1),
      block(0.5, 0, 8, 8, 0, 1),
      block(0, 0, 8, 8, Number.NaN, 1),
    ];
    for (const bounds of bad) {
      expect(() => kernel.renderBlock(bounds)).toThrow(expect.objectContaining({ code: 'invalid-block' }));
    }
  });

  it('needs a view first', async () => {
    const { kernel: other } = await freshKernel();
    expect(() => other.renderBlock(block(0, 0, 1, 1, 0, 1))).toThrow(
      expect.objectContaining({ code: 'invalid-view' }),
    );
  });
});

/** A scene that passes through every part of the kernel: textures, normal map, mask, blend, glass, lamp, sky. */
function everything(): Float32Array {
  const checker = {
    name: 'checker',
    width: 2,
    height: 2,
    encoding: 'rgba' as const,
    bytes: Uint8Array.of(255, 200, 40, 255, 20, 60, 200, 0, 90, 30, 10, 128, 128, 128, 255, 255),
  };
  const mesh = new MeshBuilder()
    .quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3])
    .sphere(1, [-1.2, 0.6, 0], 0.6, 12)
    .sphere(2, [0, 0.6, -0.3], 0.6, 12)
    .box(3, [1.3, 0.5, 0], [0.4, 0.5, 0.4], [0.8, 0.6])
    .quad(4, [-1, 0.2, 1.2], [0, 0.2, 1.2], [0, 1, 1], [-1, 1, 1])
    .quad(5, [-0.5, 2, -0.5], [0.5, 2, -0.5], [0.5, 2, 0.5], [-0.5, 2, 0.5])
    .quad(6, [-2, 0, -2], [2, 0, -2], [2, 2, -2], [-2, 2, -2]);
  const scene = mesh.scene(
    [
      material({ baseColorTexture: 0, metallicRoughnessTexture: 1, normalTexture: 1, metallic: 0.5 }),
      material({ metallic: 1, roughness: 0.2, baseColor: [0.9, 0.6, 0.5, 1] }),
      material({ transmission: 0.9, roughness: 0.1, ior: 1.4 }),
      material({
        baseColor: [0.3, 0.8, 0.3, 1],
        roughness: 0.6,
        emissiveTexture: 0,
        emissive: [0.2, 0, 0.1],
      }),
      material({ baseColorTexture: 0, alphaMode: 'blend', doubleSided: true }),
      material({ emissive: [6, 5, 4] }),
      material({ baseColorTexture: 1, alphaMode: 'mask', unlit: true }),
    ],
    {
      images: [checker],
      textures: [
        texture(0, { transform: [2, 0.5, 0, -0.5, 2, 0.25], wrapS: 'mirror' }),
        texture(0, { nearest: true, wrapT: 'clamp', transform: [3, 0, 0, 0, 3, 0] }),
      ],
    },
  );
  kernel.loadScene(scene);
  const rgb = Float32Array.from({ length: 16 * 8 * 3 }, (_, i) => ((i * 7) % 31) / 31);
  rgb[100] = 200;
  kernel.setEnvironment({ width: 16, height: 8, rgb });
  const camera = {
    name: 'view',
    position: [0, 1, 4] as const,
    right: [1, 0, 0] as const,
    up: [0, 1, 0] as const,
    back: [0, 0, 1] as const,
    projection: { kind: 'perspective' as const, yfov: 0.8 },
  };
  kernel.setView({ width: 64, height: 64, camera, bounces: 8, seed: 42 });
  const sums = kernel.renderBlock(wholeFrame(64, 0, 8));
  prepare(kernel);
  return sums;
}

/** What `everything` lacks: glass that bends, absorbs and parts colours, varnish, cloth, brushed metal, films. */
function layered(): Float32Array {
  const mesh = new MeshBuilder()
    .quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3])
    .sphere(1, [-1.2, 0.6, 0], 0.6, 12)
    .sphere(2, [0, 0.6, -0.3], 0.6, 12)
    .box(3, [1.3, 0.5, 0], [0.4, 0.5, 0.4], [0.8, 0.6])
    .sphere(4, [0, 1.7, -0.3], 0.4, 8);
  const dark = volume({ attenuationDistance: 0.7, attenuationColor: [0.9, 0.5, 0.2], dispersion: 1.5 });
  kernel.loadScene(
    mesh.scene([
      material({ baseColor: [0.5, 0.4, 0.3, 1], sheen: sheen({ color: [0.3, 0.5, 0.9] }) }),
      material({ transmission: 1, roughness: 0.05, volume: dark }),
      material({
        metallic: 1,
        roughness: 0.3,
        anisotropy: anisotropy({ rotation: 1 }),
        iridescence: film(450),
      }),
      material({
        baseColor: [0.6, 0.1, 0.1, 1],
        clearcoat: clearcoat({ roughness: 0.1 }),
        specular: specular({ strength: 0.4, color: [0.2, 1, 1] }),
      }),
      material({ transmission: 0.9, roughness: 0.4, ior: 1.3, iridescence: film(300) }),
    ]),
  );
  kernel.setEnvironment({
    width: 8,
    height: 4,
    rgb: Float32Array.from({ length: 96 }, (_, i) => (i === 30 ? 40 : ((i * 5) % 13) / 13)),
  });
  const camera = {
    name: 'view',
    position: [0, 1, 4] as const,
    right: [1, 0, 0] as const,
    up: [0, 1, 0] as const,
    back: [0, 0, 1] as const,
    projection: { kind: 'perspective' as const, yfov: 0.8 },
  };
  kernel.setView({ width: 64, height: 64, camera, bounces: 8, seed: 42 });
  const sums = kernel.renderBlock(wholeFrame(64, 0, 8));
  prepare(kernel);
  return sums;
}

describe('the picture', () => {
  it('has the same bits on every machine (golden)', () => {
    // Changes only when the kernel is meant to render differently; Node, Chromium and every CPU must agree on it.
    const sums = everything();
    const hash = toHex(sha256Sync(new Uint8Array(sums.buffer)));
    expect(hash).toBe('644e18f1287df1b3f0d5625e9d940b46fe9f5ca21cad22b62a22e221ee23be99');
  });

  it('of layered materials has the same bits on every machine (golden)', () => {
    const sums = layered();
    const hash = toHex(sha256Sync(new Uint8Array(sums.buffer)));
    expect(hash).toBe('9caf13a6cb0a65be1c476b5a4e864538f17772c585c85b320f442158fb5ce1f4');
    expect(sums.every(Number.isFinite)).toBe(true);
  });

  it('is finite everywhere', () => {
    expect(everything().every(Number.isFinite)).toBe(true);
    expect(kernel.discardedSamples).toBe(0);
  });
});
