/** Valid scenes for the tests of their bytes. */
import { seededRandom, uniform } from '../../../runtime/index.ts';
import type { FlatCamera, FlatLight, FlatMaterial, FlatScene, FlatTexture, WrapMode } from '../format.ts';
import { needsTangents } from '../tangent-space.ts';

const WRAPS: readonly WrapMode[] = ['repeat', 'mirror', 'clamp'];

const KINDS = ['point', 'spot', 'directional'] as const;

/** A valid scene of any shape: with and without tangents, colours, a second uv set, textures. */
export function randomScene(seed: number): FlatScene {
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(uniform(random) * bound);
  const floats = (length: number) => Float32Array.from({ length }, () => 20 * uniform(random) - 10);
  const triangles = 1 + below(40);
  const vertices = 3 + below(3 * triangles - 2);
  const imageCount = below(3);
  const images = Array.from({ length: imageCount }, (_, i) => {
    const [width, height] = [1 + below(5), 1 + below(5)];
    return {
      ...{ name: `image ${i} é`, width, height },
      encoding: 'rgba' as const,
      bytes: random.bytes(4 * width * height),
    };
  });
  const texture = (): FlatTexture => ({
    image: below(imageCount),
    wrapS: WRAPS[below(3)] ?? 'repeat',
    wrapT: WRAPS[below(3)] ?? 'repeat',
    nearest: below(2) === 1,
    texCoord: below(2),
    transform: [uniform(random), 0.1, 0, 0, 1, -3],
  });
  const textures = imageCount === 0 ? [] : Array.from({ length: 1 + below(4) }, texture);
  const anyTexture = (): number => below(textures.length + 1) - 1;
  const material = (_: unknown, i: number): FlatMaterial => ({
    name: `material ${i}`,
    baseColor: [uniform(random), 1, 0, 0.5],
    baseColorTexture: anyTexture(),
    metallic: uniform(random),
    roughness: uniform(random),
    metallicRoughnessTexture: anyTexture(),
    emissive: below(2) === 1 ? [below(100), 0, 0.25] : [0, 0, 0],
    emissiveTexture: anyTexture(),
    normalTexture: anyTexture(),
    normalScale: 1.5,
    alphaMode: 'mask',
    alphaCutoff: 0.5,
    doubleSided: below(2) === 1,
    unlit: below(4) === 1,
    ior: 1.45,
    transmission: 0.5,
    transmissionTexture: anyTexture(),
    ...layers(),
  });
  const unit = (): [number, number, number] => [uniform(random), uniform(random), uniform(random)];
  const endless = (): number => (below(2) === 1 ? Number.POSITIVE_INFINITY : 1 + below(9));
  const sometimes = <T>(layer: T): T | Record<string, never> => (below(2) === 1 ? layer : {});
  const layers = () => ({
    ...sometimes({
      volume: { attenuationDistance: endless(), attenuationColor: [0.5, 1, 0.25], dispersion: below(3) },
    } as const),
    ...sometimes({
      specular: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        color: [below(3), 1, 0.5],
        colorTexture: anyTexture(),
      },
    } as const),
    ...sometimes({
      clearcoat: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        roughness: uniform(random),
        roughnessTexture: anyTexture(),
        normalTexture: anyTexture(),
        normalScale: 0.5,
      },
    }),
    ...sometimes({
      sheen: {
        color: unit(),
        colorTexture: anyTexture(),
        roughness: uniform(random),
        roughnessTexture: anyTexture(),
      },
    }),
    ...sometimes({
      anisotropy: { strength: uniform(random), rotation: -3, texture: anyTexture() },
    }),
    ...sometimes({
      iridescence: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        ior: 1.3,
        thicknessMinimum: 100,
        thicknessMaximum: below(900),
        thicknessTexture: anyTexture(),
      },
    }),
    ...sometimes({
      diffuseTransmission: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        color: unit(),
        colorTexture: anyTexture(),
      },
    }),
  });
  const light = (_: unknown, i: number): FlatLight => ({
    name: `light ${i}`,
    kind: KINDS[i] ?? 'point',
    intensity: [below(1000), 0.5, 0],
    position: unit(),
    direction: [0, 0.6, -0.8],
    range: endless(),
    innerConeAngle: 0.25 * uniform(random),
    outerConeAngle: 0.5,
  });
  const materials = Array.from({ length: 1 + below(4) }, material);
  const camera: FlatCamera = {
    name: 'Whole scene',
    position: [1, 2, 3],
    right: [1, 0, 0],
    up: [0, 1, 0],
    back: [0, 0, 1],
    projection: below(2) === 1 ? { kind: 'perspective', yfov: 0.7 } : { kind: 'orthographic', ymag: 2 },
  };
  return {
    positions: floats(3 * vertices),
    normals: floats(3 * vertices),
    tangents: materials.some(needsTangents) ? floats(4 * vertices) : new Float32Array(),
    colors: below(2) === 1 ? floats(4 * vertices) : new Float32Array(),
    uv0: floats(2 * vertices),
    uv1: textures.some(({ texCoord }) => texCoord === 1) ? floats(2 * vertices) : new Float32Array(),
    indices: Uint32Array.from({ length: 3 * triangles }, () => below(vertices)),
    triangleMaterials: Uint32Array.from({ length: triangles }, () => below(materials.length)),
    ...randomInstances(triangles, materials, below),
    lights: Array.from({ length: below(4) }, light),
    materials,
    textures,
    images,
    cameras: [camera],
    bounds: { min: [-10, -10, -10], max: [10, 10, 10] },
    warnings: ['morph targets are shown at rest'],
  };
}

export const LAMP: FlatLight = {
  name: 'lamp',
  kind: 'spot',
  intensity: [1, 1, 1],
  position: [0, 0, 0],
  direction: [0, 0, -1],
  range: Number.POSITIVE_INFINITY,
  innerConeAngle: 0,
  outerConeAngle: 0.5,
};

/** Some of the triangles in meshes, unless there is a material that emits. */
function randomInstances(
  triangles: number,
  materials: readonly FlatMaterial[],
  below: (limit: number) => number,
): Pick<FlatScene, 'meshes' | 'instanceMeshes' | 'instanceTransforms'> {
  const isDark = materials.every(({ unlit, emissive }) => !unlit && emissive.every((value) => value === 0));
  const meshes = isDark ? Math.min(below(3), triangles) : 0;
  const count = meshes > 0 ? below(5) : 0;
  return {
    meshes: Array.from({ length: meshes }, (_, i) => ({
      firstTriangle: triangles - meshes + i,
      triangleCount: 1,
    })),
    instanceMeshes: Uint32Array.from({ length: count }, () => below(meshes)),
    instanceTransforms: Float32Array.from(
      { length: 12 * count },
      (_, i) => (i % 4 === Math.floor((i % 12) / 4) ? 1 + below(3) : 0) + (i % 4 === 3 ? below(9) : 0),
    ),
  };
}
