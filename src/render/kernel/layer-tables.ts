/** Writes what a material has beyond a plain one: the record that assembly/layout.ts names LAYERS_... */
import type { FlatMaterial } from '../scene/index.ts';
import * as layout from './assembly/layout.ts';

/** Whether anything of it would show: files often carry extensions at their defaults, which must cost nothing. */
export function hasLayers(material: FlatMaterial): boolean {
  return material.transmissionTexture >= 0 || hasSpecular(material) || flagsOf(material) !== 0;
}

function hasSpecular({ specular }: FlatMaterial): boolean {
  if (specular === undefined) return false;
  const { strength, color, strengthTexture, colorTexture } = specular;
  const isDefault = strength === 1 && color.every((value) => value === 1);
  return !isDefault || strengthTexture >= 0 || colorTexture >= 0;
}

function flagsOf(material: FlatMaterial): number {
  const { volume, clearcoat, sheen, anisotropy, iridescence, diffuseTransmission } = material;
  const isMedium = volume !== undefined && material.transmission > 0;
  const isCoated = clearcoat !== undefined && clearcoat.strength > 0;
  const isSheeny = sheen?.color.some((value) => value > 0) ?? false;
  const isBrushed = anisotropy !== undefined && anisotropy.strength > 0;
  const isTranslucent = diffuseTransmission !== undefined && diffuseTransmission.strength > 0;
  const isFilmed = iridescence !== undefined && iridescence.strength > 0;
  return (
    (isMedium ? layout.LAYERS_HAVE_VOLUME : 0) |
    (isCoated ? layout.LAYERS_HAVE_COAT : 0) |
    (isSheeny ? layout.LAYERS_HAVE_SHEEN : 0) |
    (isBrushed ? layout.LAYERS_HAVE_ANISOTROPY : 0) |
    (isFilmed ? layout.LAYERS_HAVE_FILM : 0) |
    (isTranslucent ? layout.LAYERS_HAVE_TRANSLUCENCY : 0)
  );
}

/** Red and blue bend by (ior - 1) * 0.025 * dispersion less and more than green: KHR_materials_dispersion. */
const DISPERSION_SPREAD = 0.025;

/** `textures` is the address of the first texture record. */
export function writeLayers(to: DataView, material: FlatMaterial, textures: number): void {
  const float = (offset: number, value: number) => to.setFloat32(offset, value, true);
  const color = (offset: number, values: readonly number[]) => {
    values.forEach((value, i) => {
      float(offset + 4 * i, value);
    });
  };
  const texture = (offset: number, index: number | undefined) => {
    const isThere = index !== undefined && index >= 0;
    to.setUint32(offset, isThere ? textures + index * layout.TEXTURE_STRIDE : 0, true);
  };
  const { volume, specular, clearcoat, sheen, anisotropy, iridescence, diffuseTransmission } = material;
  to.setUint32(layout.LAYERS_FLAGS, flagsOf(material), true);
  texture(layout.LAYERS_TRANSMISSION_TEXTURE, material.transmissionTexture);

  // An index of 0 stands for a mirror (KHR_materials_ior): what never enters is not bent.
  float(layout.LAYERS_IOR, material.ior > 0 ? material.ior : 1);
  float(layout.LAYERS_DISPERSION, (material.ior - 1) * DISPERSION_SPREAD * (volume?.dispersion ?? 0));
  color(layout.LAYERS_ATTENUATION_COLOR, volume?.attenuationColor ?? [1, 1, 1]);
  float(layout.LAYERS_ATTENUATION_DISTANCE, volume?.attenuationDistance ?? Number.POSITIVE_INFINITY);

  float(layout.LAYERS_SPECULAR_STRENGTH, specular?.strength ?? 1);
  texture(layout.LAYERS_SPECULAR_STRENGTH_TEXTURE, specular?.strengthTexture);
  color(layout.LAYERS_SPECULAR_COLOR, specular?.color ?? [1, 1, 1]);
  texture(layout.LAYERS_SPECULAR_COLOR_TEXTURE, specular?.colorTexture);

  float(layout.LAYERS_COAT_STRENGTH, clearcoat?.strength ?? 0);
  texture(layout.LAYERS_COAT_STRENGTH_TEXTURE, clearcoat?.strengthTexture);
  float(layout.LAYERS_COAT_ROUGHNESS, clearcoat?.roughness ?? 0);
  texture(layout.LAYERS_COAT_ROUGHNESS_TEXTURE, clearcoat?.roughnessTexture);
  texture(layout.LAYERS_COAT_NORMAL_TEXTURE, clearcoat?.normalTexture);
  float(layout.LAYERS_COAT_NORMAL_SCALE, clearcoat?.normalScale ?? 1);

  color(layout.LAYERS_SHEEN_COLOR, sheen?.color ?? [0, 0, 0]);
  texture(layout.LAYERS_SHEEN_COLOR_TEXTURE, sheen?.colorTexture);
  float(layout.LAYERS_SHEEN_ROUGHNESS, sheen?.roughness ?? 0);
  texture(layout.LAYERS_SHEEN_ROUGHNESS_TEXTURE, sheen?.roughnessTexture);

  float(layout.LAYERS_ANISOTROPY, anisotropy?.strength ?? 0);
  float(layout.LAYERS_ANISOTROPY_ROTATION, anisotropy?.rotation ?? 0);
  texture(layout.LAYERS_ANISOTROPY_TEXTURE, anisotropy?.texture);

  float(layout.LAYERS_FILM_STRENGTH, iridescence?.strength ?? 0);
  float(layout.LAYERS_FILM_IOR, iridescence?.ior ?? 1.3);
  float(layout.LAYERS_FILM_THICKNESS_MINIMUM, iridescence?.thicknessMinimum ?? 100);
  float(layout.LAYERS_FILM_THICKNESS_MAXIMUM, iridescence?.thicknessMaximum ?? 400);
  texture(layout.LAYERS_FILM_STRENGTH_TEXTURE, iridescence?.strengthTexture);
  texture(layout.LAYERS_FILM_THICKNESS_TEXTURE, iridescence?.thicknessTexture);

  float(layout.LAYERS_TRANSLUCENCY, diffuseTransmission?.strength ?? 0);
  texture(layout.LAYERS_TRANSLUCENCY_TEXTURE, diffuseTransmission?.strengthTexture);
  color(layout.LAYERS_TRANSLUCENT_COLOR, diffuseTransmission?.color ?? [1, 1, 1]);
  texture(layout.LAYERS_TRANSLUCENT_COLOR_TEXTURE, diffuseTransmission?.colorTexture);
}
