/** Wavefront materials (.mtl) as glTF's, with the physically based words that Blender and others write. */

import type { JsonObject } from '../checked-json.ts';
import type { Warnings } from '../warnings.ts';
import { decimal } from './decimal.ts';
import type { GltfBuilder } from './gltf-builder.ts';

/** Materials of one library; nobody has more, and each costs a record. */
const MAX_MATERIALS = 65_536;

/** Numbers that follow each option of a map; the name of the picture comes after all options. */
const MAP_OPTIONS: Readonly<Record<string, number>> = {
  ...{ '-s': 3, '-o': 3, '-t': 3, '-mm': 2, '-bm': 1, '-blendu': 1, '-blendv': 1, '-boost': 1 },
  ...{ '-cc': 1, '-clamp': 1, '-imfchan': 1, '-texres': 1, '-type': 1, '-colorspace': 1 },
};

type Words = ReadonlyMap<string, string>;

/** @returns the place of each material, by its name */
export function readMtl(text: string, builder: GltfBuilder, warnings: Warnings): ReadonlyMap<string, number> {
  const materials = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n|\r/)) {
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    if (word === 'newmtl') {
      if (materials.size >= MAX_MATERIALS) break;
      current = new Map();
      materials.set(rest, current);
    } else if (word !== '' && !word.startsWith('#')) {
      current?.set(word.toLowerCase(), rest);
    }
  }
  const places = new Map<string, number>();
  for (const [name, words] of materials) {
    places.set(name, builder.material(materialOf(name, words, builder, warnings)));
  }
  return places;
}

function materialOf(name: string, words: Words, builder: GltfBuilder, warnings: Warnings): JsonObject {
  const texture = (...keys: readonly string[]): JsonObject | undefined => {
    const key = keys.find((candidate) => words.has(candidate));
    const file = key === undefined ? '' : fileOf(words.get(key) ?? '');
    return file === '' ? undefined : builder.texture(file);
  };
  const lost = ['map_ks', 'map_ns', 'map_d', 'disp', 'refl'].filter((key) => words.has(key));
  if (lost.length > 0) warnings.add(`material "${name}": its maps ${lost.join(', ')} are not shown`);
  if (!words.has('norm') && (words.has('map_bump') || words.has('bump'))) {
    warnings.add(`material "${name}": its map of heights (map_bump) is not shown`);
  }
  const diffuse = texture('map_kd');
  const glow = texture('map_ke');
  const roughness = texture('map_pr');
  const normal = texture('norm');
  const [r = 0.6, g = 0.6, b = 0.6] = numbersOf(words.get('kd'));
  const [er = 0, eg = 0, eb = 0] = numbersOf(words.get('ke'));
  const opacity = opacityOf(words);
  const strongest = Math.max(er, eg, eb, 1);
  const [ior] = numbersOf(words.get('ni'));
  return {
    name,
    pbrMetallicRoughness: {
      // A picture is the colour; what stands beside it is often black.
      baseColorFactor: [...(diffuse ? [1, 1, 1] : [r, g, b].map(unit)), opacity],
      ...(diffuse && { baseColorTexture: diffuse }),
      metallicFactor: unit(numbersOf(words.get('pm'))[0] ?? 0),
      roughnessFactor: roughness ? 1 : roughnessOf(words),
      ...(roughness && { metallicRoughnessTexture: roughness }),
    },
    ...(opacity < 1 && { alphaMode: 'BLEND' }),
    ...(normal && { normalTexture: normal }),
    emissiveFactor: glow ? [1, 1, 1] : [er, eg, eb].map((value) => Math.max(value, 0) / strongest),
    ...(glow && { emissiveTexture: glow }),
    // Nothing says which side of a polygon is seen.
    doubleSided: true,
    extensions: {
      ...(strongest > 1 && { KHR_materials_emissive_strength: { emissiveStrength: strongest } }),
      ...(ior !== undefined && ior >= 1 && { KHR_materials_ior: { ior } }),
    },
  };
}

/** d is what is there, Tr what is not. */
function opacityOf(words: Words): number {
  const [there] = numbersOf(words.get('d'));
  const [missing] = numbersOf(words.get('tr'));
  return unit(there ?? 1 - (missing ?? 0));
}

/** Pr where there is one; else from the exponent of the highlight, as Blender turns one into the other. */
function roughnessOf(words: Words): number {
  const [roughness] = numbersOf(words.get('pr'));
  const [exponent] = numbersOf(words.get('ns'));
  return unit(roughness ?? (exponent === undefined ? 0.6 : 1 - Math.sqrt(unit(exponent / 1000))));
}

function numbersOf(text: string | undefined): readonly number[] {
  return (text ?? '')
    .split(/\s+/)
    .map((word) => (word === '' ? Number.NaN : decimal(word)))
    .filter(Number.isFinite);
}

function unit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** Names may hold spaces. */
function fileOf(text: string): string {
  let rest = text.trim();
  for (;;) {
    const [, option = '', after = ''] = /^(-\w+)\s+(.*)$/.exec(rest) ?? [];
    const most = MAP_OPTIONS[option];
    if (most === undefined) return rest.replace(/^"(.*)"$/, '$1');
    rest = after;
    for (let i = 0; i < most; i++) {
      const [, value, next] = /^(\S+)\s+(.*)$/.exec(rest) ?? [];
      const isValue = value !== undefined && (most === 1 || Number.isFinite(Number(value)));
      if (!isValue) break;
      rest = next ?? '';
    }
  }
}
