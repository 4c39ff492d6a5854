/**
 * What a camera that shows the whole scene must show of one that moves: everywhere it comes to. A camera that framed each moment by
 * itself would go along, and what walks would stand still.
 */
import { type Box, unionOf } from '../geometry/far-origin.ts';
import type { Vector3 } from '../geometry/matrix.ts';
import type { Numbers } from './accessors.ts';
import type { Animations } from './animations.ts';
import type { NodeTree } from './nodes.ts';
import type { RoughBoxes } from './rough-boxes.ts';
import { posedMatrices } from './world.ts';

/** Steps of the animation that are looked at. */
const STEPS = 16;

/** Something that goes so many of its own sizes away would not be seen in a picture of all of its way. */
const MOST_SIZES = 100;

interface Moving {
  readonly animations: Animations;
  readonly tree: NodeTree;
  readonly boxes: RoughBoxes;
  readonly numbersOf: (accessor: number) => Numbers;
  /** Where the world was moved to. */
  readonly origin: Vector3 | undefined;
}

/** @param now the scene at the moment that is read @returns that, of a scene that stands still; of another the same at every moment */
export function boundsToShow(now: Box, { animations, tree, boxes, numbersOf, origin }: Moving): Box {
  const duration = animations.duration(numbersOf);
  if (duration === 0) return now;
  const moments = Array.from({ length: STEPS + 1 }, (_, step) => {
    const pose = animations.pose(numbersOf, () => 0, (duration * step) / STEPS);
    return boxes.at(posedMatrices(tree, pose));
  });
  const [first] = moments;
  const isStill = moments.every((box) => JSON.stringify(box) === JSON.stringify(first));
  const [x, y, z] = origin ?? [0, 0, 0];
  const { min, max } = unionOf(moments);
  const swept: Box = {
    min: [min[0] - x, min[1] - y, min[2] - z],
    max: [max[0] - x, max[1] - y, max[2] - z],
  };
  const sizes = sizeOf(swept) / Math.max(...moments.map(sizeOf));
  return !isStill && sizes <= MOST_SIZES ? swept : now;
}

function sizeOf({ min, max }: Box): number {
  return Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
}
