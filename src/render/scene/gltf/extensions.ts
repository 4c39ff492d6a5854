/** Which glTF extensions this reader knows, and what it says about the others. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { Warnings } from '../warnings.ts';

const SUPPORTED: ReadonlySet<string> = new Set([
  'EXT_mesh_gpu_instancing',
  'EXT_meshopt_compression',
  'EXT_texture_webp',
  'KHR_draco_mesh_compression',
  'KHR_lights_punctual',
  'KHR_materials_anisotropy',
  'KHR_materials_clearcoat',
  'KHR_materials_dispersion',
  'KHR_materials_emissive_strength',
  'KHR_materials_ior',
  'KHR_materials_iridescence',
  'KHR_materials_pbrSpecularGlossiness',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_transmission',
  'KHR_materials_unlit',
  'KHR_materials_volume',
  'KHR_mesh_quantization',
  'KHR_texture_basisu',
  'KHR_texture_transform',
]);

/** Extensions of which a part is shown, and what to tell about the rest. */
const PARTLY: ReadonlyMap<string, string> = new Map([
  ['KHR_materials_variants', 'of the material variants (KHR_materials_variants) the default is shown'],
]);

/** Extensions that carry no part of the picture. */
const HARMLESS: ReadonlySet<string> = new Set([
  'EXT_mesh_features',
  'EXT_structural_metadata',
  'KHR_xmp_json_ld',
  'KHR_xmp',
]);

/** @throws SceneError `extension-unsupported`, naming all that are required and unknown */
export function checkExtensions(json: CheckedJson, root: JsonObject, warnings: Warnings): void {
  const { extensionsRequired, extensionsUsed } = root;
  const names = (value: unknown, part: string): readonly string[] =>
    json.list(value, part).map((entry, i) => json.text(entry, `${part}[${i}]`).slice(0, 100));
  const missing = names(extensionsRequired, 'extensionsRequired').filter(
    (name) => !SUPPORTED.has(name) && !PARTLY.has(name),
  );
  if (missing.length > 0) {
    const list = missing.slice(0, 10).join(', ');
    const advice = 'export the scene without it';
    throw new SceneError('extension-unsupported', 'extensionsRequired', `needs ${list}; ${advice}`);
  }
  for (const name of names(extensionsUsed, 'extensionsUsed')) {
    if (SUPPORTED.has(name) || HARMLESS.has(name)) continue;
    warnings.add(PARTLY.get(name) ?? `${name} is not supported and was ignored`);
  }
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
