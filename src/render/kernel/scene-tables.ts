/** Writes a checked scene into the kernel's memory, by the offsets of assembly/layout.ts. */
import { emits } from '../placement.ts';
import type { FlatImage, FlatMaterial, FlatScene, FlatTexture, WrapMode } from '../scene/index.ts';
import * as layout from './assembly/layout.ts';
import { KernelError } from './errors.ts';
import type { KernelInstance } from './instance.ts';
import { placeInstances } from './instance-tables.ts';
import { hasLayers, writeLayers } from './layer-tables.ts';
import { writeLights } from './light-tables.ts';
import { allocate, place } from './memory-tables.ts';

const WRAP: Record<WrapMode, number> = {
  repeat: layout.WRAP_REPEAT,
  mirror: layout.WRAP_MIRROR,
  clamp: layout.WRAP_CLAMP,
};

function placeOptional(kernel: KernelInstance, array: Float32Array, what: string): number {
  return array.length === 0 ? 0 : place(kernel, array, what);
}

/** Reflectance of a dielectric at normal incidence. */
function reflectanceOf(ior: number): number {
  const ratio = (ior - 1) / (ior + 1);
  return ratio * ratio;
}

function flagsOf(material: FlatMaterial): number {
  return (
    (material.doubleSided ? layout.MATERIAL_IS_DOUBLE_SIDED : 0) |
    (material.unlit ? layout.MATERIAL_IS_UNLIT : 0) |
    (material.alphaMode === 'mask' ? layout.MATERIAL_IS_MASKED : 0) |
    (material.alphaMode === 'blend' ? layout.MATERIAL_IS_BLENDED : 0) |
    (emits(material) ? layout.MATERIAL_IS_EMITTER : 0)
  );
}

function writeMaterial(to: DataView, material: FlatMaterial, textures: number): void {
  const float = (offset: number, value: number) => to.setFloat32(offset, value, true);
  const texture = (offset: number, index: number) =>
    to.setUint32(offset, index < 0 ? 0 : textures + index * layout.TEXTURE_STRIDE, true);
  material.baseColor.forEach((value, i) => {
    float(layout.MATERIAL_BASE_COLOR + 4 * i, value);
  });
  material.emissive.forEach((value, i) => {
    float(layout.MATERIAL_EMISSIVE + 4 * i, value);
  });
  float(layout.MATERIAL_METALLIC, material.metallic);
  float(layout.MATERIAL_ROUGHNESS, material.roughness);
  float(layout.MATERIAL_F0, reflectanceOf(material.ior));
  // Schlick's approximation would show a rim even where nothing refracts.
  float(layout.MATERIAL_F90, material.ior === 1 ? 0 : 1);
  float(layout.MATERIAL_TRANSMISSION, material.transmission);
  float(layout.MATERIAL_NORMAL_SCALE, material.normalScale);
  float(layout.MATERIAL_ALPHA_CUTOFF, material.alphaCutoff);
  to.setUint32(layout.MATERIAL_FLAGS, flagsOf(material), true);
  texture(layout.MATERIAL_BASE_COLOR_TEXTURE, material.baseColorTexture);
  texture(layout.MATERIAL_METALLIC_ROUGHNESS_TEXTURE, material.metallicRoughnessTexture);
  texture(layout.MATERIAL_EMISSIVE_TEXTURE, material.emissiveTexture);
  texture(layout.MATERIAL_NORMAL_TEXTURE, material.normalTexture);
}

function writeTexture(
  to: DataView,
  texture: FlatTexture,
  image: FlatImage,
  address: number,
  textureLayout: number,
): void {
  to.setUint32(layout.TEXTURE_TEXELS, address, true);
  to.setInt32(layout.TEXTURE_WIDTH, image.width, true);
  to.setInt32(layout.TEXTURE_HEIGHT, image.height, true);
  to.setUint32(layout.TEXTURE_WRAP_S, WRAP[texture.wrapS], true);
  to.setUint32(layout.TEXTURE_WRAP_T, WRAP[texture.wrapT], true);
  to.setUint32(layout.TEXTURE_NEAREST, texture.nearest ? 1 : 0, true);
  to.setUint32(layout.TEXTURE_TEXCOORD, texture.texCoord, true);
  texture.transform.forEach((value, i) => {
    to.setFloat32(layout.TEXTURE_TRANSFORM + 4 * i, value, true);
  });
  to.setUint32(layout.TEXTURE_LAYOUT, textureLayout, true);
}

/** Room for an image's texels, and where they are to be copied to. */
export interface ImagePlace {
  readonly image: FlatImage;
  readonly address: number;
}

/** Of an image in squares: see assembly/texture.ts. */
function texelBytes({ width, height }: FlatImage): number {
  return 4 * Math.ceil(width / 4) * 4 * Math.ceil(height / 4) * 4;
}

function reserveImages(kernel: KernelInstance, { images }: FlatScene): readonly ImagePlace[] {
  return images.map((image) => {
    const bytes = texelBytes(image) + layout.ARRAY_PADDING;
    return { image, address: allocate(kernel, bytes, `image ${image.name}`, 64) };
  });
}

/** After an image's texels were written, row by row. @throws KernelError `out-of-memory` */
export function arrangeTexels({ wasm }: KernelInstance, { image, address }: ImagePlace): void {
  if (wasm.arrangeTexels(address, image.width, image.height) < 0) {
    throw new KernelError('out-of-memory', `no memory for four rows of image ${image.name}`);
  }
}

/** The bytes of an image in the kernel's memory, as long as that does not grow. */
export function texelsAt(kernel: KernelInstance, { image, address }: ImagePlace): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, address, 4 * image.width * image.height);
}

function placeTextures(kernel: KernelInstance, scene: FlatScene, images: readonly ImagePlace[]): number {
  if (scene.textures.length === 0) return 0;
  const address = allocate(kernel, scene.textures.length * layout.TEXTURE_STRIDE, 'textures');
  const layouts = new Map<string, number>();
  scene.textures.forEach((texture, i) => {
    const place = images[texture.image];
    if (place === undefined) throw new KernelError('invalid-scene', `texture ${i} has no image`);
    const record = new DataView(
      kernel.memory.buffer,
      address + i * layout.TEXTURE_STRIDE,
      layout.TEXTURE_STRIDE,
    );
    const { wrapS, wrapT, texCoord, transform } = texture;
    const key = [place.image.width, place.image.height, wrapS, wrapT, texCoord, ...transform].join();
    const textureLayout = layouts.get(key) ?? layouts.size + 1;
    layouts.set(key, textureLayout);
    writeTexture(record, texture, place.image, place.address, textureLayout);
  });
  return address;
}

function placeLayers(kernel: KernelInstance, material: FlatMaterial, textures: number): number {
  if (!hasLayers(material)) return 0;
  const address = allocate(kernel, layout.LAYERS_BYTES, 'materials');
  writeLayers(new DataView(kernel.memory.buffer, address, layout.LAYERS_BYTES), material, textures);
  return address;
}

function placeMaterials(kernel: KernelInstance, scene: FlatScene, textures: number): number {
  const address = allocate(kernel, (scene.materials.length + 1) * layout.MATERIAL_STRIDE, 'materials');
  scene.materials.forEach((material, i) => {
    const at = address + i * layout.MATERIAL_STRIDE;
    const layers = placeLayers(kernel, material, textures);
    const record = new DataView(kernel.memory.buffer, at, layout.MATERIAL_STRIDE);
    writeMaterial(record, material, textures);
    record.setUint32(layout.MATERIAL_LAYERS, layers, true);
  });
  return address;
}

function placeLights(kernel: KernelInstance, { lights }: FlatScene): number {
  if (lights.length === 0) return 0;
  const bytes = lights.length * layout.LIGHT_STRIDE;
  const address = allocate(kernel, bytes, 'lights');
  writeLights(new DataView(kernel.memory.buffer, address, bytes), lights);
  return address;
}

/**
 * Copies the scene and points the scene record at the copies.
 * @returns the images' places, to be filled before anything is rendered
 * @throws KernelError `out-of-memory`
 */
export function placeScene(kernel: KernelInstance, scene: FlatScene): readonly ImagePlace[] {
  const images = reserveImages(kernel, scene);
  const textures = placeTextures(kernel, scene, images);
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [layout.SCENE_VERTEX_COUNT, scene.positions.length / 3],
    [layout.SCENE_TRIANGLE_COUNT, scene.indices.length / 3],
    [layout.SCENE_POSITIONS, place(kernel, scene.positions, 'positions')],
    [layout.SCENE_NORMALS, place(kernel, scene.normals, 'normals')],
    [layout.SCENE_TANGENTS, placeOptional(kernel, scene.tangents, 'tangents')],
    [layout.SCENE_COLORS, placeOptional(kernel, scene.colors, 'vertex colours')],
    [layout.SCENE_UV0, placeOptional(kernel, scene.uv0, 'texture coordinates')],
    [layout.SCENE_UV1, placeOptional(kernel, scene.uv1, 'texture coordinates')],
    [layout.SCENE_INDICES, place(kernel, scene.indices, 'indices')],
    [layout.SCENE_TRIANGLE_MATERIALS, place(kernel, scene.triangleMaterials, 'materials of triangles')],
    [layout.SCENE_MATERIALS, placeMaterials(kernel, scene, textures)],
    [layout.SCENE_TEXTURES, textures],
    [layout.SCENE_TEXEL_BYTES, scene.images.reduce((sum, image) => sum + texelBytes(image), 0)],
    [layout.SCENE_LIGHTS, placeLights(kernel, scene)],
    [layout.SCENE_LIGHT_COUNT, scene.lights.length],
    ...placeInstances(kernel, scene),
  ];
  const record = new DataView(kernel.memory.buffer, kernel.wasm.sceneRecord(), layout.SCENE_BYTES);
  for (const [offset, value] of fields) record.setUint32(offset, value, true);
  return images;
}
