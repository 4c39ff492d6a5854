/** The parts of an encoded scene's manifest, checked one by one. */
import { CheckedJson } from '../checked-json.ts';
import type { FlatCamera, FlatImage, FlatLight, FlatTexture } from '../format.ts';
import { IMAGE_FORMATS } from '../images/image-formats.ts';
import {
  MAX_COORDINATE,
  MAX_DISTANCE,
  MAX_IMAGE_SIDE,
  MAX_RADIANCE,
  MAX_YFOV,
  MAX_YMAG,
  MIN_DISTANCE,
  MIN_YFOV,
  MIN_YMAG,
  QUARTER_TURN,
} from '../limits.ts';

const json = new CheckedJson('blob-damaged');

export function readVector3(value: unknown, part: string): readonly [number, number, number] {
  const [x = 0, y = 0, z = 0] = json.numbers(value, 3, part);
  return [x, y, z];
}

/** All of an image but its bytes. */
export function readImage(value: unknown, part: string): Omit<FlatImage, 'bytes'> {
  const { name, width, height, encoding, glossiness } = json.object(value, part);
  const side = (length: unknown, field: string): number => {
    const count = json.count(length, `${part}.${field}`, MAX_IMAGE_SIDE);
    if (count === 0) throw json.fail(`${part}.${field}`, 'should not be 0');
    return count;
  };
  return {
    name: json.text(name, `${part}.name`),
    width: side(width, 'width'),
    height: side(height, 'height'),
    encoding: json.oneOf(encoding, ['rgba', ...IMAGE_FORMATS], `${part}.encoding`),
    ...(glossiness !== undefined && {
      glossiness: json.numberWithin(glossiness, 0, 1, `${part}.glossiness`),
    }),
  };
}

export function readCamera(value: unknown, part: string): FlatCamera {
  const { name, position, right, up, back, projection } = json.object(value, part);
  const { kind: rawKind, yfov, ymag } = json.object(projection, `${part}.projection`);
  const kind = json.oneOf(rawKind, ['perspective', 'orthographic'], `${part}.projection.kind`);
  return {
    name: json.text(name, `${part}.name`),
    position: readVector3(position, `${part}.position`),
    right: readVector3(right, `${part}.right`),
    up: readVector3(up, `${part}.up`),
    back: readVector3(back, `${part}.back`),
    projection:
      kind === 'perspective'
        ? { kind, yfov: json.numberWithin(yfov, MIN_YFOV, MAX_YFOV, `${part}.projection.yfov`) }
        : { kind, ymag: json.numberWithin(ymag, MIN_YMAG, MAX_YMAG, `${part}.projection.ymag`) },
  };
}

export function readTexture(value: unknown, imageCount: number, part: string): FlatTexture {
  const { image, wrapS, wrapT, nearest, texCoord, transform } = json.object(value, part);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = json.numbers(transform, 6, `${part}.transform`);
  return {
    image: json.index(image, imageCount, `${part}.image`),
    wrapS: json.oneOf(wrapS, ['repeat', 'mirror', 'clamp'], `${part}.wrapS`),
    wrapT: json.oneOf(wrapT, ['repeat', 'mirror', 'clamp'], `${part}.wrapT`),
    nearest: json.boolean(nearest, false, `${part}.nearest`),
    texCoord: json.count(texCoord, `${part}.texCoord`, 1),
    transform: [a, b, c, d, e, f],
  };
}

/** Of a directional light the position, of a point light the direction says nothing, but is still a place and a unit vector. */
export function readLight(value: unknown, part: string): FlatLight {
  const { name, kind, intensity, position, direction, range, innerConeAngle, outerConeAngle } = json.object(
    value,
    part,
  );
  const [r = 0, g = 0, b = 0] = json.numbersWithin(intensity, 3, 0, MAX_RADIANCE, `${part}.intensity`);
  const [x, y, z] = readVector3(direction, `${part}.direction`);
  if (Math.abs(x * x + y * y + z * z - 1) > 1e-6) {
    throw json.fail(`${part}.direction`, 'should have unit length');
  }
  const [px = 0, py = 0, pz = 0] = json.numbersWithin(
    position,
    3,
    -MAX_COORDINATE,
    MAX_COORDINATE,
    `${part}.position`,
  );
  const outer = json.numberWithin(outerConeAngle, 0, QUARTER_TURN, `${part}.outerConeAngle`);
  const inner = json.numberWithin(innerConeAngle, 0, outer, `${part}.innerConeAngle`);
  if (inner === outer) throw json.fail(`${part}.innerConeAngle`, 'should be below outerConeAngle');
  return {
    name: json.text(name, `${part}.name`),
    intensity: [r, g, b],
    position: [px, py, pz],
    direction: [x, y, z],
    kind: json.oneOf(kind, ['point', 'spot', 'directional'], `${part}.kind`),
    range: json.distance(range, MIN_DISTANCE, MAX_DISTANCE, `${part}.range`),
    innerConeAngle: inner,
    outerConeAngle: outer,
  };
}
