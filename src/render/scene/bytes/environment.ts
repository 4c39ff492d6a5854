/**
 * EnvironmentMap to bytes and back: RGB9E5 texels (rgb9e5.ts), the four bytes of all texels kept apart and deflated, two to three bytes a texel. Encoding
 * what was decoded gives the same bytes, so a map has the same hash wherever it comes from.
 */
import { unzlibSync, zlibSync } from 'fflate';
import { CheckedJson } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { EnvironmentMap } from '../format.ts';
import { MAX_ENVIRONMENT_SIDE } from '../limits.ts';
import { packRgb9e5, unpackRgb9e5 } from './rgb9e5.ts';
import { readSections, writeSections } from './sections.ts';

const MAGIC = 'LCEN';
const VERSION = 1;
const json = new CheckedJson('blob-damaged');

/** Values are clamped to 0..65,408; what is not a number becomes 0. */
export function encodeEnvironment(map: EnvironmentMap): Uint8Array {
  const texels = map.width * map.height;
  if (map.rgb.length !== 3 * texels) {
    throw new SceneError('bad-geometry', 'environment', `has ${map.rgb.length} numbers for ${texels} texels`);
  }
  const planes = new Uint8Array(4 * texels);
  for (let i = 0; i < texels; i++) {
    const packed = packRgb9e5(map.rgb[3 * i] ?? 0, map.rgb[3 * i + 1] ?? 0, map.rgb[3 * i + 2] ?? 0);
    planes[i] = packed;
    planes[texels + i] = packed >>> 8;
    planes[2 * texels + i] = packed >>> 16;
    planes[3 * texels + i] = packed >>> 24;
  }
  const { width, height } = map;
  return writeSections(MAGIC, VERSION, { width, height }, [zlibSync(planes, { level: 6 })]);
}

/** @throws SceneError `blob-damaged` */
export function decodeEnvironment(bytes: Uint8Array): EnvironmentMap {
  const { manifest, sections } = readSections(bytes, MAGIC, VERSION, 1);
  const { width: rawWidth, height: rawHeight } = json.object(manifest, 'manifest');
  const width = json.count(rawWidth, 'width', MAX_ENVIRONMENT_SIDE);
  const height = json.count(rawHeight, 'height', MAX_ENVIRONMENT_SIDE);
  const texels = width * height;
  const damaged = (cause?: unknown): SceneError =>
    new SceneError('blob-damaged', 'environment', `does not unpack to ${width} x ${height} texels`, {
      cause,
    });
  const packed = sections[0];
  // Deflate gains at most 1,032 : 1, so a short section cannot hold a large map.
  if (!packed || texels === 0 || packed.length * 1_032 < 4 * texels) throw damaged();
  let planes: Uint8Array;
  try {
    planes = unzlibSync(packed, { out: new Uint8Array(4 * texels + 1) });
  } catch (cause) {
    throw damaged(cause);
  }
  if (planes.length !== 4 * texels) throw damaged();
  const rgb = new Float32Array(3 * texels);
  for (let i = 0; i < texels; i++) {
    const high = ((planes[2 * texels + i] ?? 0) << 16) | ((planes[3 * texels + i] ?? 0) << 24);
    unpackRgb9e5((planes[i] ?? 0) | ((planes[texels + i] ?? 0) << 8) | high, rgb, 3 * i);
  }
  return { width, height, rgb };
}
