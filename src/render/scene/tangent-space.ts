/** Which materials look at the tangents of the surface (a normal map on the base or on the coat, a grain), and along which uv. */
import type { FlatMaterial, FlatTexture } from './format.ts';

export function needsTangents({ normalTexture, clearcoat, anisotropy }: FlatMaterial): boolean {
  return normalTexture >= 0 || (clearcoat?.normalTexture ?? -1) >= 0 || anisotropy !== undefined;
}

/** Without any map, a grain runs along the first uv set (KHR_materials_anisotropy). */
const FIRST_UV: FlatTexture = {
  image: 0,
  wrapS: 'repeat',
  wrapT: 'repeat',
  nearest: false,
  texCoord: 0,
  transform: [1, 0, 0, 0, 1, 0],
};

/**
 * The map that tangents are made for where the file has none: the normal map (glTF 2.0 section 3.7.2.1), else the coat's,
 * else that of the anisotropy. Undefined where the material needs no tangents.
 */
export function tangentMap(
  material: FlatMaterial,
  textures: readonly FlatTexture[],
): FlatTexture | undefined {
  if (!needsTangents(material)) return undefined;
  const { normalTexture, clearcoat, anisotropy } = material;
  return (
    textures[normalTexture] ??
    textures[clearcoat?.normalTexture ?? -1] ??
    textures[anisotropy?.texture ?? -1] ??
    FIRST_UV
  );
}
