/** Takes images that cannot be shown out of a scene: textures that show them go, and the materials that use those do without. */
import type { FlatImage, FlatMaterial, FlatTexture } from '../format.ts';

interface Pictured {
  readonly materials: readonly FlatMaterial[];
  readonly textures: readonly FlatTexture[];
  readonly images: readonly FlatImage[];
}

/** @param images one for each number that the textures name; undefined: it is not there */
export function withoutMissing(
  materials: readonly FlatMaterial[],
  textures: readonly FlatTexture[],
  images: readonly (FlatImage | undefined)[],
): Pictured {
  const present = images.filter((image) => image !== undefined);
  if (present.length === images.length) return { materials, textures, images: present };
  const imagePlaces = placesOf(images.map((image) => image !== undefined));
  const texturePlaces = placesOf(textures.map(({ image }) => (imagePlaces[image] ?? -1) >= 0));
  const moved = (texture: number): number => (texture < 0 ? -1 : (texturePlaces[texture] ?? -1));
  return {
    materials: materials.map((material) => remapped(material, moved)),
    textures: textures.flatMap((texture) => {
      const image = imagePlaces[texture.image] ?? -1;
      return image < 0 ? [] : [{ ...texture, image }];
    }),
    images: present,
  };
}

/** The place of each among those that stay, -1 for the others. */
function placesOf(stays: readonly boolean[]): readonly number[] {
  let place = 0;
  return stays.map((isThere) => (isThere ? place++ : -1));
}

function remapped(material: FlatMaterial, moved: (texture: number) => number): FlatMaterial {
  const { specular, clearcoat, sheen, anisotropy, iridescence, diffuseTransmission } = material;
  const emissiveTexture = moved(material.emissiveTexture);
  // Where a glow is painted by a texture, all of the surface glowing would be far from what is meant.
  const hasLostGlow = material.emissiveTexture >= 0 && emissiveTexture < 0;
  return {
    ...material,
    baseColorTexture: moved(material.baseColorTexture),
    metallicRoughnessTexture: moved(material.metallicRoughnessTexture),
    emissive: hasLostGlow ? [0, 0, 0] : material.emissive,
    emissiveTexture,
    normalTexture: moved(material.normalTexture),
    transmissionTexture: moved(material.transmissionTexture),
    ...(specular && {
      specular: {
        ...specular,
        strengthTexture: moved(specular.strengthTexture),
        colorTexture: moved(specular.colorTexture),
      },
    }),
    ...(clearcoat && {
      clearcoat: {
        ...clearcoat,
        strengthTexture: moved(clearcoat.strengthTexture),
        roughnessTexture: moved(clearcoat.roughnessTexture),
        normalTexture: moved(clearcoat.normalTexture),
      },
    }),
    ...(sheen && {
      sheen: {
        ...sheen,
        colorTexture: moved(sheen.colorTexture),
        roughnessTexture: moved(sheen.roughnessTexture),
      },
    }),
    ...(anisotropy && { anisotropy: { ...anisotropy, texture: moved(anisotropy.texture) } }),
    ...(iridescence && {
      iridescence: {
        ...iridescence,
        strengthTexture: moved(iridescence.strengthTexture),
        thicknessTexture: moved(iridescence.thicknessTexture),
      },
    }),
    ...(diffuseTransmission && {
      diffuseTransmission: {
        ...diffuseTransmission,
        strengthTexture: moved(diffuseTransmission.strengthTexture),
        colorTexture: moved(diffuseTransmission.colorTexture),
      },
    }),
  };
}
