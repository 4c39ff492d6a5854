/**
 * The outermost layer: a GLB (glTF 2.0 section 4.4: 12-byte header, then chunks of length, type, data) or plain JSON.
 * A cut or damaged file is recognised here, chunk by chunk.
 */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';

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
export function readContainer(bytes: Uint8Array, name: string): Container {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0, true) === GLB_MAGIC) return readGlb(bytes, view, name);
  return { json: parseJson(bytes, name), binary: undefined };
}

function readGlb(bytes: Uint8Array, view: DataView, name: string): Container {
  const damaged = (part: string, reason: string): SceneError =>
    new SceneError('glb-damaged', `${name}: ${part}`, reason);
  if (bytes.length < HEADER_BYTES) throw damaged('header', `is cut short at ${bytes.length} bytes`);
  const version = view.getUint32(4, true);
  if (version !== 2) {
    throw new SceneError(
      'version-unsupported',
      name,
      `is a GLB of version ${version}${version === 1 ? ' (glTF 1.0)' : ''}; only version 2 is read`,
    );
  }
  const length = view.getUint32(8, true);
  if (length > bytes.length) {
    throw damaged('file', `is cut short: ${bytes.length} of ${length} bytes are there`);
  }
  let json: unknown;
  let binary: Uint8Array | undefined;
  let index = 0;
  for (let at = HEADER_BYTES; at < length; index++) {
    if (at + 8 > length) throw damaged(`chunk ${index}`, 'is cut short in its header');
    const chunkLength = view.getUint32(at, true);
    const type = view.getUint32(at + 4, true);
    const end = at + 8 + chunkLength;
    if (end > length) {
      throw damaged(`chunk ${index}`, `should have ${chunkLength} bytes, ${length - at - 8} are left`);
    }
    const data = bytes.subarray(at + 8, end);
    if (index === 0) {
      if (type !== JSON_CHUNK) throw damaged('chunk 0', 'should be the JSON chunk');
      json = parseJson(data, `${name}: JSON chunk`);
    } else if (type === BIN_CHUNK && binary === undefined) {
      binary = data;
    }
    at = end;
  }
  if (index === 0) throw damaged('chunk 0', 'is missing');
  return { json, binary };
}

/** Some writers pad the JSON with zeros, and some write its names in the letters of Windows. */
function parseJson(bytes: Uint8Array, part: string): unknown {
  const { text, isUnicode } = textOf(bytes);
  const json = text.replace(/\0+$/, '');
  try {
    return json.includes('null') ? JSON.parse(json, withoutNulls) : JSON.parse(json);
  } catch (cause) {
    const reason = isUnicode ? whyNoJson(json.trim(), cause) : 'is neither a GLB nor UTF-8 text';
    throw new SceneError('json-damaged', part, reason, { cause });
  }
}

function whyNoJson(json: string, cause: unknown): string {
  return json.startsWith('{') && !json.endsWith('}')
    ? `is cut short: its JSON ends in the middle, after ${json.length} characters; copy or export it again`
    : `is not JSON: ${messageOf(cause)}`;
}

function textOf(bytes: Uint8Array): { readonly text: string; readonly isUnicode: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUnicode: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUnicode: false };
  }
}

/** A field that is null is one that is not there. */
function withoutNulls(this: unknown, _: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}
