/** Meshes: which primitives can be drawn, and which accessors they need. */
import type { GLTF } from '@gltf-transform/core';
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { Warnings } from '../warnings.ts';
import { type Accessors, INDEX_TYPES } from './accessors.ts';
import type { BufferView } from './buffers.ts';
import { extensionOf } from './extensions.ts';

export const DRACO = 'KHR_draco_mesh_compression';

/** What the picture needs of a vertex, and the accessor types that may hold it. */
const ATTRIBUTES = {
  POSITION: ['VEC3'],
  NORMAL: ['VEC3'],
  TANGENT: ['VEC4'],
  TEXCOORD_0: ['VEC2'],
  TEXCOORD_1: ['VEC2'],
  COLOR_0: ['VEC3', 'VEC4'],
} as const;

/** glTF 2.0 section 5.24.4: 4 triangles, 5 strip, 6 fan. */
export type TriangleMode = 4 | 5 | 6;

export interface Primitive {
  readonly part: string;
  readonly mode: TriangleMode;
  /** An index into the file's materials. */
  readonly material: number | undefined;
  /** For glTF-Transform: checked fields only. */
  readonly def: GLTF.IMeshPrimitive;
}

export interface Mesh {
  readonly primitives: readonly Primitive[];
}

/** @throws SceneError `json-damaged`, `out-of-range`, `bad-geometry`, `too-large` */
export function readMeshes(
  json: CheckedJson,
  root: JsonObject,
  accessors: Accessors,
  views: readonly BufferView[],
  warnings: Warnings,
): readonly Mesh[] {
  const { meshes, materials } = root;
  const materialCount = json.list(materials, 'materials').length;
  return json.list(meshes, 'meshes').map((value, i): Mesh => {
    const { primitives } = json.object(value, `meshes[${i}]`);
    const list = json.list(primitives, `meshes[${i}].primitives`).map((entry, j) => {
      const part = `meshes[${i}].primitives[${j}]`;
      return readPrimitive(json, json.object(entry, part), part, accessors, views, materialCount, warnings);
    });
    return { primitives: list.filter((primitive) => primitive !== undefined) };
  });
}

function readPrimitive(
  json: CheckedJson,
  primitive: JsonObject,
  part: string,
  accessors: Accessors,
  views: readonly BufferView[],
  materialCount: number,
  warnings: Warnings,
): Primitive | undefined {
  const { attributes: rawAttributes, indices, material, mode: rawMode = 4, targets } = primitive;
  const mode = json.oneOf(rawMode, [0, 1, 2, 3, 4, 5, 6], `${part}.mode`);
  if (mode < 4) {
    warnings.add('points and lines are not drawn');
    return undefined;
  }
  const given = json.object(rawAttributes, `${part}.attributes`);
  const { POSITION: position } = given;
  const attributes: Record<string, number> = {};
  for (const [semantic, types] of Object.entries(ATTRIBUTES)) {
    const reference = given[semantic];
    if (reference !== undefined) {
      attributes[semantic] = accessors.use(reference, types, `${part}.attributes.${semantic}`);
    }
  }
  if (position === undefined) {
    warnings.add('meshes without positions are not drawn');
    return undefined;
  }
  if (targets !== undefined && json.list(targets, `${part}.targets`).length > 0) {
    warnings.add('morph targets are not applied: meshes are shown at rest');
  }
  const draco = readDraco(json, primitive, part, attributes, views);
  return {
    part,
    mode: mode as TriangleMode,
    material: json.optionalIndex(material, materialCount, `${part}.material`),
    def: {
      attributes,
      mode: mode as TriangleMode,
      ...(indices === undefined
        ? {}
        : { indices: accessors.use(indices, ['SCALAR'], `${part}.indices`, INDEX_TYPES) }),
      ...(draco ? { extensions: { [DRACO]: draco } } : {}),
    },
  };
}

function readDraco(
  json: CheckedJson,
  primitive: JsonObject,
  part: string,
  attributes: Readonly<Record<string, number>>,
  views: readonly BufferView[],
) {
  const extension = extensionOf(json, primitive, DRACO, part);
  if (!extension) return undefined;
  const { bufferView, attributes: rawIds } = extension;
  const view = json.index(bufferView, views.length, `${part}.extensions.${DRACO}.bufferView`);
  if (!views[view]?.bytes) {
    throw new SceneError('missing-file', part, `its Draco data in bufferViews[${view}] is not there`);
  }
  const ids = json.object(rawIds, `${part}.extensions.${DRACO}.attributes`);
  const compressed: Record<string, number> = {};
  for (const [semantic, id] of Object.entries(ids)) {
    if (attributes[semantic] === undefined) continue;
    compressed[semantic] = json.count(id, `${part}.extensions.${DRACO}.attributes.${semantic}`, 65_535);
  }
  return { bufferView: view, attributes: compressed };
}
