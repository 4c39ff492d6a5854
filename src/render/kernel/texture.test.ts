import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatImage, FlatMaterial, FlatScene, FlatTexture } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import {
  cameraDownOn,
  freshKernel,
  image,
  MeshBuilder,
  material,
  meanRadiance,
  type Triple,
  texture,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

/** Red, green / blue, white: u to the right, v downwards. */
const FOUR = image(2, 2, [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
const RED: Triple = [1, 0, 0];
const GREEN: Triple = [0, 1, 0];
const BLUE: Triple = [0, 0, 1];
const WHITE: Triple = [1, 1, 1];

/** A square from (0, 0) to (1, 1) in x and z, u along x and v along z; unlit, so what is seen is the texture. */
function square(
  map: Partial<FlatTexture>,
  picture: FlatImage,
  surface: Partial<FlatMaterial> = {},
): FlatScene {
  // Facing up it is wound the other way round in x and z: doubleSided shows it from either side.
  const mesh = new MeshBuilder().quad(0, [0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]);
  return mesh.scene([material({ unlit: true, doubleSided: true, baseColorTexture: 0, ...surface })], {
    textures: [texture(0, map)],
    images: [picture],
  });
}

function seenAt(u: number, v: number): Triple {
  return meanRadiance(kernel, cameraDownOn(u, v), { side: 2, samples: 1, bounces: 0 });
}

function expectColor(actual: Triple, expected: Triple): void {
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? 0, 3);
  });
}

describe('a texture', () => {
  it('has its first row at v = 0', () => {
    kernel.loadScene(square({ nearest: true }, FOUR));
    expectColor(seenAt(0.25, 0.25), RED);
    expectColor(seenAt(0.75, 0.25), GREEN);
    expectColor(seenAt(0.25, 0.75), BLUE);
    expectColor(seenAt(0.75, 0.75), WHITE);
  });

  it('has every texel where it belongs, whatever its sides', () => {
    for (const [width, height] of [
      [1, 1],
      [3, 1],
      [1, 6],
      [5, 7],
      [8, 4],
      [13, 9],
    ] as const) {
      const bytes = Array.from({ length: width * height }, (_, i) => [
        i % 2 ? 255 : 0,
        i % 3 ? 0 : 255,
        i % 5 ? 255 : 0,
        255,
      ]);
      kernel.loadScene(square({ nearest: true }, image(width, height, bytes.flat())));
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [r = 0, g = 0, b = 0] = bytes[y * width + x] ?? [];
          expectColor(seenAt((x + 0.5) / width, (y + 0.5) / height), [r / 255, g / 255, b / 255]);
        }
      }
    }
  });

  it('is looked up by its own size, wrap modes, uv set and transform beside another one of the same material', () => {
    const ramp = image(2, 1, [0, 0, 0, 255, 255, 255, 255, 255]);
    const others: readonly (readonly [Partial<FlatTexture>, FlatImage, number])[] = [
      [{ transform: [1, 0, 0.25, 0, 1, 0] }, ramp, 1],
      [{ wrapS: 'clamp', transform: [1, 0, -9, 0, 1, 0] }, ramp, 0],
      [{ texCoord: 1 }, ramp, 0.75],
      [{}, image(3, 1, [0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255]), 0],
      [{}, ramp, 0.5],
    ];
    for (const [map, picture, expected] of others) {
      const scene = square({}, ramp, {
        unlit: false,
        baseColorTexture: 0,
        emissiveTexture: 1,
        emissive: [1, 1, 1],
      });
      kernel.loadScene({
        ...scene,
        uv1: Float32Array.from({ length: 8 }, (_, i) => (i % 2 ? 0.5 : 0.625)),
        textures: [texture(0, {}), texture(1, map)],
        images: [ramp, picture],
      });
      // Colour is looked up first, in the middle of the ramp; no light falls on it.
      expectColor(seenAt(0.5, 0.5), [expected, expected, expected]);
    }
  });

  it('of a size at which look-ups are prepared in advance shows no bit of what was prepared for another hit', () => {
    const side = 600;
    const noise = (salt: number) =>
      image(
        side,
        side,
        Array.from({ length: side * side * 4 }, (_, i) => (Math.imul(i + salt, 2_654_435_761) >>> 24) | 1),
      );
    const scene = square({}, noise(1), { unlit: false, metallicRoughnessTexture: 1, normalTexture: 2 });
    kernel.setEnvironment([1, 0.5, 0.25]);
    kernel.loadScene({
      ...scene,
      textures: [texture(0, {}), texture(1, {}), texture(2, { transform: [2, 0, 0.1, 0, 3, 0.2] })],
      images: [noise(1), noise(2), noise(3)],
    });
    kernel.setView({ width: 8, height: 8, camera: cameraDownOn(0.5, 0.5), bounces: 2, seed: 3 });
    const whole = kernel
      .renderBlock({ x: 0, y: 0, width: 8, height: 8, firstSample: 0, sampleCount: 4 })
      .slice();
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const one = kernel.renderBlock({ x, y, width: 1, height: 1, firstSample: 0, sampleCount: 4 });
        expect([...one]).toEqual([...whole.subarray((y * 8 + x) * 3, (y * 8 + x) * 3 + 3)]);
      }
    }
  });

  it('is looked up for each pixel of a guide by itself', () => {
    kernel.loadScene(square({}, FOUR));
    kernel.setView({ width: 2, height: 2, camera: cameraDownOn(0.5, 0.5), bounces: 0, seed: 1 });
    const guides = kernel.renderGuides({ x: 0, y: 0, width: 2, height: 2, firstSample: 0, sampleCount: 1 });
    const albedos = [0, 1, 2, 3].map((pixel) => guides.slice(8 * pixel, 8 * pixel + 3).join());
    expect(new Set(albedos).size).toBe(4);
  });

  it('is blended between the centres of four texels unless nearest', () => {
    kernel.loadScene(square({}, FOUR));
    expectColor(seenAt(0.25, 0.25), RED);
    expectColor(seenAt(0.5, 0.25), [0.5, 0.5, 0]);
    expectColor(seenAt(0.5, 0.5), [0.5, 0.5, 0.5]);
    expectColor(seenAt(0.4, 0.25), [0.7, 0.3, 0]);
  });

  it('repeats, mirrors or clamps, each way for itself', () => {
    const sampled = (wrap: Partial<FlatTexture>, u: number, v: number) => {
      // The uv transform leads outside 0..1: it adds (u, v) to a square shrunk to nothing.
      kernel.loadScene(square({ ...wrap, transform: [0, 0, u, 0, 0, v] }, FOUR));
      return seenAt(0.5, 0.5);
    };
    expectColor(sampled({ nearest: true }, 1.25, -0.75), RED);
    expectColor(sampled({ nearest: true, wrapS: 'mirror' }, 1.25, 0.25), GREEN);
    expectColor(sampled({ nearest: true, wrapS: 'mirror' }, -0.25, 0.25), RED);
    expectColor(sampled({ nearest: true, wrapT: 'mirror' }, 0.25, 1.25), BLUE);
    expectColor(sampled({ nearest: true, wrapS: 'clamp' }, 7, 0.25), GREEN);
    expectColor(sampled({ nearest: true, wrapS: 'clamp' }, -7, 0.75), BLUE);
    expectColor(sampled({ nearest: true, wrapT: 'clamp' }, 0.25, 9), BLUE);
    // Bilinear at the seam: repeat meets the opposite edge, the others stay at their own.
    expectColor(sampled({}, 0, 0.25), [0.5, 0.5, 0]);
    expectColor(sampled({ wrapS: 'clamp' }, 0, 0.25), RED);
    expectColor(sampled({ wrapS: 'mirror' }, 0, 0.25), RED);
    expectColor(sampled({ wrapS: 'mirror' }, 2, 0.25), RED);
    expectColor(sampled({ wrapS: 'mirror' }, 1, 0.25), GREEN);
  });

  it('follows KHR_texture_transform', () => {
    // u' = v, v' = 1 - u: turned by a quarter.
    kernel.loadScene(square({ nearest: true, transform: [0, 1, 0, -1, 0, 1] }, FOUR));
    expectColor(seenAt(0.25, 0.25), BLUE);
    expectColor(seenAt(0.75, 0.25), RED);
  });

  it('of colour is decoded from sRGB, and multiplied by factor and vertex colour', () => {
    const grey = image(1, 1, [128, 188, 10, 255]);
    kernel.loadScene(square({}, grey));
    const linear = (byte: number) => {
      const c = byte / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    expectColor(seenAt(0.5, 0.5), [linear(128), linear(188), linear(10)]);
    const scene = square({}, grey, { baseColor: [0.5, 1, 2, 1] });
    const colors = Float32Array.from({ length: 16 }, (_, i) => [0.5, 0.25, 1, 1][i % 4] ?? 0);
    kernel.loadScene({ ...scene, colors });
    expectColor(seenAt(0.5, 0.5), [linear(128) / 4, linear(188) / 4, linear(10) * 2]);
  });

  it('uses the second uv set where it says so', () => {
    const scene = square({ nearest: true, texCoord: 1 }, FOUR);
    kernel.loadScene({ ...scene, uv1: Float32Array.from({ length: 8 }, (_, i) => (i % 2 ? 0.75 : 0.25)) });
    expectColor(seenAt(0.75, 0.25), BLUE);
  });

  it('of emission shines with the factor, decoded from sRGB', () => {
    const scene = square({ nearest: true }, FOUR, {
      unlit: false,
      baseColorTexture: -1,
      emissiveTexture: 0,
      emissive: [2, 3, 4],
    });
    kernel.loadScene(scene);
    expectColor(seenAt(0.75, 0.75), [2, 3, 4]);
    expectColor(seenAt(0.25, 0.75), [0, 0, 4]);
  });

  it('gives roughness by its green and metalness by its blue', () => {
    kernel.setEnvironment([1, 1, 1]);
    const base = [0.5, 0.5, 0.5, 1] as const;
    const mirror = square({ nearest: true }, image(2, 1, [0, 0, 255, 255, 0, 0, 0, 255]), {
      unlit: false,
      baseColorTexture: -1,
      baseColor: base,
      metallic: 1,
      metallicRoughnessTexture: 0,
    });
    kernel.loadScene(mirror);
    const at = (u: number) =>
      meanRadiance(kernel, cameraDownOn(u, 0.5), { side: 8, samples: 64, bounces: 1 })[0];
    expect(at(0.25)).toBeCloseTo(0.5, 3);
    expect(at(0.75)).toBeCloseTo(0.04 + 0.96 * 0.5, 2);
    kernel.setEnvironment([0, 0, 0]);
  });

  it('of normals turns a mirror', () => {
    // Tilted 30 degrees towards +u: straight down becomes 60 degrees from the normal, towards +x.
    const byte = (value: number) => Math.round((value * 0.5 + 0.5) * 255);
    const tilted = image(1, 1, [byte(0.5), 128, byte(Math.sqrt(0.75)), 255]);
    const scene = square({}, tilted, {
      unlit: false,
      baseColorTexture: -1,
      metallic: 1,
      roughness: 0,
      normalTexture: 0,
    });
    // Wound so that the front faces up: a tangent along +x, v along -z.
    const mesh = new MeshBuilder()
      .quad(0, [0, 0, 1], [1, 0, 1], [1, 0, 0], [0, 0, 0])
      .quad(1, [3, 3, 3], [3, -3, 3], [3, -3, -3], [3, 3, -3]);
    const lamp = material({ emissive: [1, 2, 3], doubleSided: true });
    kernel.loadScene({
      ...mesh.scene([...scene.materials, lamp]),
      textures: scene.textures,
      images: scene.images,
    });
    expectColor(meanRadiance(kernel, cameraDownOn(0.5, 0.5), { bounces: 1, samples: 16 }), [1, 2, 3]);
    // Without strength it looks straight up, past the lamp.
    const flat = scene.materials.map((each) => ({ ...each, normalScale: 0 }));
    kernel.loadScene({ ...mesh.scene([...flat, lamp]), textures: scene.textures, images: scene.images });
    expectColor(meanRadiance(kernel, cameraDownOn(0.5, 0.5), { bounces: 1, samples: 16 }), [0, 0, 0]);
  });
});
