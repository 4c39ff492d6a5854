/** For tests only: a material with nothing to it, which tests of scenes, kernel and page change where they must. */
import type { FlatMaterial } from './format.ts';

export const PLAIN_MATERIAL: FlatMaterial = {
  name: 'plain',
  baseColor: [1, 1, 1, 1],
  baseColorTexture: -1,
  metallic: 0,
  roughness: 1,
  metallicRoughnessTexture: -1,
  emissive: [0, 0, 0],
  emissiveTexture: -1,
  normalTexture: -1,
  normalScale: 1,
  alphaMode: 'opaque',
  alphaCutoff: 0.5,
  doubleSided: false,
  unlit: false,
  ior: 1.5,
  transmission: 0,
  transmissionTexture: -1,
};
