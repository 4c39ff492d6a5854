/**
 * A turntable: the camera goes once around the middle of the scene, counter-clockwise seen from above, in equal steps, and looks at it as it
 * did at the start. The light stays where it is.
 */
import type { FlatCamera, FlatScene } from '../render/scene/index.ts';
import type { RenderSettings } from '../render/settings.ts';

type Vector = readonly [number, number, number];
type Camera = RenderSettings['camera'];

/** Once around, beginning with the camera as it is in the settings: that picture is the plain one, to the bit. */
export function turntableViews(
  { cameras, bounds }: Pick<FlatScene, 'cameras' | 'bounds'>,
  camera: Camera,
  count: number,
): readonly Camera[] {
  const start = typeof camera === 'number' ? cameras[camera] : camera;
  return Array.from({ length: count }, (_, i) =>
    i === 0 || !start ? camera : orbited(start, bounds, i / count),
  );
}

/** @param turns of the whole circle, about +Y */
export function orbited(camera: FlatCamera, { min, max }: FlatScene['bounds'], turns: number): FlatCamera {
  const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
  const turned = ([x, y, z]: Vector): Vector => [cos * x + sin * z, y, cos * z - sin * x];
  const [x, , z] = [0, 1, 2].map((axis) => ((min[axis] ?? 0) + (max[axis] ?? 0)) / 2);
  const middle: Vector = [x ?? 0, 0, z ?? 0];
  const { position, right, up, back } = camera;
  const from = turned([position[0] - middle[0], position[1], position[2] - middle[2]]);
  return {
    ...camera,
    position: [from[0] + middle[0], from[1], from[2] + middle[2]],
    ...{ right: turned(right), up: turned(up), back: turned(back) },
  };
}
