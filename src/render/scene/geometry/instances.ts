/**
 * Meshes that stand in many places: which of them the FlatScene holds once, and where each stands. All others are written to
 * world space, which renders faster.
 */
import { emits, isPlacement } from '../../placement.ts';
import { SceneError } from '../errors.ts';
import type { FlatMaterial, FlatMesh, FlatScene } from '../format.ts';
import type { Matrix4 } from './matrix.ts';

/**
 * What instances must spare the scene, in triangles, before there are any. Each spared triangle is some 50 bytes to send and
 * 130 in every worker's memory; but a ray takes about a quarter longer through two levels (docs/kernel.md), so below some
 * twenty megabytes speed goes first.
 */
export const WORTHWHILE_TRIANGLES = 2 ** 17;

/** An instance takes 150 bytes itself and a detour from every ray that meets its box: less than this is not worth one. */
const LEAST_TRIANGLES = 64;

/** One mesh as the scene uses it. */
export interface MeshUse {
  readonly triangles: number;
  /** Places where it could be an instance. */
  readonly places: number;
  readonly materials: readonly FlatMaterial[];
}

/** @returns for each mesh whether it becomes one that stands in many places */
export function chooseShared(uses: readonly MeshUse[]): readonly boolean[] {
  const spared = uses.map(({ triangles, places, materials }) =>
    triangles >= LEAST_TRIANGLES && places >= 2 && !materials.some(emits) ? triangles * (places - 1) : 0,
  );
  const isWorthwhile = spared.reduce((sum, triangles) => sum + triangles, 0) >= WORTHWHILE_TRIANGLES;
  return spared.map((triangles) => isWorthwhile && triangles > 0);
}

/** The rows of a matrix, as a FlatScene has them. */
export function rowsOf(matrix: Matrix4): Float32Array {
  const [a, b, c, , d, e, f, , g, h, i, , x, y, z] = matrix;
  return Float32Array.of(
    ...[a ?? 0, d ?? 0, g ?? 0, x ?? 0],
    ...[b ?? 0, e ?? 0, h ?? 0, y ?? 0],
    ...[c ?? 0, f ?? 0, i ?? 0, z ?? 0],
  );
}

/** Whether an instance can stand there; what is squashed flat cannot, and goes to world space. */
export function canPlace(matrix: Matrix4): boolean {
  return isPlacement(rowsOf(matrix), 0);
}

type Vector3 = [number, number, number];

/** Collects instances; their number must be known. */
export class InstanceTable {
  readonly meshes: FlatMesh[] = [];
  readonly instanceMeshes: Uint32Array;
  readonly instanceTransforms: Float32Array;
  #count = 0;

  constructor(count: number) {
    this.instanceMeshes = new Uint32Array(count);
    this.instanceTransforms = new Float32Array(12 * count);
  }

  add(mesh: number, matrix: Matrix4): void {
    this.instanceMeshes[this.#count] = mesh;
    this.instanceTransforms.set(rowsOf(matrix), 12 * this.#count);
    this.#count++;
  }

  /**
   * The bounds of everything; `world` may be those of nothing. An instance counts with the corners of its mesh's box.
   * @param boxes one a mesh @throws SceneError `bad-geometry` where an instance is carried out of the range of floats
   */
  boundsWith(world: FlatScene['bounds'], boxes: readonly FlatScene['bounds'][]): FlatScene['bounds'] {
    const min: Vector3 = [...world.min];
    const max: Vector3 = [...world.max];
    const rows = this.instanceTransforms;
    for (let instance = 0; instance < this.#count; instance++) {
      const box = boxes[this.instanceMeshes[instance] ?? 0];
      if (!box) continue;
      for (const row of [0, 1, 2] as const) {
        const at = 12 * instance + 4 * row;
        let low = rows[at + 3] ?? 0;
        let high = low;
        for (const column of [0, 1, 2] as const) {
          const a = (rows[at + column] ?? 0) * box.min[column];
          const b = (rows[at + column] ?? 0) * box.max[column];
          low += Math.min(a, b);
          high += Math.max(a, b);
        }
        if (low < min[row]) min[row] = low;
        if (high > max[row]) max[row] = high;
      }
    }
    const isInRange = [...min, ...max].every((value) => Math.abs(value) <= 1e38);
    if (this.#count > 0 && !isInRange) {
      throw new SceneError(
        'bad-geometry',
        'an instance',
        'is carried out of the range of numbers by its node',
      );
    }
    return { min, max };
  }
}
