/** EXT_mesh_gpu_instancing: a node draws its mesh many times, each moved, turned and scaled by its own numbers. */
import { MAX_INSTANCES } from '../../placement.ts';
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { toFloats } from '../geometry/attributes.ts';
import { composeMatrix, type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import type { Warnings } from '../warnings.ts';
import type { Accessors, Numbers } from './accessors.ts';
import { extensionOf } from './extensions.ts';
import type { NodeTree } from './nodes.ts';
import type { MeshInstance } from './world.ts';

export const GPU_INSTANCING = 'EXT_mesh_gpu_instancing';

/** Accessors of one node, all of one length; at least one is there. */
export interface CopiesDef {
  readonly part: string;
  readonly count: number;
  readonly translation: number | undefined;
  readonly rotation: number | undefined;
  readonly scale: number | undefined;
}

/** The shown nodes that have the extension, by their numbers; one whose copies cannot be read draws its mesh once. */
export function readCopies(
  json: CheckedJson,
  tree: NodeTree,
  accessors: Accessors,
  warnings: Warnings,
): ReadonlyMap<number, CopiesDef> {
  const copies = new Map<number, CopiesDef>();
  const read = (index: number): void => {
    const def: JsonObject = tree.nodes[index]?.def ?? {};
    const extension = extensionOf(json, def, GPU_INSTANCING, `nodes[${index}]`);
    if (!extension) return;
    const part = `nodes[${index}].extensions.${GPU_INSTANCING}.attributes`;
    const { attributes } = extension;
    const { TRANSLATION: moved, ROTATION: turned, SCALE: scaled } = json.optionalObject(attributes, part);
    const use = (reference: unknown, type: string, name: string): number | undefined =>
      reference === undefined ? undefined : accessors.use(reference, [type], `${part}.${name}`);
    const translation = use(moved, 'VEC3', 'TRANSLATION');
    const rotation = use(turned, 'VEC4', 'ROTATION');
    const scale = use(scaled, 'VEC3', 'SCALE');
    // Without any of the three nobody says how many there are: the node draws its mesh once.
    const used = [translation, rotation, scale].filter((accessor) => accessor !== undefined);
    const [count, ...others] = used.map((accessor) => accessors.countOf(accessor));
    if (count === undefined) return;
    if (others.some((other) => other !== count)) {
      const reason = `has accessors of different lengths: ${[count, ...others].join(', ')}`;
      throw new SceneError('bad-geometry', part, reason);
    }
    copies.set(index, { part, count, translation, rotation, scale });
  };
  for (const { index } of tree.shown) {
    warnings.salvage(() => read(index), undefined, 'the mesh is drawn once');
  }
  return copies;
}

/** A few bytes of a file can ask for billions: before the first is made. @throws SceneError `too-large` */
export function checkInstanceCount(
  instances: readonly MeshInstance[],
  copies: ReadonlyMap<number, CopiesDef>,
): void {
  const count = instances.reduce((sum, { node }) => sum + (copies.get(node)?.count ?? 1), 0);
  if (count <= MAX_INSTANCES) return;
  throw new SceneError(
    'too-large',
    'the scene',
    `has ${count} instances; up to ${MAX_INSTANCES} are rendered`,
  );
}

/** Where one node draws its mesh. */
export interface Copies {
  readonly count: number;
  matrixOf(copy: number): Matrix4;
}

/** @param matrix where the node itself stands @throws SceneError `out-of-range` */
export function copiesAt(
  matrix: Matrix4,
  def: CopiesDef | undefined,
  numbersOf: (accessor: number) => Numbers,
): Copies {
  if (!def) return { count: 1, matrixOf: () => matrix };
  const floats = (
    accessor: number | undefined,
    components: number,
    name: string,
  ): Float32Array | undefined =>
    accessor === undefined ? undefined : toFloats(numbersOf(accessor), components, `${def.part}.${name}`);
  const translation = floats(def.translation, 3, 'TRANSLATION');
  const rotation = floats(def.rotation, 4, 'ROTATION');
  const scale = floats(def.scale, 3, 'SCALE');
  return {
    count: def.count,
    matrixOf: (copy) =>
      multiplyMatrices(
        matrix,
        composeMatrix(
          translation?.subarray(3 * copy, 3 * copy + 3) ?? [0, 0, 0],
          rotation?.subarray(4 * copy, 4 * copy + 4) ?? [0, 0, 0, 1],
          scale?.subarray(3 * copy, 3 * copy + 3) ?? [1, 1, 1],
        ),
      ),
  };
}
