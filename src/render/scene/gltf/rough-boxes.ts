/**
 * About where a scene is, at any moment of its animation, without placing a single vertex: the boxes of its meshes, and of skinned ones
 * those of what each joint carries, go where their nodes go. Shapes of morph targets are not looked at.
 */
import { SceneError } from '../errors.ts';
import { toFloats } from '../geometry/attributes.ts';
import { type Box, placedBox, unionOf } from '../geometry/far-origin.ts';
import { IDENTITY, type Matrix4 } from '../geometry/matrix.ts';
import { boundsOf } from '../geometry/place.ts';
import type { Numbers } from './accessors.ts';
import { type CopiesDef, copiesAt } from './gpu-instancing.ts';
import type { Mesh, Primitive } from './meshes.ts';
import { jointMatrices, type Skin } from './skins.ts';
import type { MeshInstance } from './world.ts';

export interface RoughParts {
  readonly meshes: readonly Mesh[];
  readonly skins: readonly (Skin | undefined)[];
  /** By the number of the node. */
  readonly copies: ReadonlyMap<number, CopiesDef>;
  readonly numbersOf: (accessor: number) => Numbers;
}

/** Where a part of the scene is, given where all nodes are. */
type BoxAt = (matrices: readonly Matrix4[]) => readonly Box[];

export class RoughBoxes {
  readonly #parts: RoughParts;
  readonly #own = new Map<number, Box>();
  readonly #all: readonly BoxAt[];

  /** What of them cannot be read is told where it would be drawn. */
  constructor(instances: readonly MeshInstance[], parts: RoughParts) {
    this.#parts = parts;
    this.#all = instances.map(({ node, mesh, skin }) => {
      const bound = skin === undefined ? undefined : parts.skins[skin];
      return bound ? this.#carried(mesh, bound) : this.#rigid(node, mesh);
    });
  }

  /** @param matrices of every node; lower is above upper where there is nothing */
  at(matrices: readonly Matrix4[]): Box {
    return unionOf(this.#all.flatMap((boxAt) => boxAt(matrices)));
  }

  #rigid(node: number, mesh: number): BoxAt {
    const { copies, numbersOf } = this.#parts;
    const own =
      this.#own.get(mesh) ?? unionOf(this.#primitives(mesh).map((one) => boundsOf(this.#positions(one))));
    this.#own.set(mesh, own);
    const places = quietly(() => copiesAt(IDENTITY, copies.get(node), numbersOf));
    const around = places
      ? unionOf(Array.from({ length: places.count }, (_, copy) => placedBox(own, places.matrixOf(copy))))
      : own;
    return (matrices) => [placedBox(around, matrices[node] ?? IDENTITY)];
  }

  #carried(mesh: number, skin: Skin): BoxAt {
    const { numbersOf } = this.#parts;
    const boxes = skin.joints.map(() => [] as number[]);
    for (const primitive of this.#primitives(mesh)) quietly(() => this.#addCarried(primitive, boxes));
    const own = boxes.map((corners) => boundsOf(corners));
    return (matrices) => {
      const joints = quietly(() => jointMatrices(skin, matrices, numbersOf)) ?? [];
      return own.flatMap((box, i) => {
        const joint = joints[i];
        return joint ? [placedBox(box, joint)] : [];
      });
    };
  }

  /** @param boxes of each joint, least and largest of all three axes */
  #addCarried(primitive: Primitive, boxes: readonly number[][]): void {
    const positions = this.#positions(primitive);
    const { JOINTS_0: jointAccessor, WEIGHTS_0: weightAccessor } = primitive.attributes;
    if (jointAccessor === undefined || weightAccessor === undefined) return;
    const joints = this.#parts.numbersOf(jointAccessor).array;
    const weights = toFloats(this.#parts.numbersOf(weightAccessor), 4, primitive.part);
    for (let k = 0; k < weights.length; k++) {
      const box = boxes[joints[k] ?? 0];
      if (!box || !((weights[k] ?? 0) > 0)) continue;
      for (let axis = 0; axis < 3; axis++) {
        const value = positions[3 * (k >> 2) + axis] ?? Number.NaN;
        if (!(value >= (box[axis] ?? Infinity))) box[axis] = value;
        if (!(value <= (box[axis + 3] ?? -Infinity))) box[axis + 3] = value;
      }
    }
  }

  #primitives(mesh: number): readonly Primitive[] {
    return this.#parts.meshes[mesh]?.primitives ?? [];
  }

  #positions({ attributes, part }: Primitive): ArrayLike<number> {
    const { POSITION: accessor } = attributes;
    const read = () => (accessor === undefined ? [] : toFloats(this.#parts.numbersOf(accessor), 3, part));
    return quietly(read) ?? [];
  }
}

function quietly<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SceneError) return undefined;
    throw error;
  }
}
