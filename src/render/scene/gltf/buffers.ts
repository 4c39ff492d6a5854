/** Buffers and buffer views: every one is fetched and measured before anything looks through it. */
import type { GLTF } from '@gltf-transform/core';
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { MAX_DECODED_BYTES } from '../limits.ts';
import { extensionOf } from './extensions.ts';

export const MESHOPT = 'EXT_meshopt_compression';

export interface BufferView {
  /** For glTF-Transform: checked fields only. */
  readonly def: GLTF.IBufferView;
  /** The stored bytes; undefined where meshopt holds them. */
  readonly bytes: Uint8Array | undefined;
}

export interface Buffers {
  readonly defs: readonly GLTF.IBuffer[];
  /** By the `uri` of the defs. */
  readonly resources: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  readonly views: readonly BufferView[];
  readonly usesMeshopt: boolean;
}

/**
 * @param resolve fetches what a `uri` names
 * @throws SceneError `missing-file`, `out-of-range`, `json-damaged`, `too-large`
 */
export function readBuffers(
  json: CheckedJson,
  root: JsonObject,
  binary: Uint8Array | undefined,
  resolve: (uri: string, part: string) => Uint8Array,
): Buffers {
  const { buffers, bufferViews } = root;
  const contents = json
    .list(buffers, 'buffers')
    .map((value, i) => readBuffer(json, value, i, binary, resolve));
  const views = json
    .list(bufferViews, 'bufferViews')
    .map((value, i) => readView(json, value, `bufferViews[${i}]`, contents));
  const unpacked = views.reduce((sum, { def }) => sum + (def.extensions ? def.byteLength : 0), 0);
  if (unpacked > MAX_DECODED_BYTES) {
    throw new SceneError('too-large', 'bufferViews', `unpack to ${unpacked} bytes`);
  }
  const resources: Record<string, Uint8Array<ArrayBuffer>> = {};
  const defs = contents.map((bytes, i): GLTF.IBuffer => {
    const uri = `buffer-${i}`;
    // glTF-Transform wants a plain ArrayBuffer behind its views; what arrives through a Worker always has one.
    resources[uri] = (bytes ?? new Uint8Array()) as Uint8Array<ArrayBuffer>;
    return bytes
      ? { uri, byteLength: bytes.length }
      : { uri, byteLength: 0, extensions: { [MESHOPT]: { fallback: true } } };
  });
  return { defs, resources, views, usesMeshopt: views.some(({ def }) => def.extensions !== undefined) };
}

function readBuffer(
  json: CheckedJson,
  value: unknown,
  index: number,
  binary: Uint8Array | undefined,
  resolve: (uri: string, part: string) => Uint8Array,
): Uint8Array | undefined {
  const part = `buffers[${index}]`;
  const def = json.object(value, part);
  const { uri, byteLength } = def;
  const length = json.count(byteLength, `${part}.byteLength`);
  let bytes: Uint8Array | undefined;
  if (uri !== undefined) bytes = resolve(json.text(uri, `${part}.uri`), part);
  else if (index === 0 && binary) bytes = binary;
  else if (extensionOf(json, def, MESHOPT, part)) return undefined;
  if (!bytes) throw new SceneError('missing-file', part, 'has neither a uri nor the binary chunk of a GLB');
  if (bytes.length < length) {
    throw new SceneError('out-of-range', part, `should have ${length} bytes, has ${bytes.length}`);
  }
  return bytes.subarray(0, length);
}

function readView(
  json: CheckedJson,
  value: unknown,
  part: string,
  buffers: readonly (Uint8Array | undefined)[],
): BufferView {
  const view = json.object(value, part);
  const range = readRange(json, view, part, buffers.length);
  const meshopt = extensionOf(json, view, MESHOPT, part);
  const { byteStride } = view;
  const stride =
    byteStride === undefined ? {} : { byteStride: json.count(byteStride, `${part}.byteStride`, 255) };
  if (stride.byteStride === 0) throw json.fail(`${part}.byteStride`, 'should not be 0');
  if (meshopt) {
    const extension = readMeshopt(json, meshopt, `${part}.extensions.${MESHOPT}`, buffers);
    const unpackedLength = extension.count * extension.byteStride;
    const def = { ...range, ...stride, byteLength: unpackedLength, extensions: { [MESHOPT]: extension } };
    return { def, bytes: undefined };
  }
  return { def: { ...range, ...stride }, bytes: sliceOf(buffers, range, part) };
}

interface Range {
  readonly buffer: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

function readRange(json: CheckedJson, owner: JsonObject, part: string, bufferCount: number): Range {
  const { buffer, byteOffset = 0, byteLength } = owner;
  return {
    buffer: json.index(buffer, bufferCount, `${part}.buffer`),
    byteOffset: json.count(byteOffset, `${part}.byteOffset`),
    byteLength: json.count(byteLength, `${part}.byteLength`),
  };
}

function sliceOf(
  buffers: readonly (Uint8Array | undefined)[],
  { buffer, byteOffset, byteLength }: Range,
  part: string,
): Uint8Array {
  const bytes = buffers[buffer];
  if (!bytes) throw new SceneError('missing-file', part, `looks into buffers[${buffer}], which has no data`);
  if (byteOffset + byteLength > bytes.length) {
    const end = byteOffset + byteLength;
    throw new SceneError(
      'out-of-range',
      part,
      `ends at byte ${end} of buffers[${buffer}], which has ${bytes.length}`,
    );
  }
  return bytes.subarray(byteOffset, byteOffset + byteLength);
}

/** The rules of EXT_meshopt_compression; its decoder relies on them. */
function readMeshopt(
  json: CheckedJson,
  extension: JsonObject,
  part: string,
  buffers: readonly (Uint8Array | undefined)[],
) {
  const range = readRange(json, extension, part, buffers.length);
  sliceOf(buffers, range, part);
  const { mode: rawMode, filter: rawFilter = 'NONE', byteStride, count: rawCount } = extension;
  const mode = json.oneOf(rawMode, ['ATTRIBUTES', 'TRIANGLES', 'INDICES'], `${part}.mode`);
  const filter = json.oneOf(rawFilter, ['NONE', 'OCTAHEDRAL', 'QUATERNION', 'EXPONENTIAL'], `${part}.filter`);
  const stride = json.count(byteStride, `${part}.byteStride`, 256);
  const count = json.count(rawCount, `${part}.count`, MAX_DECODED_BYTES);
  const strideFits = mode === 'ATTRIBUTES' ? stride % 4 === 0 && stride > 0 : stride === 2 || stride === 4;
  const filterFits =
    filter === 'NONE' ||
    (mode === 'ATTRIBUTES' &&
      (filter === 'OCTAHEDRAL' ? stride === 4 || stride === 8 : filter === 'EXPONENTIAL' || stride === 8));
  if (!strideFits || !filterFits || (mode === 'TRIANGLES' && count % 3 !== 0)) {
    throw json.fail(part, `has byteStride ${stride} and count ${count} for mode ${mode}, filter ${filter}`);
  }
  return { ...range, mode, filter, byteStride: stride, count };
}
