/** Meshes: which primitives can be drawn, and which accessors they need. */
import { type CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_JOINT_SETS, MAX_MORPH_TARGETS } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { type Accessors, INDEX_TYPES } from './accessors.ts';
import type { BufferViews } from './buffers.ts';
import { extensionOf } from './extensions.ts';
import { type UvSets, usedSets, uvSetsOf } from './uv-sets.ts';
import { type ChosenVariant, variantMaterial } from './variants.ts';

const DRACO = 'KHR_draco_mesh_compression';

/** glTF 2.0 section 5.24.4: points, lines, line loop, line strip, triangles, strip, fan. */
export type PrimitiveMode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Accessors of what a morph target adds. */
export interface TargetAccessors {
  readonly position: number | undefined;
  readonly normal: number | undefined;
  readonly tangent: number | undefined;
}

export interface Primitive {
  readonly part: string;
  readonly mode: PrimitiveMode;
  /** An index into the file's materials. */
  readonly material: number | undefined;
  /**
   * Accessors by POSITION, NORMAL, TANGENT, COLOR_0, JOINTS_n and WEIGHTS_n; TEXCOORD_0 and TEXCOORD_1 are the two sets that the
   * material looks at, whatever their numbers are in the file.
   */
  readonly attributes: Readonly<Record<string, number>>;
  /** Those of them that no texture looks at: that they cannot be read is missed by nobody. */
  readonly idle: ReadonlySet<string>;
  /** An accessor. */
  readonly indices: number | undefined;
  readonly draco: DracoDef | undefined;
  readonly targets: readonly TargetAccessors[];
}

export interface DracoDef {
  readonly bufferView: number;
  /** The names of `Primitive.attributes` to numbers in the stream. */
  readonly attributes: Readonly<Record<string, number>>;
}

export interface Mesh {
  /** Of the morph targets, where a node has none of its own. */
  readonly weights: readonly number[];
  readonly primitives: readonly Primitive[];
}

/** What is wrong with a primitive becomes a note. */
export function readMeshes(
  json: CheckedJson,
  root: JsonObject,
  accessors: Accessors,
  views: BufferViews,
  variant: ChosenVariant | undefined,
  warnings: Warnings,
): readonly Mesh[] {
  const { meshes, materials: rawMaterials, skins } = root;
  const materials = warnings.salvage(() => json.list(rawMaterials, 'materials'), []);
  const hasSkins = Array.isArray(skins) && skins.length > 0;
  const reader = { json, accessors, views, materials, variant, hasSkins, warnings };
  return warnings
    .salvage(() => json.list(meshes, 'meshes'), [])
    .map((value, i): Mesh => {
      const part = `meshes[${i}]`;
      const { primitives, weights } = warnings.salvage(() => json.object(value, part), EMPTY);
      const list = warnings.salvage(() => json.list(primitives, `${part}.primitives`), []);
      return {
        primitives: list.flatMap((entry, j): Primitive[] => {
          const at = `${part}.primitives[${j}]`;
          const primitive = warnings.salvage(
            () => readPrimitive(json.object(entry, at), at, reader),
            undefined,
          );
          return primitive ? [primitive] : [];
        }),
        weights: warnings.salvage(() => readWeights(json, weights, `${part}.weights`), undefined) ?? [],
      };
    });
}

interface Reader {
  readonly json: CheckedJson;
  readonly accessors: Accessors;
  readonly views: BufferViews;
  /** The file's, unchecked. */
  readonly materials: readonly unknown[];
  readonly variant: ChosenVariant | undefined;
  readonly hasSkins: boolean;
  readonly warnings: Warnings;
}

function readPrimitive(primitive: JsonObject, part: string, reader: Reader): Primitive | undefined {
  const { json, accessors, materials, warnings } = reader;
  const { attributes: rawAttributes, indices, mode: rawMode = 4, targets } = primitive;
  const mode = json.oneOf(rawMode, [0, 1, 2, 3, 4, 5, 6], `${part}.mode`);
  const given = json.object(rawAttributes, `${part}.attributes`);
  const { POSITION: position } = given;
  if (position === undefined) {
    warnings.add('meshes without positions are not drawn');
    return undefined;
  }
  const material = warnings.salvage(
    () => materialOf(primitive, part, reader),
    undefined,
    'the default material stands in',
  );
  const definition = materials[material ?? -1];
  const uvSets = uvSetsOf(definition);
  const used = usedSets(definition);
  const idle = new Set(['TEXCOORD_0', 'TEXCOORD_1'].filter((_, i) => !used.has(uvSets[i] ?? -1)));
  const attributes = {
    POSITION: accessors.use(position, ['VEC3'], `${part}.attributes.POSITION`),
    ...optionalAttributes(given, part, uvSets, idle, reader),
  };
  return {
    ...{ part, mode, material, attributes, idle },
    indices:
      indices === undefined ? undefined : accessors.use(indices, ['SCALAR'], `${part}.indices`, INDEX_TYPES),
    draco: readDraco(json, primitive, part, attributes, uvSets, reader.views),
    targets: warnings.salvage(
      () => readTargets(json, targets, part, accessors, warnings),
      [],
      'the mesh keeps its shape',
    ),
  };
}

function materialOf(primitive: JsonObject, part: string, reader: Reader): number | undefined {
  const { json, materials, variant } = reader;
  const { material } = primitive;
  const chosen = variant === undefined ? undefined : variantMaterial(json, primitive, part, variant);
  return json.optionalIndex(chosen ?? material, materials.length, `${part}.material`);
}

/** What the picture needs of a vertex besides its position; what cannot be read is left out. */
function optionalAttributes(
  given: JsonObject,
  part: string,
  [first, second]: UvSets,
  idle: ReadonlySet<string>,
  { accessors, hasSkins, warnings }: Reader,
): Record<string, number> {
  const attributes: Record<string, number> = {};
  const add = (name: string, semantic: string, types: readonly string[]): void => {
    const reference = given[semantic];
    if (reference === undefined) return;
    const use = (): number => accessors.use(reference, types, `${part}.attributes.${semantic}`);
    try {
      attributes[name] = use();
    } catch (error) {
      if (!idle.has(name) || !(error instanceof SceneError)) warnings.excuse(error);
    }
  };
  add('NORMAL', 'NORMAL', ['VEC3']);
  add('TANGENT', 'TANGENT', ['VEC4']);
  add('TEXCOORD_0', `TEXCOORD_${first}`, ['VEC2']);
  add('TEXCOORD_1', `TEXCOORD_${second}`, ['VEC2']);
  add('COLOR_0', 'COLOR_0', ['VEC3', 'VEC4']);
  if (hasSkins) {
    warnings.salvage(
      () => readJointSets(given, part, accessors, attributes, warnings),
      undefined,
      'the joints before it are used',
    );
  }
  return attributes;
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
    const joint = accessors.use(given[joints], ['VEC4'], `${part}.attributes.${joints}`, INDEX_TYPES);
    attributes[weights] = accessors.use(given[weights], ['VEC4'], `${part}.attributes.${weights}`);
    attributes[joints] = joint;
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
    const at = `${part}.targets[${i}]`;
    const { POSITION, NORMAL, TANGENT, ...others } = warnings.salvage(() => json.object(entry, at), EMPTY);
    if (Object.keys(others).some((semantic) => /^(COLOR|TEXCOORD)_/.test(semantic))) {
      warnings.add('morph targets of colours and texture coordinates are not applied');
    }
    const use = (reference: unknown, semantic: string): number | undefined =>
      reference === undefined
        ? undefined
        : warnings.salvage(() => accessors.use(reference, ['VEC3'], `${at}.${semantic}`), undefined);
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
  [first, second]: UvSets,
  views: BufferViews,
): DracoDef | undefined {
  const extension = extensionOf(json, primitive, DRACO, part);
  if (!extension) return undefined;
  const { bufferView, attributes: rawIds } = extension;
  const view = json.index(bufferView, views.length, `${part}.extensions.${DRACO}.bufferView`);
  const ids = json.object(rawIds, `${part}.extensions.${DRACO}.attributes`);
  const inFile = (name: string): string =>
    name === 'TEXCOORD_0' ? `TEXCOORD_${first}` : name === 'TEXCOORD_1' ? `TEXCOORD_${second}` : name;
  const compressed: Record<string, number> = {};
  for (const name of Object.keys(attributes)) {
    const id = ids[inFile(name)];
    if (id === undefined) continue;
    compressed[name] = json.count(id, `${part}.extensions.${DRACO}.attributes.${inFile(name)}`, 65_535);
  }
  return { bufferView: view, attributes: compressed };
}
