/** Which glTF extensions this reader knows, and what it says about the others. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { Warnings } from '../warnings.ts';

const SUPPORTED: ReadonlySet<string> = new Set([
  'EXT_mesh_gpu_instancing',
  'EXT_meshopt_compression',
  'EXT_texture_webp',
  'KHR_animation_pointer',
  'KHR_draco_mesh_compression',
  'KHR_lights_punctual',
  'KHR_materials_anisotropy',
  'KHR_materials_clearcoat',
  'KHR_materials_diffuse_transmission',
  'KHR_materials_dispersion',
  'KHR_materials_emissive_strength',
  'KHR_materials_ior',
  'KHR_materials_iridescence',
  'KHR_materials_pbrSpecularGlossiness',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_transmission',
  'KHR_materials_unlit',
  'KHR_materials_variants',
  'KHR_materials_volume',
  'KHR_mesh_quantization',
  'KHR_meshopt_compression',
  'KHR_node_visibility',
  'KHR_texture_basisu',
  'KHR_texture_transform',
]);

/**
 * Extensions that carry no part of the picture: what things are called and mean, how they behave in a game, where on Earth they
 * are (CESIUM_RTC moves everything by one vector, as does the view of it).
 */
const HARMLESS =
  /^(?:CESIUM_RTC|EXT_(?:mesh|instance)_features|EXT_structural_metadata|EXT_feature_metadata|KHR_xmp(?:_json_ld)?|KHR_audio\w*|KHR_interactivity|KHR_physics\w*|KHR_rigid_bodies|KHR_collision_shapes|KHR_implicit_shapes|KHR_node_(?:selectability|hoverability)|KHR_texture_mirrored_repeat|AGI_\w+|FB_\w+|MOZ_hubs_components|MPEG_\w+|OMI_\w+|VRM\w*|VRMC_\w+|KHR_character\w*|MSFT_packing_\w+)$/;

/**
 * What is not known is told, required or not: most such files show nearly all that they have.
 * @returns all that the file names, each once
 */
export function checkExtensions(json: CheckedJson, root: JsonObject, warnings: Warnings): readonly string[] {
  const { extensionsRequired, extensionsUsed } = root;
  const names = (value: unknown, part: string): readonly string[] =>
    warnings
      .salvage(() => json.list(value, part), [])
      .flatMap((entry) => (typeof entry === 'string' ? [entry.slice(0, 100)] : []));
  const isUnknown = (name: string): boolean => !SUPPORTED.has(name) && !HARMLESS.test(name);
  const needed = names(extensionsRequired, 'extensionsRequired');
  const required = new Set(needed.filter(isUnknown));
  for (const name of required) {
    const reason = `needs ${name}, which is not supported`;
    warnings.excuse(
      new SceneError('extension-unsupported', 'extensionsRequired', reason),
      'the picture may lack something',
    );
  }
  const used = names(extensionsUsed, 'extensionsUsed');
  for (const name of used) {
    if (isUnknown(name) && !required.has(name)) warnings.add(`${name} is not supported and was ignored`);
  }
  return [...new Set([...used, ...needed])];
}

/** The object of one extension on a glTF property, if it has it. */
export function extensionOf(
  json: CheckedJson,
  owner: JsonObject,
  name: string,
  part: string,
): JsonObject | undefined {
  const { extensions: all } = owner;
  const extensions = json.optionalObject(all, `${part}.extensions`);
  const value = extensions[name];
  return value === undefined ? undefined : json.object(value, `${part}.extensions.${name}`);
}
