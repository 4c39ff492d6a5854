/**
 * KHR_materials_pbrSpecularGlossiness, archived but in many older files, as what it became: a dielectric of "infinite"
 * refraction (ior 0), whose reflectance is the specular colour of KHR_materials_specular; roughness is what glossiness
 * leaves of 1, turned around in a copy of the texture where there is one.
 */
import type { JsonObject } from '../checked-json.ts';
import type { FlatMaterial } from '../format.ts';
import type { MaterialReader } from './material-reader.ts';

type Base = Pick<
  FlatMaterial,
  | 'baseColor'
  | 'baseColorTexture'
  | 'metallic'
  | 'roughness'
  | 'metallicRoughnessTexture'
  | 'ior'
  | 'specular'
>;

export function readSpecularGlossiness(reader: MaterialReader, def: JsonObject): Base {
  const { diffuseFactor, diffuseTexture, specularFactor } = def;
  const { glossinessFactor, specularGlossinessTexture } = def;
  const glossiness = reader.within(glossinessFactor, 1, 0, 1, 'glossinessFactor');
  const roughnessTexture = reader.roughnessFromGlossiness(
    specularGlossinessTexture,
    glossiness,
    'specularGlossinessTexture',
  );
  return {
    baseColor: reader.baseColor(diffuseFactor, 'diffuseFactor'),
    baseColorTexture: reader.texture(diffuseTexture, 'diffuseTexture'),
    metallic: 0,
    roughness: roughnessTexture < 0 ? 1 - glossiness : 1,
    metallicRoughnessTexture: roughnessTexture,
    ior: 0,
    specular: {
      strength: 1,
      strengthTexture: -1,
      color: reader.colour(specularFactor, [1, 1, 1], 0, 1, 'specularFactor'),
      colorTexture: reader.texture(specularGlossinessTexture, 'specularGlossinessTexture'),
    },
  };
}
