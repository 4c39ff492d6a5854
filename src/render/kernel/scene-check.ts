/**
 * A scene may come from another tab, so nothing in it is believed: lengths, indices and numbers are checked here, before a
 * byte reaches the kernel, whose own code then needs no bounds checks.
 */
import { emits, isPlacement, MAX_INSTANCES } from '../placement.ts';
import type { FlatMaterial, FlatScene, FlatTexture } from '../scene/index.ts';
import { KernelError } from './errors.ts';
import { checkLayers } from './layer-check.ts';
import { checkLights } from './light-tables.ts';

/** Edge of an image in texels: what 32-bit arithmetic on texel numbers allows with room to spare. */
const MAX_IMAGE_SIDE = 16_384;
/** The hierarchy numbers triangles in 31 bits; the memory ends much earlier. */
const MAX_TRIANGLES = 2 ** 27;

function refuse(what: string): never {
  throw new KernelError('invalid-scene', `the scene is damaged: ${what}`);
}

function checkLength(name: string, array: ArrayLike<number>, length: number, isOptional: boolean): void {
  if (isOptional && array.length === 0) return;
  if (array.length !== length) refuse(`${name} has ${array.length} numbers, not ${length}`);
}

function checkBelow(name: string, values: Uint32Array, limit: number): void {
  // A plain loop: this runs over millions of indices.
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined || value >= limit) {
      refuse(`${name} ${value} at ${i} is out of range (there are ${limit})`);
    }
  }
}

function checkReference(name: string, value: number, count: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value >= count) {
    refuse(`${name} ${value} is out of range (there are ${count})`);
  }
}

function checkNumber(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) refuse(`${name} is ${value}, not within ${low}..${high}`);
}

/** Factors above this overflow single precision within a few bounces. */
const LARGEST = 1e15;

function checkMaterial(material: FlatMaterial, textures: number): void {
  const of = `material ${material.name}`;
  for (const value of material.baseColor) checkNumber(`base colour of ${of}`, value, 0, LARGEST);
  for (const value of material.emissive) checkNumber(`emission of ${of}`, value, 0, LARGEST);
  checkNumber(`metalness of ${of}`, material.metallic, 0, 1);
  checkNumber(`roughness of ${of}`, material.roughness, 0, 1);
  checkNumber(`normal scale of ${of}`, material.normalScale, -LARGEST, LARGEST);
  checkNumber(`alpha cutoff of ${of}`, material.alphaCutoff, -LARGEST, LARGEST);
  checkNumber(`index of refraction of ${of}`, material.ior, 0, LARGEST);
  checkNumber(`transmission of ${of}`, material.transmission, 0, 1);
  for (const texture of [
    material.baseColorTexture,
    material.metallicRoughnessTexture,
    material.emissiveTexture,
    material.normalTexture,
  ]) {
    checkReference(`texture of ${of}`, texture, textures, -1);
  }
  checkLayers(material, of, {
    number: checkNumber,
    texture: (index) => checkReference(`texture of ${of}`, index, textures, -1),
  });
}

function checkTexture(texture: FlatTexture, images: number): void {
  checkReference('image of a texture', texture.image, images, 0);
  checkReference('uv set of a texture', texture.texCoord, 2, 0);
  if (texture.transform.length !== 6) refuse('a texture transform has not six numbers');
  for (const value of texture.transform) checkNumber('a texture transform', value, -LARGEST, LARGEST);
}

function checkInstances(scene: FlatScene): void {
  const { meshes, instanceMeshes, instanceTransforms, materials } = scene;
  const triangles = scene.indices.length / 3;
  let end = meshes[0]?.firstTriangle ?? triangles;
  checkReference('first triangle of a mesh', end, triangles + 1, 0);
  const first = end;
  meshes.forEach(({ firstTriangle, triangleCount }, i) => {
    checkReference(`number of triangles of mesh ${i}`, triangleCount, triangles - end + 1, 0);
    if (firstTriangle !== end) refuse(`mesh ${i} begins at triangle ${firstTriangle}, not ${end}`);
    end += triangleCount;
  });
  if (end !== triangles) refuse(`triangle ${end} is behind all meshes`);
  if (instanceMeshes.length > MAX_INSTANCES) {
    const most = `${MAX_INSTANCES} are the most a 32-bit kernel can hold`;
    throw new KernelError('out-of-memory', `the scene has ${instanceMeshes.length} instances; ${most}`);
  }
  checkBelow('mesh of an instance', instanceMeshes, meshes.length);
  checkLength('instanceTransforms', instanceTransforms, 12 * instanceMeshes.length, false);
  for (let i = 0; i < instanceMeshes.length; i++) {
    if (!isPlacement(instanceTransforms, 12 * i)) refuse(`instance ${i} is placed by a singular matrix`);
  }
  const emitters = materials.map(emits);
  if (first < triangles && emitters.includes(true)) {
    for (let i = first; i < triangles; i++) {
      if (emitters[scene.triangleMaterials[i] ?? 0]) refuse(`triangle ${i} of a mesh emits`);
    }
  }
}

/** @throws KernelError `invalid-scene`, `out-of-memory` */
export function checkScene(scene: FlatScene): void {
  if (scene.positions.length % 3 !== 0) refuse('positions do not come in threes');
  if (scene.indices.length % 3 !== 0) refuse('indices do not come in threes');
  const vertices = scene.positions.length / 3;
  const triangles = scene.indices.length / 3;
  if (triangles > MAX_TRIANGLES) {
    throw new KernelError(
      'out-of-memory',
      `the scene has ${triangles} triangles; ${MAX_TRIANGLES} are the most a 32-bit kernel can hold`,
    );
  }
  checkLength('normals', scene.normals, vertices * 3, false);
  checkLength('tangents', scene.tangents, vertices * 4, true);
  checkLength('colors', scene.colors, vertices * 4, true);
  checkLength('uv0', scene.uv0, vertices * 2, true);
  checkLength('uv1', scene.uv1, vertices * 2, true);
  checkLength('triangleMaterials', scene.triangleMaterials, triangles, false);
  checkBelow('vertex', scene.indices, vertices);
  checkBelow('material', scene.triangleMaterials, scene.materials.length);
  checkInstances(scene);
  for (const material of scene.materials) checkMaterial(material, scene.textures.length);
  for (const texture of scene.textures) checkTexture(texture, scene.images.length);
  checkLights(scene.lights);
  for (const image of scene.images) {
    checkReference(`width of image ${image.name}`, image.width, MAX_IMAGE_SIDE + 1, 1);
    checkReference(`height of image ${image.name}`, image.height, MAX_IMAGE_SIDE + 1, 1);
    if (image.encoding === 'rgba') {
      checkLength(`image ${image.name}`, image.bytes, image.width * image.height * 4, false);
    }
  }
}
