/** Skins: which nodes carry a mesh, and where each has taken it since the mesh was bound to it. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { IDENTITY, type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import type { Accessors } from './accessors.ts';
import type { Numbers } from './decode-accessors.ts';

export interface Skin {
  /** Nodes. */
  readonly joints: readonly number[];
  /** An accessor with a matrix a joint; undefined: all identity. */
  readonly inverseBindMatrices: number | undefined;
  readonly part: string;
}

/** @throws SceneError `json-damaged`, and those of accessors */
export function readSkins(json: CheckedJson, root: JsonObject, accessors: Accessors): readonly Skin[] {
  const { skins, nodes } = root;
  const nodeCount = json.list(nodes, 'nodes').length;
  return json.list(skins, 'skins').map((value, i) => {
    const part = `skins[${i}]`;
    const { joints, inverseBindMatrices } = json.object(value, part);
    return {
      joints: json
        .list(joints, `${part}.joints`)
        .map((entry, j) => json.index(entry, nodeCount, `${part}.joints[${j}]`)),
      inverseBindMatrices:
        inverseBindMatrices === undefined
          ? undefined
          : accessors.use(inverseBindMatrices, ['MAT4'], `${part}.inverseBindMatrices`),
      part,
    };
  });
}

/**
 * One matrix a joint: from the mesh as it was bound to the world.
 * @param matrices the world matrix of every node
 * @throws SceneError `out-of-range`
 */
export function jointMatrices(
  { joints, inverseBindMatrices, part }: Skin,
  matrices: readonly Matrix4[],
  numbersOf: (accessor: number) => Numbers,
): readonly Matrix4[] {
  const binds = inverseBindMatrices === undefined ? undefined : numbersOf(inverseBindMatrices).array;
  if (binds && binds.length < 16 * joints.length) {
    const reason = `has ${binds.length / 16} inverse bind matrices for ${joints.length} joints`;
    throw new SceneError('out-of-range', part, reason);
  }
  return joints.map((joint, i) => {
    const world = matrices[joint] ?? IDENTITY;
    if (!binds) return world;
    return multiplyMatrices(
      world,
      Array.from({ length: 16 }, (_, k) => binds[16 * i + k] ?? 0),
    );
  });
}
