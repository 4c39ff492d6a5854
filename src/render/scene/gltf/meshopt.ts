/**
 * EXT_meshopt_compression and KHR_meshopt_compression: a buffer view packed by meshoptimizer. Its rules are checked before
 * its decoder, which relies on them, sees a byte.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';

const MODES = ['ATTRIBUTES', 'TRIANGLES', 'INDICES'] as const;
const FILTERS = ['NONE', 'OCTAHEDRAL', 'QUATERNION', 'EXPONENTIAL', 'COLOR'] as const;

export interface PackedView {
  readonly buffer: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly byteStride: number;
  readonly count: number;
  readonly mode: (typeof MODES)[number];
  readonly filter: (typeof FILTERS)[number];
}

export interface MeshoptDecoder {
  decodeGltfBuffer(
    target: Uint8Array,
    count: number,
    size: number,
    source: Uint8Array,
    mode: string,
    filter?: string,
  ): void;
}

/** @throws SceneError `json-damaged` */
export function readPacked(
  json: CheckedJson,
  extension: JsonObject,
  part: string,
  bufferCount: number,
): PackedView {
  const { buffer, byteOffset = 0, byteLength, byteStride, count: rawCount } = extension;
  const { mode: rawMode, filter: rawFilter = 'NONE' } = extension;
  const mode = json.oneOf(rawMode, MODES, `${part}.mode`);
  const filter = json.oneOf(rawFilter, FILTERS, `${part}.filter`);
  const stride = json.count(byteStride, `${part}.byteStride`, 256);
  const count = json.count(rawCount, `${part}.count`, MAX_DECODED_BYTES);
  if (!fits(mode, filter, stride) || (mode === 'TRIANGLES' && count % 3 !== 0)) {
    throw json.fail(part, `has byteStride ${stride} and count ${count} for mode ${mode}, filter ${filter}`);
  }
  return {
    buffer: json.index(buffer, bufferCount, `${part}.buffer`),
    byteOffset: json.count(byteOffset, `${part}.byteOffset`),
    byteLength: json.count(byteLength, `${part}.byteLength`),
    ...{ byteStride: stride, count, mode, filter },
  };
}

function fits(mode: PackedView['mode'], filter: PackedView['filter'], stride: number): boolean {
  if (mode !== 'ATTRIBUTES') return filter === 'NONE' && (stride === 2 || stride === 4);
  if (stride === 0 || stride % 4 !== 0) return false;
  switch (filter) {
    case 'NONE':
    case 'EXPONENTIAL':
      return true;
    case 'OCTAHEDRAL':
    case 'COLOR':
      return stride === 4 || stride === 8;
    case 'QUATERNION':
      return stride === 8;
    default:
      return filter satisfies never;
  }
}

/** @throws SceneError `compression-damaged` */
export function unpack(
  { count, byteStride, mode, filter }: PackedView,
  source: Uint8Array,
  decoder: MeshoptDecoder | undefined,
  part: string,
): Uint8Array {
  const target = new Uint8Array(count * byteStride);
  try {
    decoder?.decodeGltfBuffer(target, count, byteStride, source, mode, filter);
  } catch (cause) {
    throw new SceneError('compression-damaged', part, 'its meshopt data cannot be decoded', { cause });
  }
  return target;
}
