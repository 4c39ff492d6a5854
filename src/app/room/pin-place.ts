/** Where a pin is: on a pixel of a picture, or on a point of a scene. And where that is on the stage. */
import type { FlatCamera } from '../../render/scene/index.ts';
import { demand, isRecord, numberOf, textOf } from './refusals.ts';
import { MAX_TITLE, type Moment, momentOf, type StageLink, type Triple, tripleOf } from './stage-link.ts';

export type PinPlace =
  | {
      readonly kind: 'picture';
      readonly job: string;
      readonly title: string;
      /** 0..1 from its top left. */
      readonly x: number;
      readonly y: number;
    }
  /** Metres in the scene, and from where it was seen. */
  | { readonly kind: 'scene'; readonly point: Triple; readonly seen: Moment };

/** On the stage, 0..1 from its top left. */
export interface StagePoint {
  readonly x: number;
  readonly y: number;
}

/** @throws UpdateRefusedError */
export function placeOf(value: unknown): PinPlace {
  demand(isRecord(value), 'it is nowhere');
  if (value['kind'] === 'scene') {
    return { kind: 'scene', point: tripleOf(value['point']), seen: momentOf(value['seen']) };
  }
  demand(value['kind'] === 'picture', 'it is nowhere');
  return {
    kind: 'picture',
    job: textOf(value['job'], MAX_TITLE),
    title: textOf(value['title'], MAX_TITLE),
    x: shareOf(value['x']),
    y: shareOf(value['y']),
  };
}

function shareOf(value: unknown): number {
  const share = numberOf(value);
  demand(share >= 0 && share <= 1, 'it is beside the picture');
  return share;
}

/** What is seen at a point of the stage, that far away along the view. @param aspect width by height */
export function pointSeen(camera: FlatCamera, aspect: number, { x, y }: StagePoint, metres: number): Triple {
  const { position, right, up, back, projection } = camera;
  const reach = projection.kind === 'perspective' ? Math.tan(projection.yfov / 2) * metres : projection.ymag;
  const aside = (2 * x - 1) * reach * aspect;
  const above = (1 - 2 * y) * reach;
  const at = (i: 0 | 1 | 2): number => position[i] + aside * right[i] + above * up[i] - metres * back[i];
  return [at(0), at(1), at(2)];
}

/** Where a point of the scene is on the stage; undefined where it is behind the camera, or beside what is seen. */
export function stagePointOf(camera: FlatCamera, aspect: number, point: Triple): StagePoint | undefined {
  const { position, right, up, back, projection } = camera;
  const along = (axis: Triple): number =>
    (point[0] - position[0]) * axis[0] +
    (point[1] - position[1]) * axis[1] +
    (point[2] - position[2]) * axis[2];
  const metres = -along(back);
  if (metres <= 0) return undefined;
  const reach = projection.kind === 'perspective' ? Math.tan(projection.yfov / 2) * metres : projection.ymag;
  const x = (along(right) / (reach * aspect) + 1) / 2;
  const y = (1 - along(up) / reach) / 2;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : undefined;
}

/** Marks that are no further apart, along both sides of the stage, hide one another. */
const PILE = 0.01;

/** How many marks each stands upon: of those that two set on one pixel, the later would hide the earlier. */
export function depthsInPiles(points: readonly (StagePoint | undefined)[]): readonly number[] {
  const depths: number[] = [];
  for (const [i, point] of points.entries()) {
    let depth = 0;
    for (const [j, other] of points.slice(0, point ? i : 0).entries()) {
      if (point && other && isPile(point, other)) depth = Math.max(depth, 1 + (depths[j] ?? 0));
    }
    depths.push(depth);
  }
  return depths;
}

const isPile = (a: StagePoint, b: StagePoint): boolean =>
  Math.abs(a.x - b.x) <= PILE && Math.abs(a.y - b.y) <= PILE;

/** What has to be on the stage for it to be seen. */
export function linkOfPlace(place: PinPlace): StageLink {
  return place.kind === 'scene' ? place.seen : { kind: 'render', job: place.job, title: place.title };
}

export function titleOfPlace(place: PinPlace): string {
  return place.kind === 'scene' ? place.seen.scene : place.title;
}
