/**
 * Bytes to FlatScene. They come from another Node, so everything is checked: lengths against each other, every index,
 * every number for being finite, every enumeration. What passes is safe to give to the kernel.
 */
import { CheckedJson } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { FlatImage, FlatScene } from '../format.ts';
import { MAX_LIGHTS, MAX_TEXELS, MAX_TRIANGLES } from '../limits.ts';
import { needsTangents } from '../tangent-space.ts';
import { ARRAY_SECTIONS, SCENE_MAGIC, SCENE_VERSION } from './encode-scene.ts';
import { INSTANCE_SECTIONS, readInstances } from './instances.ts';
import { readCamera, readImage, readLight, readTexture, readVector3 } from './manifest.ts';
import { readMaterial } from './material-manifest.ts';
import { readSections, viewFloat32, viewUint32 } from './sections.ts';

/** Images in one scene, far above what files have; bounds the section table. */
const MAX_IMAGES = 65_536;

const json = new CheckedJson('blob-damaged');

/** The arrays are views of `bytes` where alignment allows it: leave the bytes alone. @throws SceneError `blob-damaged` */
export function decodeScene(bytes: Uint8Array): FlatScene {
  const { manifest, sections } = readSections(bytes, SCENE_MAGIC, SCENE_VERSION, MAX_IMAGES);
  const parts = json.object(manifest, 'manifest');
  const { images: imageDefs, textures: textureDefs, materials: materialDefs } = parts;
  const { lights: lightDefs, cameras: cameraDefs, bounds, warnings } = parts;
  const imageList = json.list(imageDefs, 'images');
  const imagesFrom = ARRAY_SECTIONS.length + INSTANCE_SECTIONS;
  if (sections.length !== imagesFrom + imageList.length) {
    throw damaged('sections', `has ${sections.length}, should have ${imagesFrom} and one an image`);
  }
  const geometry = readGeometry(sections);
  const images = readImages(imageList, sections.slice(imagesFrom));
  const textures = json
    .list(textureDefs, 'textures')
    .map((value, i) => readTexture(value, images.length, `textures[${i}]`));
  const materials = json
    .list(materialDefs, 'materials')
    .map((value, i) => readMaterial(value, textures.length, `materials[${i}]`));
  requireBelow(geometry.triangleMaterials, materials.length, 'triangleMaterials');
  if (materials.some(needsTangents) && geometry.tangents.length === 0) {
    throw damaged('tangents', 'are missing though a material has a normal map or anisotropy');
  }
  if (textures.some(({ texCoord }) => texCoord === 1) && geometry.uv1.length === 0) {
    throw damaged('uv1', 'is missing though a texture uses it');
  }
  const lights = json.list(lightDefs, 'lights').map((value, i) => readLight(value, `lights[${i}]`));
  if (lights.length > MAX_LIGHTS) throw damaged('lights', `has ${lights.length}`);
  const cameras = json.list(cameraDefs, 'cameras').map((value, i) => readCamera(value, `cameras[${i}]`));
  if (cameras.length === 0) throw damaged('cameras', 'has none');
  const { min, max } = json.object(bounds, 'bounds');
  return {
    ...geometry,
    ...readInstances(
      sections.slice(ARRAY_SECTIONS.length, imagesFrom),
      geometry.triangleMaterials,
      materials,
    ),
    lights,
    materials,
    textures,
    images,
    cameras,
    bounds: { min: readVector3(min, 'bounds.min'), max: readVector3(max, 'bounds.max') },
    warnings: json.list(warnings, 'warnings').map((value, i) => json.text(value, `warnings[${i}]`)),
  };
}

type Geometry = Pick<FlatScene, (typeof ARRAY_SECTIONS)[number]>;

function readGeometry(sections: readonly Uint8Array[]): Geometry {
  const section = (name: (typeof ARRAY_SECTIONS)[number]): Uint8Array => {
    const bytes = sections[ARRAY_SECTIONS.indexOf(name)] ?? new Uint8Array();
    if (bytes.length % 4 !== 0) throw damaged(name, `has ${bytes.length} bytes, no multiple of 4`);
    return bytes;
  };
  const vertices = section('positions').length / 12;
  const triangles = section('indices').length / 12;
  if (triangles < 1 || triangles > MAX_TRIANGLES) throw damaged('indices', `has ${triangles} triangles`);
  if (vertices > 3 * triangles) throw damaged('positions', `has ${vertices} vertices, more than are used`);
  const floats = (name: (typeof ARRAY_SECTIONS)[number], components: number, optional = false) => {
    const values = viewFloat32(section(name));
    if (!(optional && values.length === 0) && values.length !== vertices * components) {
      throw damaged(name, `has ${values.length} numbers for ${vertices} vertices`);
    }
    requireFinite(values, name);
    return values;
  };
  const indices = viewUint32(section('indices'));
  requireBelow(indices, vertices, 'indices');
  const triangleMaterials = viewUint32(section('triangleMaterials'));
  if (triangleMaterials.length !== triangles) {
    throw damaged('triangleMaterials', `has ${triangleMaterials.length} entries for ${triangles} triangles`);
  }
  return {
    positions: floats('positions', 3),
    normals: floats('normals', 3),
    tangents: floats('tangents', 4, true),
    colors: floats('colors', 4, true),
    uv0: floats('uv0', 2, true),
    uv1: floats('uv1', 2, true),
    indices,
    triangleMaterials,
  };
}

/** A picture's file is looked into where it is decoded; here only what it claims is checked. */
function readImages(defs: readonly unknown[], sections: readonly Uint8Array[]): FlatImage[] {
  let texels = 0;
  return sections.map((bytes, i) => {
    const part = `images[${i}]`;
    const image = readImage(defs[i], part);
    const { width, height, encoding } = image;
    if (encoding === 'rgba' && bytes.length !== 4 * width * height) {
      throw damaged(part, `has ${bytes.length} bytes for ${width} x ${height} texels`);
    }
    texels += width * height;
    if (texels > MAX_TEXELS) throw damaged(part, 'has too many texels');
    return { ...image, bytes };
  });
}

function requireFinite(values: Float32Array, name: string): void {
  // A sum of finite f32 in double precision cannot overflow below 2^900 terms; NaN and infinity stick to it.
  let sum = 0;
  // Indexed: an iterator over millions of numbers takes several times as long.
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  if (!Number.isFinite(sum)) throw damaged(name, 'has a number that is not finite');
}

function requireBelow(values: Uint32Array, limit: number, name: string): void {
  let largest = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value > largest) largest = value;
  }
  if (largest >= limit) throw damaged(name, `names entry ${largest} of ${limit}`);
}

function damaged(part: string, reason: string): SceneError {
  return new SceneError('blob-damaged', part, reason);
}
