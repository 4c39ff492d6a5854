/**
 * A slot of the window carries a packet, not a message: several whole small messages, a piece of a large one, or both.
 * So ten slots suffice for hundreds of thousands of small messages a second, and a message of 16 MiB is nothing special.
 * The bytes (the body of a `msg` frame with an index):
 *
 *   0  u8  wrap of the index (sequence.ts)
 *   1  u8  low 7 bits: how many packets came before it since the sender began: 0..9, 127 beyond, and as soon as one of them is
 *          acknowledged; 63 is 127 where nobody waits for what ends in it, so that its acknowledgement may wait. Whoever has no state of the stream finds its beginning by it, and nothing else is taken for the beginning:
 *          whose beginning was acknowledged by somebody without state has been forgotten
 *          bit 7: another packet of the stream left right behind it, so that one acknowledgement will do for both
 *   2  ..  chunks to the end of the packet, each:
 *      u8  flags: 1 first (a message begins), 2 last (it ends), 4 abandoned (what is half received is given up; with last,
 *          length 0)
 *      u24 length of the piece
 *      u32 length of the whole message; only with first and without last
 *      ..  the piece
 *
 * A *probe* has its number, 1..255, in the place of chunks. Its position is the one before the sender's window.
 */
import { read16, read32, write16, write32 } from '../../wire/index.ts';
export const ChunkFlag = { first: 1, last: 2, abandoned: 4 } as const;

/** Flags and length. */
export const CHUNK_BYTES = 4;
/** Flags, length and the length of the whole. */
export const SPLIT_CHUNK_BYTES = 8;
/** Wrap and distance from the beginning. */
export const PACKET_HEAD_BYTES = 2;
/** Shorter than any packet with a chunk. */
export const PROBE_BYTES = PACKET_HEAD_BYTES + 1;
/** Where a packet tells its distance from the beginning, and whether another follows. */
const DISTANCE_AT = 1;
/** The distance of a packet that is no longer among the first ten, or whose sender has heard of its receiver. */
export const BEYOND_BEGINNING = 127;
const BEYOND_AND_UNAWAITED = 63;
const IS_FOLLOWED = 0x80;

/**
 * Two messages of 64 KiB with the longest heads fit in one packet (131,222 bytes), and the packet with header and seal in one
 * frame. Ten slots bound what a stream has under way, so their size is its speed over distance: at a round trip of 20 ms ten
 * packets of 128 KiB carry 64 MB/s; ten of 64 KiB left two tabs of a busy machine idle for a tenth of the time (measured by
 * bench/unicast). A packet is only as large as what waits to be sent.
 */
export const MAX_PACKET_BYTES = 130 * 1024;

export interface PacketChunk {
  readonly flags: number;
  /** Where the piece lies in the packet. */
  readonly start: number;
  readonly end: number;
  /** Length of the whole message; that of the piece when it is whole. */
  readonly total: number;
}

/** How many packets came before it since its sender began, more than nine for one beyond the beginning. */
export function distanceFromBeginning(packet: Uint8Array): number {
  return (packet[DISTANCE_AT] ?? 0) & ~IS_FOLLOWED;
}

/** In a packet that begins at `at`: its sender is beyond the beginning now. */
export function markBeyondBeginning(frame: Uint8Array, at: number): void {
  frame[at + DISTANCE_AT] = ((frame[at + DISTANCE_AT] ?? 0) & IS_FOLLOWED) | BEYOND_BEGINNING;
}

/** Another packet of the stream left right behind it. */
export function isFollowed(packet: Uint8Array): boolean {
  return ((packet[DISTANCE_AT] ?? 0) & IS_FOLLOWED) !== 0;
}

/** Says in a packet that begins at `at` that another left right behind it. */
export function markFollowed(frame: Uint8Array, at: number): void {
  frame[at + DISTANCE_AT] = (frame[at + DISTANCE_AT] ?? 0) | IS_FOLLOWED;
}

/** Nobody waits for what ends in it. */
export function isUnawaited(packet: Uint8Array): boolean {
  return distanceFromBeginning(packet) === BEYOND_AND_UNAWAITED;
}

/** Says in a packet that begins at `at` that nobody waits for what ends in it; one of the beginning cannot say so. */
export function markUnawaited(frame: Uint8Array, at: number): void {
  if (frame[at + DISTANCE_AT] === BEYOND_BEGINNING) frame[at + DISTANCE_AT] = BEYOND_AND_UNAWAITED;
}

/** Reads the chunk at `at`; undefined when it is malformed. Never throws. */
export function readChunk(packet: Uint8Array, at: number): PacketChunk | undefined {
  if (at + CHUNK_BYTES > packet.length) return undefined;
  const flags = packet[at] ?? 0;
  const length = ((packet[at + 1] ?? 0) << 16) | read16(packet, at + 2);
  const isWhole = flags === (ChunkFlag.first | ChunkFlag.last);
  const isSplit = flags === ChunkFlag.first;
  const isAbandoned = flags === (ChunkFlag.last | ChunkFlag.abandoned);
  if (!isWhole && !isSplit && !isAbandoned && flags !== 0 && flags !== ChunkFlag.last) return undefined;
  // An empty piece would let a packet hold tens of thousands of chunks that move nothing.
  if (isAbandoned ? length !== 0 : length === 0) return undefined;
  const start = at + (isSplit ? SPLIT_CHUNK_BYTES : CHUNK_BYTES);
  const end = start + length;
  if (end > packet.length) return undefined;
  const total = isSplit ? read32(packet, at + 4) : length;
  return { flags, start, end, total };
}

/** Writes a chunk's head and returns the offset after it. `total` is written for a first piece that is not the last. */
export function writeChunk(
  packet: Uint8Array,
  at: number,
  flags: number,
  length: number,
  total: number,
): number {
  packet[at] = flags;
  packet[at + 1] = length >> 16;
  write16(packet, at + 2, length);
  if (flags !== ChunkFlag.first) return at + CHUNK_BYTES;
  write32(packet, at + 4, total);
  return at + SPLIT_CHUNK_BYTES;
}
