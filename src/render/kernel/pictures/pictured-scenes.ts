/** For tests only: a dozen small scenes, each for one thing the renderer must get right. */
import type { FlatCamera, FlatLight, FlatMaterial, FlatScene } from '../../scene/index.ts';
import { cameraAt, cornellBox, image, MeshBuilder, material, texture } from '../testing.ts';
import type { Vec } from './naive-vector.ts';

export interface PicturedScene {
  readonly title: string;
  readonly scene: FlatScene;
  readonly camera: FlatCamera;
  /** Radiance from a unit direction, and the same as the kernel takes it. */
  readonly environment: Vec;
  readonly bounces: number;
  /** How many times the samples of the others the naive tracer needs: light that it must find by chance is noisy. */
  readonly effort?: number;
  readonly lens?: { readonly radius: number; readonly focusDistance: number };
}

const DARK: Vec = [0, 0, 0];
const DAY: Vec = [0.6, 0.8, 1];
const matte = (r: number, g: number, b: number) =>
  material({ baseColor: [r, g, b, 1], ior: 1, doubleSided: true });
const metal = (roughness: number) =>
  material({ baseColor: [0.95, 0.7, 0.4, 1], metallic: 1, roughness, doubleSided: true });
const plastic = (roughness: number) =>
  material({ baseColor: [0.2, 0.4, 0.8, 1], roughness, doubleSided: true });
const lamp = (r: number, g: number, b: number) =>
  material({ baseColor: [0, 0, 0, 1], ior: 1, emissive: [r, g, b], doubleSided: true });

const clear = (r: number, g: number, b: number, volume?: FlatMaterial['volume']) =>
  material({
    baseColor: [r, g, b, 1],
    ...{ transmission: 1, roughness: 0, ior: 1.5, doubleSided: true },
    ...(volume && { volume }),
  });

const front = cameraAt([0, 1.2, 4], [0, 0.6, 0], 0.7);

function floor(): MeshBuilder {
  return new MeshBuilder().quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3]);
}

function floorAndBoxes(): MeshBuilder {
  return floor().box(1, [-0.7, 0.5, 0], [0.5, 0.5, 0.5], [0.8, 0.6]).box(2, [0.8, 0.4, 0.3], [0.4, 0.4, 0.4]);
}

const light = (changes: Partial<FlatLight>): FlatLight => ({
  name: 'light',
  intensity: [6, 5, 4],
  position: [0.2, 2.2, 1],
  direction: [0, -1, 0],
  kind: 'point',
  range: Number.POSITIVE_INFINITY,
  innerConeAngle: 0,
  outerConeAngle: Math.PI / 4,
  ...changes,
});

const lit = (title: string, ...lights: readonly FlatLight[]): PicturedScene => ({
  title,
  scene: floorAndBoxes().scene([matte(0.7, 0.7, 0.7), matte(0.8, 0.3, 0.2), plastic(0.6)], { lights }),
  ...{ camera: front, environment: DARK, bounces: 2 },
});

/** Two by two texels, one of them not there. */
const chequer = image(2, 2, [200, 40, 40, 255, 40, 200, 40, 255, 40, 40, 200, 0, 220, 220, 220, 255]);

function card(alphaMode: 'mask' | 'blend', alpha: number): FlatScene {
  const cut = material({
    ...matte(1, 1, 1),
    ...{ alphaMode, baseColor: [1, 1, 1, alpha], baseColorTexture: 0, alphaCutoff: 0.5 },
  });
  return floor()
    .quad(1, [-0.9, 0.1, 0.3], [0.9, 0.1, 0.3], [0.9, 1.7, -0.3], [-0.9, 1.7, -0.3])
    .scene([matte(0.7, 0.7, 0.7), cut], {
      textures: [texture(0, { nearest: true, wrapS: 'mirror', transform: [3, 0, 0.25, 0, 2, 0] })],
      images: [chequer],
      lights: [light({ kind: 'directional', direction: [0.6, -0.64, -0.48], intensity: [2, 2, 2] })],
    });
}

function coloured(): FlatScene {
  const mesh = floorAndBoxes();
  const colors = Float32Array.from({ length: (mesh.positions.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 1 : 0.25 + 0.75 * ((i * 7) % 5) * 0.25,
  );
  return mesh.scene([matte(0.8, 0.8, 0.8), matte(0.9, 0.9, 0.9), plastic(0.8)], { colors });
}

/** A wedge standing seven times, turned, stretched and mirrored. */
function copies(): FlatScene {
  const mesh = floor();
  const firstTriangle = mesh.indices.length / 3;
  mesh.triangle(1, [-0.4, 0, 0.3], [0.4, 0, 0.3], [0, 0.9, 0]);
  mesh.triangle(1, [0.4, 0, 0.3], [0, 0, -0.5], [0, 0.9, 0]);
  mesh.triangle(2, [0, 0, -0.5], [-0.4, 0, 0.3], [0, 0.9, 0]);
  const triangleCount = mesh.indices.length / 3 - firstTriangle;
  const places = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5].map((x, i) => {
    const [cos, sin] = i % 2 === 0 ? [0.8, 0.6] : [0.28, -0.96];
    const [sx, sy] = [i % 3 === 0 ? -0.7 : 0.7, 0.6 + 0.2 * i];
    return [cos * sx, 0, sin * 0.7, x, 0, sy, 0, 0, -sin * sx, 0, cos * 0.7, (i % 2) * 0.8 - 0.4];
  });
  return mesh.scene([matte(0.6, 0.6, 0.6), matte(0.8, 0.5, 0.2), metal(0.5)], {
    meshes: [{ firstTriangle, triangleCount }],
    instanceMeshes: Uint32Array.from(places, () => 0),
    instanceTransforms: Float32Array.from(places.flat()),
  });
}

export const PICTURED_SCENES: readonly PicturedScene[] = [
  {
    title: 'a closed box, light only from its lamp',
    scene: withLargeLamp(),
    ...{ camera: cameraAt([0, 1, 3.8], [0, 1, 0], 0.69), environment: DARK, bounces: 3, effort: 2 },
  },
  {
    title: 'matte blocks in the open',
    scene: floorAndBoxes().scene([matte(0.7, 0.7, 0.7), matte(0.8, 0.2, 0.1), matte(0.1, 0.3, 0.8)]),
    ...{ camera: front, environment: DAY, bounces: 5 },
  },
  {
    title: 'polished metal between rough metal',
    scene: floorAndBoxes().scene([metal(0.9), metal(0.45), metal(0.6)]),
    ...{ camera: front, environment: DAY, bounces: 4, effort: 2 },
  },
  {
    title: 'plastic, dull and shiny',
    scene: floorAndBoxes().scene([plastic(1), plastic(0.5), plastic(0.7)]),
    ...{ camera: front, environment: DAY, bounces: 4 },
  },
  {
    title: 'two lamps and no sky',
    scene: floorAndBoxes()
      .quad(3, [-3, 3, 2], [-3, 3, -2], [-0.5, 2, -2], [-0.5, 2, 2])
      .quad(4, [0.5, 1.6, 2], [0.5, 1.6, -2], [3, 3, -2], [3, 3, 2])
      .scene([matte(0.7, 0.7, 0.7), plastic(0.5), metal(0.6), lamp(6, 5, 2), lamp(1, 2, 6)]),
    ...{ camera: front, environment: DARK, bounces: 3, effort: 4 },
  },
  lit('a point light', light({})),
  lit(
    'a spot beside the sun',
    light({ kind: 'spot', innerConeAngle: 0.2, outerConeAngle: 0.5, position: [-0.6, 2.5, 1], range: 9 }),
    light({ kind: 'directional', direction: [-0.48, -0.8, -0.36], intensity: [0.5, 0.6, 0.8] }),
  ),
  { title: 'a card with holes', scene: card('mask', 1), camera: front, environment: DAY, bounces: 2 },
  { title: 'a veil', scene: card('blend', 0.6), camera: front, environment: DAY, bounces: 2 },
  { title: 'colours at the corners', scene: coloured(), camera: front, environment: DAY, bounces: 3 },
  {
    title: 'out of focus',
    scene: floorAndBoxes().scene([matte(0.7, 0.7, 0.7), matte(0.8, 0.2, 0.1), matte(0.1, 0.3, 0.8)]),
    ...{ camera: front, environment: DAY, bounces: 2, lens: { radius: 0.5, focusDistance: 3 } },
  },
  {
    title: 'a block of green glass before a pane of red',
    scene: floor()
      .box(1, [-0.6, 0.6, 0], [0.5, 0.55, 0.5], [0.8, 0.6])
      .quad(2, [0.1, 0.1, 0.6], [1.1, 0.1, 0.4], [1.1, 1.5, 0.4], [0.1, 1.5, 0.6])
      .scene([
        matte(0.7, 0.7, 0.7),
        clear(1, 1, 1, { attenuationDistance: 0.8, attenuationColor: [0.3, 0.9, 0.4], dispersion: 0 }),
        clear(0.9, 0.3, 0.2),
      ]),
    ...{ camera: front, environment: DAY, bounces: 8 },
  },
  { title: 'one wedge many times', scene: copies(), camera: front, environment: DAY, bounces: 3 },
  {
    title: 'from far away, without perspective',
    scene: coloured(),
    camera: { ...front, projection: { kind: 'orthographic', ymag: 1.4 } },
    ...{ environment: DAY, bounces: 2 },
  },
];

/** The naive tracer finds a lamp by chance: the classic box with a lamp that is most of the ceiling. */
function withLargeLamp(): FlatScene {
  const box = cornellBox();
  const positions = box.positions.map((value, i) => {
    const isLamp = Math.abs((box.positions[i - (i % 3) + 1] ?? 0) - 1.99) < 1e-6;
    return isLamp && i % 3 !== 1 ? value * 3 : value;
  });
  const materials = box.materials.map((one) => ({
    ...one,
    emissive: [one.emissive[0] / 5, one.emissive[1] / 5, one.emissive[2] / 5] as const,
    ...(one.metallic > 0 && { roughness: 0.5 }),
    doubleSided: true,
  }));
  return { ...box, positions, materials };
}
