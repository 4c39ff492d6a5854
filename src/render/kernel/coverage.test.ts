import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatMaterial } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { cameraDownOn, freshKernel, image, MeshBuilder, material, meanRadiance, texture } from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
  kernel.setEnvironment([0, 0, 0]);
});

const BELOW = material({ unlit: true, baseColor: [0, 0, 4, 1] });
const down = cameraDownOn(0, 0);

/** A sheet at half height over a floor that glows blue; seen from above. */
function sheetOver(sheet: Partial<FlatMaterial>, picture?: readonly number[]): void {
  const mesh = new MeshBuilder()
    .quad(0, [-1, 0.5, 1], [1, 0.5, 1], [1, 0.5, -1], [-1, 0.5, -1])
    .quad(1, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1]);
  const over = material({ unlit: true, ...sheet, baseColorTexture: picture ? 0 : -1 });
  kernel.loadScene(
    mesh.scene([over, BELOW], {
      images: picture ? [image(2, 1, picture)] : [],
      textures: picture ? [texture(0, { nearest: true })] : [],
    }),
  );
}

const seen = (camera = down, samples = 1024) => meanRadiance(kernel, camera, { bounces: 2, samples });

describe('coverage', () => {
  it('of a blended sheet mixes what is in front with what is behind', () => {
    sheetOver({ baseColor: [4, 0, 0, 0.25], alphaMode: 'blend' });
    const [r, , b] = seen();
    expect(r).toBeCloseTo(1, 1.7);
    expect(b).toBeCloseTo(3, 1.7);
  });

  it('of an opaque material ignores alpha', () => {
    sheetOver({ baseColor: [4, 0, 0, 0.25] });
    expect(seen(down, 4)).toEqual([4, 0, 0]);
  });

  it('of a mask is all or nothing, per texel', () => {
    sheetOver({ alphaMode: 'mask', alphaCutoff: 0.5 }, [255, 0, 0, 200, 255, 0, 0, 100]);
    expect(seen(cameraDownOn(-0.5, 0), 4)).toEqual([1, 0, 0]);
    expect(seen(cameraDownOn(0.5, 0), 4)).toEqual([0, 0, 4]);
  });

  it('lets light through to what lies in the shade', () => {
    const lit = (sheet: Partial<FlatMaterial>): number => {
      const mesh = new MeshBuilder()
        .quad(0, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1])
        .quad(1, [-0.5, 3, -0.5], [0.5, 3, -0.5], [0.5, 3, 0.5], [-0.5, 3, 0.5])
        .quad(2, [-2, 2, 2], [2, 2, 2], [2, 2, -2], [-2, 2, -2])
        .quad(2, [-2, 2.2, 2], [2, 2.2, 2], [2, 2.2, -2], [-2, 2.2, -2]);
      kernel.loadScene(
        mesh.scene([
          material({ ior: 1 }),
          material({ emissive: [9, 9, 9] }),
          material({ baseColor: [0, 0, 0, 1], ior: 1, doubleSided: true, ...sheet }),
        ]),
      );
      return seen()[0];
    };
    const bare = lit({ alphaMode: 'mask', baseColor: [0, 0, 0, 0] });
    expect(bare).toBeGreaterThan(0.1);
    expect(lit({})).toBe(0);
    // Two sheets: half of a half.
    expect(lit({ alphaMode: 'blend', baseColor: [0, 0, 0, 0.5] }) / bare).toBeCloseTo(0.25, 1.9);
  });

  it('of a lamp dims the light it gives as it dims the lamp', () => {
    const lit = (lamp: Partial<FlatMaterial>): number => {
      const mesh = new MeshBuilder()
        .quad(0, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1])
        .quad(1, [-0.5, 2, -0.5], [0.5, 2, -0.5], [0.5, 2, 0.5], [-0.5, 2, 0.5]);
      kernel.loadScene(mesh.scene([material({ ior: 1 }), material({ emissive: [9, 9, 9], ...lamp })]));
      return meanRadiance(kernel, down, { bounces: 1, samples: 1024 })[0];
    };
    const full = lit({ baseColor: [0, 0, 0, 1] });
    expect(lit({ baseColor: [0, 0, 0, 0.5], alphaMode: 'blend' }) / full).toBeCloseTo(0.5, 1.9);
  });

  it('ends even where hundreds of sheets are in the way', () => {
    const mesh = new MeshBuilder();
    for (let i = 0; i < 300; i++) {
      const y = i / 400;
      mesh.quad(0, [-1, y, 1], [1, y, 1], [1, y, -1], [-1, y, -1]);
    }
    kernel.loadScene(mesh.scene([material({ baseColor: [1, 1, 1, 0], alphaMode: 'blend' })]));
    expect(seen(down, 4)).toEqual([0, 0, 0]);
  });
});

describe('sides', () => {
  const quadUp = (): MeshBuilder => new MeshBuilder().quad(0, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1]);
  const quadDown = (): MeshBuilder =>
    new MeshBuilder().quad(0, [-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]);
  const red = material({ unlit: true, baseColor: [1, 0, 0, 1] });

  it('show only the front to the camera unless the material is double sided', () => {
    kernel.setEnvironment([0, 1, 0]);
    const shown = (mesh: MeshBuilder, doubleSided: boolean) => {
      kernel.loadScene(mesh.scene([{ ...red, doubleSided }]));
      return seen(down, 4);
    };
    expect(shown(quadUp(), false)).toEqual([1, 0, 0]);
    expect(shown(quadDown(), false)).toEqual([0, 1, 0]);
    expect(shown(quadDown(), true)).toEqual([1, 0, 0]);
    kernel.setEnvironment([0, 0, 0]);
  });

  it('keep light out from both: a wall culled for the eye still casts its shadow', () => {
    const mesh = quadUp()
      .quad(1, [-0.5, 3, -0.5], [0.5, 3, -0.5], [0.5, 3, 0.5], [-0.5, 3, 0.5])
      .quad(2, [-2, 2, -2], [2, 2, -2], [2, 2, 2], [-2, 2, 2])
      .quad(2, [-2, 0.9, -2], [2, 0.9, -2], [2, 0.9, 2], [-2, 0.9, 2]);
    kernel.loadScene(
      mesh.scene([
        material(),
        material({ emissive: [9, 9, 9] }),
        material({ baseColor: [0, 0, 0, 1], ior: 1 }),
      ]),
    );
    expect(seen()).toEqual([0, 0, 0]);
  });
});
