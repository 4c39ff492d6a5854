/**
 * FlatScene to bytes: what is hashed, kept and sent to every Node. One scene has exactly one encoding: the manifest's
 * parts go through the same readers as in decoding, which put their fields in one order.
 */
import type { FlatScene } from '../format.ts';
import { instanceSections } from './instances.ts';
import { readCamera, readImage, readLight, readTexture, readVector3 } from './manifest.ts';
import { readMaterial } from './material-manifest.ts';
import { writeSections } from './sections.ts';

export const SCENE_MAGIC = 'LCSC';
export const SCENE_VERSION = 4;

/** The vertex and triangle arrays in the order of their sections; the instances (instances.ts) and the images' files or texels follow. */
export const ARRAY_SECTIONS = [
  'positions',
  'normals',
  'tangents',
  'colors',
  'uv0',
  'uv1',
  'indices',
  'triangleMaterials',
] as const;

/** @throws SceneError `blob-damaged` where a material, texture, light or camera breaks the format, `too-large` above 4 GiB */
export function encodeScene(scene: FlatScene): Uint8Array {
  const manifest = {
    materials: scene.materials.map((value, i) =>
      readMaterial(value, scene.textures.length, `materials[${i}]`),
    ),
    textures: scene.textures.map((value, i) => readTexture(value, scene.images.length, `textures[${i}]`)),
    images: scene.images.map((value, i) => readImage(value, `images[${i}]`)),
    lights: scene.lights.map((value, i) => readLight(value, `lights[${i}]`)),
    cameras: scene.cameras.map((value, i) => readCamera(value, `cameras[${i}]`)),
    bounds: {
      min: readVector3(scene.bounds.min, 'bounds.min'),
      max: readVector3(scene.bounds.max, 'bounds.max'),
    },
    warnings: scene.warnings,
  };
  const arrays = ARRAY_SECTIONS.map((name) => scene[name]);
  return writeSections(SCENE_MAGIC, SCENE_VERSION, manifest, [
    ...arrays,
    ...instanceSections(scene),
    ...scene.images.map(({ bytes }) => bytes),
  ]);
}
