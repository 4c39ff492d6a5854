/** Skins: which nodes carry a mesh, and where each has taken it since the mesh was bound to it. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import type { Warnings } from '../warnings.ts';
import type { Accessors, Numbers } from './accessors.ts';

export interface Skin {
  /** Nodes; undefined where the file names none. */
  readonly joints: readonly (number | undefined)[];
  /** An accessor with a matrix a joint; undefined: all identity. */
  readonly inverseBindMatrices: number | undefined;
  readonly part: string;
}

/** A skin that cannot be read is undefined: its mesh then stands where its node does. */
export function readSkins(
  json: CheckedJson,
  root: JsonObject,
  accessors: Accessors,
  warnings: Warnings,
): readonly (Skin | undefined)[] {
  const { skins, nodes } = root;
  const nodeCount = Array.isArray(nodes) ? nodes.length : 0;
  return warnings
    .salvage(() => json.list(skins, 'skins'), [])
    .map((value, i) => {
      const part = `skins[${i}]`;
      const read = (): Skin => {
        const { joints, inverseBindMatrices } = json.object(value, part);
        return {
          joints: json
            .list(joints, `${part}.joints`)
            .map((entry, j) =>
              warnings.salvage(
                () => json.index(entry, nodeCount, `${part}.joints[${j}]`),
                undefined,
                'it moves nothing',
              ),
            ),
          inverseBindMatrices:
            inverseBindMatrices === undefined
              ? undefined
              : accessors.use(inverseBindMatrices, ['MAT4'], `${part}.inverseBindMatrices`),
          part,
        };
      };
      return warnings.salvage(read, undefined, 'the mesh rests as it is');
    });
}

/**
 * One matrix a joint: from the mesh as it was bound to the world. Undefined for a joint that is no node, or whose matrix
 * holds what is no number.
 * @param matrices the world matrix of every node
 * @throws SceneError `out-of-range`
 */
export function jointMatrices(
  { joints, inverseBindMatrices, part }: Skin,
  matrices: readonly Matrix4[],
  numbersOf: (accessor: number) => Numbers,
): readonly (Matrix4 | undefined)[] {
  const binds = inverseBindMatrices === undefined ? undefined : numbersOf(inverseBindMatrices).array;
  if (binds && binds.length < 16 * joints.length) {
    const reason = `has ${binds.length / 16} inverse bind matrices for ${joints.length} joints`;
    throw new SceneError('out-of-range', part, reason);
  }
  return joints.map((joint, i) => {
    const world = joint === undefined ? undefined : matrices[joint];
    if (!world) return undefined;
    const bind = binds && Array.from({ length: 16 }, (_, k) => binds[16 * i + k] ?? 0);
    const matrix = bind ? multiplyMatrices(world, bind) : world;
    return matrix.every(Number.isFinite) ? matrix : undefined;
  });
}
