/**
 * The outermost layer: a GLB (glTF 2.0 section 4.4: 12-byte header, then chunks of length, type, data) or plain JSON.
 * A cut or damaged file is recognised here, chunk by chunk.
 */
import { messageOf } from '../../../runtime/index.ts';
import { AGAIN, SceneError } from '../errors.ts';
import { textOf } from '../files/text.ts';
import type { Warnings } from '../warnings.ts';
import { plainJson } from './lenient-json.ts';

export interface Container {
  readonly json: unknown;
  /** The GLB's binary chunk. */
  readonly binary: Uint8Array | undefined;
}

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const HEADER_BYTES = 12;

/** @throws SceneError `glb-damaged`, `json-damaged`, `version-unsupported` */
export function readContainer(bytes: Uint8Array, name: string, warnings: Warnings): Container {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0, true) === GLB_MAGIC) {
    return readGlb(bytes, view, name, warnings);
  }
  return { json: parseJson(bytes, name, warnings), binary: undefined };
}

/** The two chunks that are wanted must be whole; what the header says of the file's length, and what follows, is not needed. */
function readGlb(bytes: Uint8Array, view: DataView, name: string, warnings: Warnings): Container {
  const damaged = (part: string, reason: string): SceneError =>
    new SceneError('glb-damaged', `${name}: ${part}`, reason);
  if (bytes.length < HEADER_BYTES) throw damaged('header', `is cut short at ${bytes.length} bytes; ${AGAIN}`);
  const version = view.getUint32(4, true);
  if (version !== 2) {
    throw new SceneError(
      'version-unsupported',
      name,
      `is a GLB of version ${version}${version === 1 ? ' (glTF 1.0)' : ''}; only version 2 is read`,
    );
  }
  const length = view.getUint32(8, true);
  const cutShort = (): SceneError =>
    damaged('file', `is cut short: ${bytes.length} of ${length} bytes are there; ${AGAIN}`);
  let json: Uint8Array | undefined;
  let binary: Uint8Array | undefined;
  for (let at = HEADER_BYTES, index = 0; at + 8 <= bytes.length && !binary; index++) {
    const chunkLength = view.getUint32(at, true);
    const type = view.getUint32(at + 4, true);
    const end = at + 8 + chunkLength;
    if (index === 0 && type !== JSON_CHUNK) throw damaged('chunk 0', 'should be the JSON chunk');
    if (end > bytes.length) {
      if (type !== JSON_CHUNK && type !== BIN_CHUNK) break;
      if (length > bytes.length) throw cutShort();
      throw damaged(`chunk ${index}`, `should have ${chunkLength} bytes, ${bytes.length - at - 8} are left`);
    }
    const data = bytes.subarray(at + 8, end);
    if (index === 0) json = data;
    else if (type === BIN_CHUNK) binary = data;
    at = end;
  }
  if (!binary && length > bytes.length) throw cutShort();
  if (!json) throw damaged('chunk 0', 'is missing');
  return { json: parseJson(json, `${name}: JSON chunk`, warnings), binary };
}

/** Some writers pad the JSON with zeros, and some write its names in the letters of Windows. */
function parseJson(bytes: Uint8Array, part: string, warnings: Warnings): unknown {
  const text = withoutPadding(textOf(bytes));
  try {
    return parsed(text);
  } catch (cause) {
    const json = leniently(text);
    if (json === undefined)
      throw new SceneError('json-damaged', part, whyNoJson(text.trim(), cause), { cause });
    // The engine's own words differ, and what was read must not.
    warnings.add(
      `${part}: has what JSON does not (comments, commas, NaN); it is read as it must have been meant`,
    );
    return json;
  }
}

/** Spaces and zeros, in any order. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(0, end);
}

function parsed(json: string): unknown {
  return json.includes('null') ? JSON.parse(json, withoutNulls) : JSON.parse(json);
}

/** Undefined: it is not nearly JSON either. */
function leniently(text: string): unknown {
  try {
    return parsed(plainJson(text));
  } catch {
    return undefined;
  }
}

function whyNoJson(json: string, cause: unknown): string {
  return json.startsWith('{') && !json.endsWith('}')
    ? `is cut short: its JSON ends in the middle, after ${json.length} characters; ${AGAIN}`
    : `is not JSON: ${messageOf(cause)}`;
}

/** A field that is null is one that is not there. */
function withoutNulls(this: unknown, _: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}
