/**
 * What can only be judged when all is in its place: primitives that a node carries out of the range of numbers or so far away that
 * nothing else would be seen, and closed bodies that are inside out.
 */
import { SceneError } from '../errors.ts';
import type { FlatMaterial } from '../format.ts';
import type { Warnings } from '../warnings.ts';
import type { Matrix4, Vector3 } from './matrix.ts';
import { isInsideOut, turned } from './orientation.ts';
import { boundsOf, type Placement } from './place.ts';
import { Distances } from './strays.ts';

/** Squares of coordinates beyond overflow single precision. */
const FARTHEST = 1e18;

/** Closed inside-out bodies that are looked at one by one; of more, none is taken for a room. */
const MOST_BODIES = 1_000;
/** Other things that are looked for within them. */
const MOST_CONTENTS = 10_000;

interface Box {
  readonly min: Vector3;
  readonly max: Vector3;
}

export interface Drawn {
  readonly inWorld: readonly Placement[];
  /** As they came, one list a mesh. */
  readonly inMeshes: readonly (readonly Placement[])[];
}

/** @param viewpoints where the file's cameras stand */
export function sceneable(
  inWorld: readonly Placement[],
  inMeshes: readonly (readonly Placement[])[],
  materials: readonly FlatMaterial[],
  viewpoints: readonly Vector3[],
  warnings: Warnings,
): Drawn {
  const boxes = inWorld.map(({ geometry, matrix }) => placedBox(boundsOf(geometry.positions), matrix));
  const reaches = boxes.map(({ min, max }) => Math.max(...min.map(Math.abs), ...max.map(Math.abs)));
  const distances = new Distances();
  for (const [i, { geometry }] of inWorld.entries()) {
    if ((reaches[i] ?? 0) <= FARTHEST) distances.add(reaches[i] ?? 0, geometry.vertexCount);
  }
  const { isAstray } = distances;
  const bodies = new InsideOut(inWorld, boxes, materials, viewpoints);
  return {
    inWorld: inWorld.flatMap((placement, i) => {
      const reach = reaches[i] ?? 0;
      if (!(reach <= FARTHEST)) {
        const reason = 'reaches or is carried by its node out of the range of numbers';
        warnings.excuse(new SceneError('bad-geometry', placement.part, reason), 'it is not drawn');
        return [];
      }
      if (isAstray?.(reach)) {
        warnings.add(`${placement.part} is a trillion times farther away than the rest; it is left out`);
        return [];
      }
      return [bodies.facingOut(placement, i)];
    }),
    inMeshes: inMeshes.map((mesh) => mesh.map((placement) => bodies.facingOut(placement))),
  };
}

/** Turns closed bodies that are inside out; a room is one as well, but there is something in it, or it is seen from within. */
class InsideOut {
  readonly #boxes: readonly Box[];
  readonly #materials: readonly FlatMaterial[];
  readonly #viewpoints: readonly Vector3[];
  readonly #isBody = new Map<Placement['geometry'], boolean>();
  readonly #turned = new Map<Placement['geometry'], Placement['geometry']>();
  /** Of the placements that are not inside out themselves: the middles of their boxes. */
  readonly #contents: readonly Vector3[];

  constructor(
    inWorld: readonly Placement[],
    boxes: readonly Box[],
    materials: readonly FlatMaterial[],
    viewpoints: readonly Vector3[],
  ) {
    this.#boxes = boxes;
    this.#materials = materials;
    this.#viewpoints = viewpoints;
    const isBody = inWorld.map((placement) => this.#isInsideOut(placement));
    const bodies = isBody.filter(Boolean).length;
    this.#contents =
      bodies === 0 || bodies > MOST_BODIES
        ? []
        : boxes.flatMap((box, i) => (isBody[i] ? [] : [middleOf(box)])).slice(0, MOST_CONTENTS);
  }

  /** @param place in the world; undefined: in a mesh's own space */
  facingOut(placement: Placement, place?: number): Placement {
    if (!this.#isInsideOut(placement)) return placement;
    const box = place === undefined ? undefined : this.#boxes[place];
    if (box && [...this.#viewpoints, ...this.#contents].some((point) => isInside(box, point)))
      return placement;
    let geometry = this.#turned.get(placement.geometry);
    if (!geometry) {
      geometry = turned(placement.geometry);
      this.#turned.set(placement.geometry, geometry);
    }
    return { ...placement, geometry };
  }

  /** What shows both sides looks alike either way. */
  #isInsideOut({ geometry, material }: Placement): boolean {
    if (this.#materials[material]?.doubleSided) return false;
    let isBody = this.#isBody.get(geometry);
    if (isBody === undefined) {
      isBody = isInsideOut(geometry);
      this.#isBody.set(geometry, isBody);
    }
    return isBody;
  }
}

function middleOf({ min, max }: Box): Vector3 {
  return [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
}

function isInside({ min, max }: Box, point: Vector3): boolean {
  return ([0, 1, 2] as const).every((axis) => point[axis] > min[axis] && point[axis] < max[axis]);
}

/** Around the box when it is carried to its place. */
function placedBox({ min, max }: Box, m: Matrix4): Box {
  const low: [number, number, number] = [0, 0, 0];
  const high: [number, number, number] = [0, 0, 0];
  for (const row of [0, 1, 2] as const) {
    low[row] = m[12 + row] ?? 0;
    high[row] = m[12 + row] ?? 0;
    for (const column of [0, 1, 2] as const) {
      const factor = m[4 * column + row] ?? 0;
      const [a, b] = [factor * min[column], factor * max[column]];
      low[row] += Math.min(a, b);
      high[row] += Math.max(a, b);
    }
  }
  return { min: low, max: high };
}
