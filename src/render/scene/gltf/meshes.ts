/** Meshes: which primitives can be drawn, and which accessors they need. */
import type { GLTF } from '@gltf-transform/core';
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_JOINT_SETS, MAX_MORPH_TARGETS } from '../limits.ts';
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

/** Accessors of what a morph target adds. */
export interface TargetAccessors {
  readonly position: number | undefined;
  readonly normal: number | undefined;
  readonly tangent: number | undefined;
}

export interface Primitive {
  readonly part: string;
  readonly mode: TriangleMode;
  /** An index into the file's materials. */
  readonly material: number | undefined;
  /** For glTF-Transform: checked fields only. JOINTS_n and WEIGHTS_n are among the attributes where the file has skins. */
  readonly def: GLTF.IMeshPrimitive;
  readonly targets: readonly TargetAccessors[];
}

export interface Mesh {
  /** Of the morph targets, where a node has none of its own. */
  readonly weights: readonly number[];
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
  const { meshes, materials, skins } = root;
  const materialCount = json.list(materials, 'materials').length;
  const hasSkins = json.list(skins, 'skins').length > 0;
  return json.list(meshes, 'meshes').map((value, i): Mesh => {
    const { primitives, weights } = json.object(value, `meshes[${i}]`);
    const list = json.list(primitives, `meshes[${i}].primitives`).map((entry, j) => {
      const part = `meshes[${i}].primitives[${j}]`;
      const def = json.object(entry, part);
      return readPrimitive(json, def, part, accessors, views, materialCount, hasSkins, warnings);
    });
    return {
      primitives: list.filter((primitive) => primitive !== undefined),
      weights: readWeights(json, weights, `meshes[${i}].weights`) ?? [],
    };
  });
}

function readPrimitive(
  json: CheckedJson,
  primitive: JsonObject,
  part: string,
  accessors: Accessors,
  views: readonly BufferView[],
  materialCount: number,
  hasSkins: boolean,
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
  if (hasSkins) readJointSets(given, part, accessors, attributes, warnings);
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
    targets: readTargets(json, targets, part, accessors, warnings),
  };
}

/** Adds the attributes that bind vertices to joints, as long as both halves of a set are there. */
function readJointSets(
  given: JsonObject,
  part: string,
  accessors: Accessors,
  attributes: Record<string, number>,
  warnings: Warnings,
): void {
  for (let set = 0; ; set++) {
    const [joints, weights] = [`JOINTS_${set}`, `WEIGHTS_${set}`];
    if (given[joints] === undefined || given[weights] === undefined) return;
    if (set === MAX_JOINT_SETS) {
      warnings.add(`of the joints that move a vertex the first ${4 * MAX_JOINT_SETS} are used`);
      return;
    }
    attributes[joints] = accessors.use(given[joints], ['VEC4'], `${part}.attributes.${joints}`, INDEX_TYPES);
    attributes[weights] = accessors.use(given[weights], ['VEC4'], `${part}.attributes.${weights}`);
  }
}

function readTargets(
  json: CheckedJson,
  value: unknown,
  part: string,
  accessors: Accessors,
  warnings: Warnings,
): TargetAccessors[] {
  const targets = json.list(value, `${part}.targets`);
  if (targets.length > MAX_MORPH_TARGETS) {
    throw new SceneError('too-large', part, `has ${targets.length} morph targets`);
  }
  return targets.map((entry, i) => {
    const { POSITION, NORMAL, TANGENT, ...others } = json.object(entry, `${part}.targets[${i}]`);
    if (Object.keys(others).some((semantic) => /^(COLOR|TEXCOORD)_/.test(semantic))) {
      warnings.add('morph targets of colours and texture coordinates are not applied');
    }
    const use = (reference: unknown, semantic: string): number | undefined =>
      reference === undefined
        ? undefined
        : accessors.use(reference, ['VEC3'], `${part}.targets[${i}].${semantic}`);
    return {
      position: use(POSITION, 'POSITION'),
      normal: use(NORMAL, 'NORMAL'),
      tangent: use(TANGENT, 'TANGENT'),
    };
  });
}

/** Of a node's or a mesh's morph targets. @throws SceneError `json-damaged` */
export function readWeights(json: CheckedJson, value: unknown, part: string): readonly number[] | undefined {
  return value === undefined
    ? undefined
    : json.list(value, part).map((weight, i) => json.number(weight, `${part}[${i}]`));
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
