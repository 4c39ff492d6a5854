/**
 * What a broadcast frame carries: whole small messages, pieces of a large one, or both, in the order in which they were
 * sent. Each chunk:
 *
 *   u8   flags: 1 first (a message begins), 2 last (it ends)
 *   u16  length of the piece, not 0
 *   with first:                u16 stream, u16 number of targets (0: everyone)
 *   with first, without last:  u32 length of the whole message
 *   with first:                16 bytes for each target
 *   ..   the piece of the bytes of the message (window/message.ts)
 *
 * Pieces of different messages of a source never mix: a message ends before the next one begins. Nor does a frame hold two pieces
 * of one message: those after the first stand at the beginning of their frames.
 */
import {
  NODE_ID_BYTES,
  type NodeId,
  read16,
  read32,
  write16,
  write32,
  writeNodeId,
} from '../../wire/index.ts';

export const ChunkFlag = { first: 1, last: 2 } as const;

const FLAGS_AND_LENGTH_BYTES = 3;
/** Stream and number of targets. */
const FIRST_BYTES = 4;
const TOTAL_BYTES = 4;
/** In one chunk: its list is at most a quarter of a frame. A send to more is several chunks. */
export const MAX_TARGETS = 1024;

export interface BroadcastChunk {
  readonly flags: number;
  /** Of a first piece; 0 elsewhere. */
  readonly stream: number;
  readonly targets: number;
  readonly targetsAt: number;
  /** Length of the whole message; that of the piece when it is whole, 0 in later pieces. */
  readonly total: number;
  readonly start: number;
  readonly end: number;
}

/** Bytes before the piece. */
export function chunkHeadBytes(flags: number, targetBytes: number): number {
  if ((flags & ChunkFlag.first) === 0) return FLAGS_AND_LENGTH_BYTES;
  const totalBytes = (flags & ChunkFlag.last) === 0 ? TOTAL_BYTES : 0;
  return FLAGS_AND_LENGTH_BYTES + FIRST_BYTES + totalBytes + targetBytes;
}

export interface ChunkHead {
  readonly flags: number;
  readonly length: number;
  readonly stream: number;
  readonly targets: Uint8Array;
  readonly total: number;
}

/** Writes a chunk's head and returns the offset after it, where the piece belongs. */
export function writeChunkHead(into: Uint8Array, at: number, head: ChunkHead): number {
  into[at] = head.flags;
  write16(into, at + 1, head.length);
  let next = at + FLAGS_AND_LENGTH_BYTES;
  if ((head.flags & ChunkFlag.first) === 0) return next;
  write16(into, next, head.stream);
  write16(into, next + 2, head.targets.length / NODE_ID_BYTES);
  next += FIRST_BYTES;
  if ((head.flags & ChunkFlag.last) === 0) {
    write32(into, next, head.total);
    next += TOTAL_BYTES;
  }
  into.set(head.targets, next);
  return next + head.targets.length;
}

/** Reads the chunk at `at`; undefined when it is malformed. Never throws. */
export function readBroadcastChunk(content: Uint8Array, at: number): BroadcastChunk | undefined {
  if (at + FLAGS_AND_LENGTH_BYTES > content.length) return undefined;
  const flags = content[at] ?? 0;
  const length = read16(content, at + 1);
  if (flags > (ChunkFlag.first | ChunkFlag.last) || length === 0) return undefined;
  let start = at + FLAGS_AND_LENGTH_BYTES;
  let stream = 0;
  let targets = 0;
  let total = 0;
  if ((flags & ChunkFlag.first) !== 0) {
    const isWhole = (flags & ChunkFlag.last) !== 0;
    if (start + FIRST_BYTES + (isWhole ? 0 : TOTAL_BYTES) > content.length) return undefined;
    stream = read16(content, start);
    targets = read16(content, start + 2);
    if (targets > MAX_TARGETS) return undefined;
    start += FIRST_BYTES;
    total = isWhole ? length : read32(content, start);
    if (!isWhole) start += TOTAL_BYTES;
  }
  const targetsAt = start;
  start += targets * NODE_ID_BYTES;
  const end = start + length;
  return end > content.length ? undefined : { flags, stream, targets, targetsAt, total, start, end };
}

/** Whether a message is for the Node of these 16 bytes. */
export function isFor(content: Uint8Array, chunk: BroadcastChunk, id: Uint8Array): boolean {
  if (chunk.targets === 0) return true;
  for (let i = 0; i < chunk.targets; i++) {
    if (isSame(content, chunk.targetsAt + i * NODE_ID_BYTES, id)) return true;
  }
  return false;
}

export function encodeTargets(targets: readonly NodeId[]): Uint8Array {
  const bytes = new Uint8Array(targets.length * NODE_ID_BYTES);
  targets.forEach((id, i) => {
    writeNodeId(id, bytes, i * NODE_ID_BYTES);
  });
  return bytes;
}

function isSame(content: Uint8Array, at: number, id: Uint8Array): boolean {
  for (let i = 0; i < NODE_ID_BYTES; i++) if (content[at + i] !== id[i]) return false;
  return true;
}
