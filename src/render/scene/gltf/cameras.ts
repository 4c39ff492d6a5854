/** The file's cameras, then always one that shows everything: a scene without a camera can be rendered at once. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { FlatCamera, FlatScene } from '../format.ts';
import { cross, normalised, type Vector3 } from '../geometry/matrix.ts';
import { MAX_COORDINATE, MAX_YFOV, MAX_YMAG, MIN_YFOV, MIN_YMAG } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import type { CameraInstance } from './world.ts';

/** A camera that cannot be read is left out. */
export function readCameras(
  json: CheckedJson,
  root: JsonObject,
  instances: readonly CameraInstance[],
  warnings: Warnings,
): FlatCamera[] {
  const { cameras } = root;
  const values = warnings.salvage(() => json.list(cameras, 'cameras'), []);
  return instances.flatMap(({ camera, matrix, nodeName }, i) => {
    const part = `cameras[${camera}]`;
    const def = warnings.salvage(() => json.object(values[camera], part), undefined);
    const projection = def && warnings.salvage(() => readProjection(json, def, part), undefined);
    if (!def || !projection) return [];
    const { name: cameraName } = def;
    const name = json.name(nodeName, json.name(cameraName, `Camera ${i + 1}`));
    const [, , , , ux = 0, uy = 0, uz = 0, , bx = 0, by = 0, bz = 0, , x = 0, y = 0, z = 0] = matrix;
    const back = normalised([bx, by, bz]);
    const right = back && normalised(cross([ux, uy, uz], back));
    if (!back || !right || ![x, y, z].every((value) => Math.abs(value) <= MAX_COORDINATE)) {
      warnings.add(`the camera "${name}" stands in no usable place and was left out`);
      return [];
    }
    return [{ name, position: [x, y, z], right, up: cross(back, right), back, projection }];
  });
}

function readProjection(json: CheckedJson, def: JsonObject, part: string): FlatCamera['projection'] {
  const { type, perspective, orthographic } = def;
  const kind = json.oneOf(type, ['perspective', 'orthographic'], `${part}.type`);
  if (kind === 'perspective') {
    const { yfov } = json.object(perspective, `${part}.perspective`);
    return { kind, yfov: json.numberWithin(yfov, MIN_YFOV, MAX_YFOV, `${part}.perspective.yfov`) };
  }
  const { ymag } = json.object(orthographic, `${part}.orthographic`);
  // Exporters write negative magnifications for flipped views; the size is what is meant.
  const size = Math.abs(json.number(ymag, `${part}.orthographic.ymag`));
  return { kind, ymag: json.numberWithin(size, 1e-18, 1e18, `${part}.orthographic.ymag`) };
}

/** Those that show a part of the scene that can be told from nothing, and from everything. @param factor on all lengths */
export function usableCameras(
  cameras: readonly FlatCamera[],
  factor: number,
  warnings: Warnings,
): readonly FlatCamera[] {
  return cameras.filter(({ name, projection }) => {
    if (projection.kind === 'perspective') return true;
    const ymag = projection.ymag * factor;
    const isUsable = ymag >= MIN_YMAG && ymag <= MAX_YMAG;
    if (!isUsable) warnings.add(`the camera "${name}" shows ${2 * projection.ymag} metres and was left out`);
    return isUsable;
  });
}

/** 40 degrees: a normal lens. */
const FRAMING_YFOV = 0.7;
/** 1 / sin(yfov / 2): from there the bounding sphere just touches the frame. Written out, `Math.sin` may differ. */
const DISTANCE_PER_RADIUS = 2.9163;
/** From the front, to the right and a little above, as objects are shown in catalogues. */
const THREE_QUARTER: Vector3 = [0.55, 0.4, 1];

/** A three-quarter view of everything. */
export function wholeSceneCamera(bounds: FlatScene['bounds']): FlatCamera {
  const { min, max } = bounds;
  const centre: Vector3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  const [dx, dy, dz] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  const distance = (Math.sqrt(dx * dx + dy * dy + dz * dz) / 2) * DISTANCE_PER_RADIUS;
  const back = normalised(THREE_QUARTER) ?? [0, 0, 1];
  const right = normalised(cross([0, 1, 0], back)) ?? [1, 0, 0];
  return {
    name: 'Whole scene',
    position: [
      centre[0] + back[0] * distance,
      centre[1] + back[1] * distance,
      centre[2] + back[2] * distance,
    ],
    right,
    up: cross(back, right),
    back,
    projection: { kind: 'perspective', yfov: FRAMING_YFOV },
  };
}
