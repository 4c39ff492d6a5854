/**
 * A FlatScene's instances as three.js draws them: for each mesh one run of matrices, and another for those that mirror, because
 * three tells fronts from backs by an object, not by an instance.
 */
import type { FlatScene } from '../../render/scene/index.ts';

export interface InstanceGroup {
  /** An index into the scene's meshes. */
  readonly mesh: number;
  /** The matrices are to be drawn under an object that mirrors x, and are without that mirror. */
  readonly isMirrored: boolean;
  /** 16 numbers an instance, column by column. */
  readonly matrices: Float32Array;
}

/** As many as a person's GPU still turns fluently. A guess; a forest is thinned out evenly beyond. */
const MAX_TRIANGLES = 20_000_000;

/** @param mostTriangles about how many are drawn at most */
export function instanceGroups(
  { meshes, instanceMeshes, instanceTransforms }: FlatScene,
  mostTriangles = MAX_TRIANGLES,
): readonly InstanceGroup[] {
  let triangles = 0;
  for (const mesh of instanceMeshes) triangles += meshes[mesh]?.triangleCount ?? 0;
  const step = Math.max(1, Math.ceil(triangles / mostTriangles));
  const runs = new Map<string, { mesh: number; isMirrored: boolean; instances: number[] }>();
  for (let instance = 0; instance < instanceMeshes.length; instance++) {
    const mesh = instanceMeshes[instance] ?? 0;
    const isMirrored = mirrors(instanceTransforms, 12 * instance);
    const key = `${mesh} ${isMirrored}`;
    const run = runs.get(key);
    if (run) run.instances.push(instance);
    else runs.set(key, { mesh, isMirrored, instances: [instance] });
  }
  return [...runs.values()].map(({ mesh, isMirrored, instances: all }) => {
    const instances = all.filter((_, i) => i % step === 0);
    const matrices = new Float32Array(16 * instances.length);
    instances.forEach((instance, i) => {
      for (let row = 0; row < 3; row++) {
        // The object's mirror comes after the instance's matrix.
        const sign = isMirrored && row === 0 ? -1 : 1;
        for (let column = 0; column < 4; column++) {
          matrices[16 * i + 4 * column + row] =
            sign * (instanceTransforms[12 * instance + 4 * row + column] ?? 0);
        }
      }
      matrices[16 * i + 15] = 1;
    });
    return { mesh, isMirrored, matrices };
  });
}

function mirrors(rows: Float32Array, at: number): boolean {
  const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0] = rows.subarray(at, at + 11);
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) < 0;
}
