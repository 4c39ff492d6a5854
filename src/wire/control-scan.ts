/**
 * The one gate for untrusted msgpack, before a decoder may touch it: one value, nothing after it, every length inside the
 * bytes, size, nesting and number of elements bounded, keys short texts, no extension types (they would make a decoder
 * build dates, errors or code). A decoder that trusts an array's announced length allocates it first; after this scan,
 * counts are honest. A byte of msgpack can become a hundred of memory (an empty map is one byte and an object): what a
 * body may cost is therefore its elements, not its length alone.
 * Format: the msgpack specification at github.com/msgpack/msgpack.
 */
export type ControlProblem =
  | 'too-long'
  | 'too-many'
  | 'truncated'
  | 'trailing-bytes'
  | 'too-deep'
  | 'bad-type'
  | 'bad-key'
  | 'undecodable';

/** What a body may be at most. */
export interface ControlLimits {
  readonly maxBytes: number;
  /** Nested lists and maps. */
  readonly maxDepth: number;
  /** Values of every kind together, the outermost and those of maps included; keys are not counted. */
  readonly maxElements: number;
}

const MAX_KEY_BYTES = 64;

/** Fixed payload sizes of 0xc0..0xdf, -1 where something else decides. */
const FIXED: readonly number[] = [
  ...[0, -1, 0, 0, -1, -1, -1, -1, -1, -1, 4, 8, 1, 2, 4, 8], // nil, -, false, true, bin x3, ext x3, float x2, uint x4
  ...[1, 2, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1], // int x4, fixext x5, str x3, array x2, map x2
];

/** Why the bytes are no control body, undefined when they are. Never throws. */
export function controlProblem(bytes: Uint8Array, limits: ControlLimits): ControlProblem | undefined {
  if (bytes.length > limits.maxBytes) return 'too-long';
  const end = scanValue({ bytes, limits, elements: 0 }, 0, 0);
  if (typeof end === 'string') return end;
  return end === bytes.length ? undefined : 'trailing-bytes';
}

interface Scan {
  readonly bytes: Uint8Array;
  readonly limits: ControlLimits;
  elements: number;
}

/** The offset after the value at `at`, or the problem. */
function scanValue(scan: Scan, at: number, depth: number): number | ControlProblem {
  const { bytes } = scan;
  const tag = bytes[at];
  if (tag === undefined) return 'truncated';
  if (++scan.elements > scan.limits.maxElements) return 'too-many';
  const next = at + 1;
  if (tag <= 0x7f || tag >= 0xe0) return next;
  if (tag <= 0x8f) return scanMany(scan, next, tag & 0x0f, true, depth);
  if (tag <= 0x9f) return scanMany(scan, next, tag & 0x0f, false, depth);
  if (tag <= 0xbf) return skip(bytes, next, tag & 0x1f);
  const fixed = FIXED[tag - 0xc0] ?? -1;
  if (fixed >= 0) return skip(bytes, next, fixed);
  if (tag >= 0xc4 && tag <= 0xc6) return skipCounted(bytes, next, 1 << (tag - 0xc4));
  if (tag >= 0xd9 && tag <= 0xdb) return skipCounted(bytes, next, 1 << (tag - 0xd9));
  if (tag >= 0xdc && tag <= 0xdf) {
    const width = tag % 2 === 0 ? 2 : 4;
    const count = readCount(bytes, next, width);
    return count < 0 ? 'truncated' : scanMany(scan, next + width, count, tag >= 0xde, depth);
  }
  return 'bad-type';
}

function scanMany(
  scan: Scan,
  from: number,
  count: number,
  isMap: boolean,
  depth: number,
): number | ControlProblem {
  const { bytes, limits } = scan;
  if (depth >= limits.maxDepth) return 'too-deep';
  if (count > bytes.length - from) return 'truncated'; // every element takes a byte
  if (count > limits.maxElements - scan.elements) return 'too-many'; // before any of them is looked at
  let at = from;
  for (let i = 0; i < count; i++) {
    if (isMap) {
      const afterKey = scanKey(bytes, at);
      if (typeof afterKey === 'string') return afterKey;
      at = afterKey;
    }
    const after = scanValue(scan, at, depth + 1);
    if (typeof after === 'string') return after;
    at = after;
  }
  return at;
}

function scanKey(bytes: Uint8Array, at: number): number | ControlProblem {
  const tag = bytes[at];
  if (tag === undefined) return 'truncated';
  const isShort = tag >= 0xa0 && tag <= 0xbf;
  if (!isShort && tag !== 0xd9) return 'bad-key';
  const length = isShort ? tag & 0x1f : readCount(bytes, at + 1, 1);
  if (length > MAX_KEY_BYTES) return 'bad-key';
  return length < 0 ? 'truncated' : skip(bytes, at + (isShort ? 1 : 2), length);
}

function skipCounted(bytes: Uint8Array, at: number, width: number): number | ControlProblem {
  const count = readCount(bytes, at, width);
  return count < 0 ? 'truncated' : skip(bytes, at + width, count);
}

function skip(bytes: Uint8Array, at: number, count: number): number | ControlProblem {
  return at + count > bytes.length ? 'truncated' : at + count;
}

/** A big-endian count of 1, 2 or 4 bytes; -1 when the bytes end before it does. */
function readCount(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) return -1;
  let count = 0;
  for (let i = 0; i < width; i++) count = count * 256 + (bytes[at + i] ?? 0);
  return count;
}
