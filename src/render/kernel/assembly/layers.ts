// What the record of a layered material says at one point of a triangle: factors times textures, "in hand" until the next
// look-up. And what is worked out of such a record once a scene.
import { prepareAlbedoTable } from './albedo';
import { writeGlassTable } from './glass';
import {
  LAYERS_ABSORPTION,
  LAYERS_ANISOTROPY,
  LAYERS_ANISOTROPY_COS,
  LAYERS_ANISOTROPY_ROTATION,
  LAYERS_ANISOTROPY_SIN,
  LAYERS_ANISOTROPY_TEXTURE,
  LAYERS_ATTENUATION_COLOR,
  LAYERS_ATTENUATION_DISTANCE,
  LAYERS_COAT_ROUGHNESS,
  LAYERS_COAT_ROUGHNESS_TEXTURE,
  LAYERS_COAT_STRENGTH,
  LAYERS_COAT_STRENGTH_TEXTURE,
  LAYERS_FILM_STRENGTH,
  LAYERS_FILM_STRENGTH_TEXTURE,
  LAYERS_FILM_THICKNESS_MAXIMUM,
  LAYERS_FILM_THICKNESS_MINIMUM,
  LAYERS_FILM_THICKNESS_TEXTURE,
  LAYERS_FLAGS,
  LAYERS_GLASS_TABLE,
  LAYERS_HAVE_ANISOTROPY,
  LAYERS_HAVE_COAT,
  LAYERS_HAVE_FILM,
  LAYERS_HAVE_SHEEN,
  LAYERS_HAVE_TRANSLUCENCY,
  LAYERS_HAVE_VOLUME,
  LAYERS_IOR,
  LAYERS_SHEEN_COLOR,
  LAYERS_SHEEN_COLOR_TEXTURE,
  LAYERS_SHEEN_ROUGHNESS,
  LAYERS_SHEEN_ROUGHNESS_TEXTURE,
  LAYERS_SPECULAR_COLOR,
  LAYERS_SPECULAR_COLOR_TEXTURE,
  LAYERS_SPECULAR_STRENGTH,
  LAYERS_SPECULAR_STRENGTH_TEXTURE,
  LAYERS_TRANSLUCENCY,
  LAYERS_TRANSLUCENCY_TEXTURE,
  LAYERS_TRANSLUCENT_COLOR,
  LAYERS_TRANSLUCENT_COLOR_TEXTURE,
  LAYERS_TRANSMISSION_TEXTURE,
  MATERIAL_LAYERS,
  MATERIAL_TRANSMISSION,
  OUT_OF_MEMORY,
} from './layout';
import { prepareSheenTable } from './sheen';
import { prepareStretchedTable } from './stretched';
import { sampleTexture } from './texture';
import { load3, mul, splat, wOf, xOf, yOf, zOf } from './vector';

export let transmission: f32 = 0;
export let specularStrength: f32 = 0;
export let specularColor: v128 = f32x4.splat(0);
export let coatStrength: f32 = 0;
export let coatRoughness: f32 = 0;
export let sheenColor: v128 = f32x4.splat(0);
export let sheenRoughness: f32 = 0;
export let anisotropy: f32 = 0;
/** Direction of the stretched highlight along tangent and bitangent; unit length where anisotropy is above 0. */
export let stretchX: f32 = 0;
export let stretchY: f32 = 0;
export let filmStrength: f32 = 0;
/** Nanometres. */
export let filmThickness: f32 = 0;

/** Share of the diffuse light that goes on behind, and its colour. */
export let translucency: f32 = 0;
export let translucentColor: v128 = f32x4.splat(0);

/** Address of the layers record, 0 for a plain material. */
export function layersOf(material: usize): usize {
  return load<usize>(material, MATERIAL_LAYERS);
}

export function haveLayers(layers: usize, flag: u32): bool {
  return (load<u32>(layers, LAYERS_FLAGS) & flag) != 0;
}

/** The texture's texel at a point, white where the slot at `offset` is empty. */
function texelOf(layers: usize, offset: usize, corners: usize, u: f32, v: f32, isSrgb: bool): v128 {
  const texture = load<usize>(layers + offset);
  return texture ? sampleTexture(texture, corners, u, v, isSrgb) : splat(1);
}

/** Takes the layers at a point in hand; `layers` is not 0. */
export function readLayers(material: usize, layers: usize, corners: usize, u: f32, v: f32): void {
  transmission = load<f32>(material, MATERIAL_TRANSMISSION);
  transmission *= xOf(texelOf(layers, LAYERS_TRANSMISSION_TEXTURE, corners, u, v, false));
  specularStrength = load<f32>(layers, LAYERS_SPECULAR_STRENGTH);
  specularStrength *= wOf(texelOf(layers, LAYERS_SPECULAR_STRENGTH_TEXTURE, corners, u, v, false));
  specularColor = load3(layers + LAYERS_SPECULAR_COLOR);
  specularColor = mul(specularColor, texelOf(layers, LAYERS_SPECULAR_COLOR_TEXTURE, corners, u, v, true));
  const flags = load<u32>(layers, LAYERS_FLAGS);
  coatStrength = 0;
  if (flags & LAYERS_HAVE_COAT) {
    coatStrength = load<f32>(layers, LAYERS_COAT_STRENGTH);
    coatStrength *= xOf(texelOf(layers, LAYERS_COAT_STRENGTH_TEXTURE, corners, u, v, false));
    coatRoughness = load<f32>(layers, LAYERS_COAT_ROUGHNESS);
    coatRoughness *= yOf(texelOf(layers, LAYERS_COAT_ROUGHNESS_TEXTURE, corners, u, v, false));
  }
  sheenColor = splat(0);
  if (flags & LAYERS_HAVE_SHEEN) {
    const color = texelOf(layers, LAYERS_SHEEN_COLOR_TEXTURE, corners, u, v, true);
    sheenColor = f32x4.pmin(splat(1), mul(load3(layers + LAYERS_SHEEN_COLOR), color));
    sheenRoughness = load<f32>(layers, LAYERS_SHEEN_ROUGHNESS);
    sheenRoughness *= wOf(texelOf(layers, LAYERS_SHEEN_ROUGHNESS_TEXTURE, corners, u, v, false));
  }
  anisotropy = 0;
  if (flags & LAYERS_HAVE_ANISOTROPY) readAnisotropy(layers, corners, u, v);
  translucency = 0;
  if (flags & LAYERS_HAVE_TRANSLUCENCY) {
    translucency = load<f32>(layers, LAYERS_TRANSLUCENCY);
    translucency *= wOf(texelOf(layers, LAYERS_TRANSLUCENCY_TEXTURE, corners, u, v, false));
    const color = texelOf(layers, LAYERS_TRANSLUCENT_COLOR_TEXTURE, corners, u, v, true);
    translucentColor = mul(load3(layers + LAYERS_TRANSLUCENT_COLOR), color);
  }
  filmStrength = 0;
  if (flags & LAYERS_HAVE_FILM) {
    filmStrength = load<f32>(layers, LAYERS_FILM_STRENGTH);
    filmStrength *= xOf(texelOf(layers, LAYERS_FILM_STRENGTH_TEXTURE, corners, u, v, false));
    const thin = load<f32>(layers, LAYERS_FILM_THICKNESS_MINIMUM);
    const thick = load<f32>(layers, LAYERS_FILM_THICKNESS_MAXIMUM);
    filmThickness = thin + (thick - thin) * yOf(texelOf(layers, LAYERS_FILM_THICKNESS_TEXTURE, corners, u, v, false));
    if (!(filmThickness > 0)) filmStrength = 0;
  }
}

function readAnisotropy(layers: usize, corners: usize, u: f32, v: f32): void {
  anisotropy = load<f32>(layers, LAYERS_ANISOTROPY);
  const cos = load<f32>(layers, LAYERS_ANISOTROPY_COS);
  const sin = load<f32>(layers, LAYERS_ANISOTROPY_SIN);
  stretchX = cos;
  stretchY = sin;
  const texture = load<usize>(layers, LAYERS_ANISOTROPY_TEXTURE);
  if (!texture) return;
  const texel = sampleTexture(texture, corners, u, v, false);
  const x = xOf(texel) * 2 - 1;
  const y = yOf(texel) * 2 - 1;
  const length = Mathf.sqrt(x * x + y * y);
  anisotropy *= zOf(texel);
  if (!(length > 1e-6)) {
    anisotropy = 0;
    return;
  }
  stretchX = (x * cos - y * sin) / length;
  stretchY = (x * sin + y * cos) / length;
}

/** Which of this instance's own tables the materials seen so far need: LAYERS_HAVE_... bits. */
export let neededTables: u32 = 0;

/** Makes the tables that do not belong to a scene; every instance has its own. */
export function prepareTables(flags: u32): void {
  neededTables |= flags;
  prepareAlbedoTable();
  if (flags & LAYERS_HAVE_SHEEN) prepareSheenTable();
  if (flags & LAYERS_HAVE_ANISOTROPY) prepareStretchedTable();
}

/** Works out what the record leaves to the kernel; `others` are the material records before it, which may share tables. @returns 0 or OUT_OF_MEMORY. */
export function prepareLayers(layers: usize, materials: usize, earlier: u32, stride: usize): i32 {
  const rotation = <f64>load<f32>(layers, LAYERS_ANISOTROPY_ROTATION);
  store<f32>(layers, <f32>NativeMath.cos(rotation), LAYERS_ANISOTROPY_COS);
  store<f32>(layers, <f32>NativeMath.sin(rotation), LAYERS_ANISOTROPY_SIN);
  prepareTables(load<u32>(layers, LAYERS_FLAGS));
  store<usize>(layers, 0, LAYERS_GLASS_TABLE);
  if (!haveLayers(layers, LAYERS_HAVE_VOLUME)) return 0;
  const distance = <f64>load<f32>(layers, LAYERS_ATTENUATION_DISTANCE);
  for (let i: usize = 0; i < 12; i += 4) {
    const color = <f64>load<f32>(layers + i, LAYERS_ATTENUATION_COLOR);
    store<f32>(layers + i, absorptionOf(color, distance), LAYERS_ABSORPTION);
  }
  const ior = load<f32>(layers, LAYERS_IOR);
  let table: usize = 0;
  for (let i: u32 = 0; i < earlier && !table; i++) {
    const other = layersOf(materials + <usize>i * stride);
    if (other && load<f32>(other, LAYERS_IOR) == ior) table = load<usize>(other, LAYERS_GLASS_TABLE);
  }
  if (!table) table = writeGlassTable(ior);
  store<usize>(layers, table, LAYERS_GLASS_TABLE);
  return table ? 0 : OUT_OF_MEMORY;
}

/** Absorbs all within any length that single precision can tell from none. */
const OPAQUE: f64 = 1e30;

/** Per metre, so that exp(-absorption * distance) is the colour. */
function absorptionOf(color: f64, distance: f64): f32 {
  if (color >= 1 || !(distance < Infinity)) return 0;
  if (!(color > 0) || !(distance > 0)) return <f32>OPAQUE;
  return <f32>NativeMath.min(-NativeMath.log(color) / distance, OPAQUE);
}
