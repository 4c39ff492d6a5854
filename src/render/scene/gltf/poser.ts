/** How the vertices of a mesh change in the pose of the world, before they are placed. */
import { SceneError } from '../errors.ts';
import { toFloats } from '../geometry/attributes.ts';
import { type Deform, type Influences, type MorphTarget, morph, skin } from '../geometry/deform.ts';
import { determinant3, type Matrix4, multiplyMatrices } from '../geometry/matrix.ts';
import { MAX_DEFORMED_VERTICES } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import type { Numbers } from './accessors.ts';
import type { Mesh, Primitive } from './meshes.ts';
import { jointMatrices, type Skin } from './skins.ts';
import type { MeshInstance, World } from './world.ts';

/** Mirrors x: its own inverse. */
const MIRROR: Matrix4 = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const IDENTITY: Matrix4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

interface Joints {
  /** As `skin` wants them. */
  readonly matrices: Float64Array;
  /** What is left to do for a vertex after them. */
  readonly matrix: Matrix4;
}

export interface PosedInstance {
  /** From the (deformed) vertices to the world. */
  readonly matrix: Matrix4;
  /** Undefined: the primitive is as the file has it, the same for every such instance. */
  deform(primitive: Primitive): Deform | undefined;
}

export class Poser {
  readonly #skins: readonly (Skin | undefined)[];
  readonly #world: World;
  readonly #warnings: Warnings;
  readonly #numbersOf: (accessor: number) => Numbers;
  readonly #joints = new Map<number, Joints | undefined>();
  #deformed = 0;

  constructor(
    skins: readonly (Skin | undefined)[],
    world: World,
    numbersOf: (accessor: number) => Numbers,
    warnings: Warnings,
  ) {
    this.#warnings = warnings;
    this.#skins = skins;
    this.#world = world;
    this.#numbersOf = numbersOf;
  }

  /** @throws SceneError `out-of-range`; `deform` and what it gives throw `bad-geometry` and `too-large` too */
  pose({ matrix, skin: skinIndex, weights: given }: MeshInstance, mesh: Mesh): PosedInstance {
    const joints = skinIndex === undefined ? undefined : this.#jointsOf(skinIndex);
    const weights = given ?? mesh.weights;
    return {
      matrix: joints?.matrix ?? matrix,
      deform: (primitive) => {
        const active = primitive.targets.filter((_, i) => (weights[i] ?? 0) !== 0);
        if (active.length === 0 && !joints) return undefined;
        return (vertices) => {
          this.#count((vertices.positions.length / 3) * (active.length + 1), primitive.part);
          const targets = this.#warnings.salvage(
            () => this.#targets(primitive, weights, vertices.positions.length),
            [],
            'the mesh keeps its shape',
          );
          const morphed = targets.length > 0 ? morph(vertices, targets) : vertices;
          if (!joints) return morphed;
          const influences = this.#warnings.salvage(
            () => this.#influences(primitive, joints, vertices.positions.length / 3),
            [],
            'it follows the first joint',
          );
          return skin(morphed, joints.matrices, influences);
        };
      },
    };
  }

  /** Vertices that are not drawn are deformed too, so no other limit holds here. */
  #count(vertices: number, part: string): void {
    this.#deformed += vertices;
    if (this.#deformed > MAX_DEFORMED_VERTICES) {
      throw new SceneError('too-large', part, 'has too many vertices under morph targets and skins');
    }
  }

  #jointsOf(index: number): Joints | undefined {
    if (this.#joints.has(index)) return this.#joints.get(index);
    const def = this.#skins[index];
    const full = this.#warnings.salvage(
      () => (def ? jointMatrices(def, this.#world.matrices, this.#numbersOf) : []),
      [],
      'the mesh rests as it is',
    );
    const first = full.find((joint) => joint !== undefined);
    // Joints that mirror turn triangles over, which only the placing knows how to mend: it is given the mirror back.
    const matrix = first && determinant3(first) < 0 ? MIRROR : IDENTITY;
    const matrices = new Float64Array(12 * full.length).fill(Number.NaN);
    for (const [i, joint] of full.entries()) {
      if (!joint) continue;
      const turned = matrix === MIRROR ? multiplyMatrices(MIRROR, joint) : joint;
      for (let column = 0; column < 4; column++) {
        matrices.set(turned.slice(4 * column, 4 * column + 3), 12 * i + 3 * column);
      }
    }
    const joints = first ? { matrices, matrix } : undefined;
    this.#joints.set(index, joints);
    return joints;
  }

  #targets(primitive: Primitive, weights: readonly number[], length: number): MorphTarget[] {
    return primitive.targets.flatMap((target, i) => {
      const weight = weights[i] ?? 0;
      if (weight === 0) return [];
      const part = `${primitive.part}.targets[${i}]`;
      const read = (accessor: number | undefined, semantic: string): Float32Array | undefined =>
        accessor === undefined ? undefined : this.#deltas(accessor, length, `${part}.${semantic}`);
      return [
        {
          weight,
          positions: read(target.position, 'POSITION'),
          normals: read(target.normal, 'NORMAL'),
          tangents: read(target.tangent, 'TANGENT'),
        },
      ];
    });
  }

  /** What a target adds: nothing where that is no number. */
  #deltas(accessor: number, length: number, part: string): Float32Array {
    const floats = this.#floats(accessor, 3, length, part);
    if (floats.every((value) => Number.isFinite(value))) return floats;
    const broken = new SceneError('bad-geometry', part, 'has values that are no numbers');
    this.#warnings.excuse(broken, 'those move nothing');
    return floats.map((value) => (Number.isFinite(value) ? value : 0));
  }

  #influences({ attributes, part }: Primitive, { matrices }: Joints, vertexCount: number): Influences[] {
    const influences: Influences[] = [];
    for (let set = 0; ; set++) {
      const { [`JOINTS_${set}`]: jointAccessor, [`WEIGHTS_${set}`]: weightAccessor } = attributes;
      if (jointAccessor === undefined || weightAccessor === undefined) return influences;
      const joints = this.#numbersOf(jointAccessor).array;
      const weights = this.#floats(weightAccessor, 4, 4 * vertexCount, `${part}.attributes.WEIGHTS_${set}`);
      if (joints.length !== weights.length) {
        throw new SceneError(
          'bad-geometry',
          part,
          `has JOINTS_${set} and WEIGHTS_${set} of different lengths`,
        );
      }
      influences.push({ joints, weights: this.#owned(joints, weights, matrices, part) });
    }
  }

  /** The weights without those that follow a joint that the skin does not have, or that has no place. */
  #owned(
    joints: ArrayLike<number>,
    weights: Float32Array,
    matrices: Float64Array,
    part: string,
  ): Float32Array {
    let owned: Float32Array | undefined;
    for (let k = 0; k < joints.length; k++) {
      const joint = joints[k] ?? 0;
      if (!((weights[k] ?? 0) > 0) || Number.isFinite(matrices[12 * joint])) continue;
      if (!owned) {
        const reason = `follows joint ${joint} of a skin of ${matrices.length / 12}, or one without a place`;
        this.#warnings.excuse(new SceneError('out-of-range', part, reason), 'that joint moves nothing');
        owned = weights.slice();
      }
      owned[k] = 0;
    }
    return owned ?? weights;
  }

  #floats(accessor: number, components: number, length: number, part: string): Float32Array {
    const floats = toFloats(this.#numbersOf(accessor), components, part);
    if (floats.length === length) return floats;
    const reason = `has values for ${floats.length / components} vertices, POSITION for ${length / components}`;
    throw new SceneError('bad-geometry', part, reason);
  }
}
