/**
 * The bodies of `ihave`, `graft` and `prune`. Because everybody takes and passes on the frames of a source in order, what a Node has
 * is a range: one entry says it, however many frames there are. Integers are big-endian.
 *
 * ihave, entries of 34 bytes: what the sender has of a source
 *   16B source   u48 life   u32 lowest it holds   u32 next it expects   u32 taken: below it, all behind the sender have all
 *   (to whom the source is new: below it something is lost that was sent since it came)
 * graft, entries of 35 bytes: what the sender lacks
 *   16B source   u48 life   u8 want (1: push to me, from now on, too; 0: only say what you have)
 *   u32 from   u32 to (exclusive)   u32 within: nothing that you have had for more than so many ms; 2^32 - 1: all
 *
 * prune, entries of 22 bytes: sources of which the sender wants to be told only
 *   16B source   u48 life
 */
import {
  NODE_ID_BYTES,
  type NodeId,
  nodeIdFromBytes,
  read32,
  read48,
  write32,
  write48,
  writeNodeId,
} from '../../wire/index.ts';

export interface Have {
  readonly source: NodeId;
  readonly life: number;
  readonly low: number;
  readonly next: number;
  readonly taken: number;
}

export interface Graft {
  readonly source: NodeId;
  readonly life: number;
  readonly isWanted: boolean;
  readonly from: number;
  readonly to: number;
  readonly withinMs: number;
}

export interface Prune {
  readonly source: NodeId;
  readonly life: number;
}

export const ANY = 0xffff_ffff;
const HAVE_BYTES = NODE_ID_BYTES + 18;
const GRAFT_BYTES = NODE_ID_BYTES + 19;
const PRUNE_BYTES = NODE_ID_BYTES + 6;
/** Below the 16 KiB of an `ihave`: more sources than that are told in several. */
export const MAX_HAVES = 400;
/** Below the 4 KiB of a `graft`. */
export const MAX_GRAFTS = 100;
/** Below the 4 KiB of a `prune`. */
export const MAX_PRUNES = 100;

export function encodeHaves(haves: readonly Have[]): Uint8Array {
  const bytes = new Uint8Array(haves.length * HAVE_BYTES);
  haves.forEach(({ source, life, low, next, taken }, i) => {
    const at = writeSource(bytes, i * HAVE_BYTES, source, life);
    write32(bytes, at, low);
    write32(bytes, at + 4, next);
    write32(bytes, at + 8, taken);
  });
  return bytes;
}

/** Undefined when it is malformed. Never throws. */
export function parseHaves(body: Uint8Array): Have[] | undefined {
  const count = body.length / HAVE_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_HAVES) return undefined;
  const haves: Have[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * HAVE_BYTES;
    const have = {
      source: nodeIdFromBytes(body, at),
      life: read48(body, at + NODE_ID_BYTES),
      low: read32(body, at + NODE_ID_BYTES + 6),
      next: read32(body, at + NODE_ID_BYTES + 10),
      taken: read32(body, at + NODE_ID_BYTES + 14),
    };
    if (have.low > have.next || have.taken > have.next) return undefined;
    haves.push(have);
  }
  return haves;
}

export function encodeGrafts(grafts: readonly Graft[]): Uint8Array {
  const bytes = new Uint8Array(grafts.length * GRAFT_BYTES);
  grafts.forEach(({ source, life, isWanted, from, to, withinMs }, i) => {
    const at = writeSource(bytes, i * GRAFT_BYTES, source, life);
    bytes[at] = isWanted ? 1 : 0;
    write32(bytes, at + 1, from);
    write32(bytes, at + 5, to);
    write32(bytes, at + 9, Math.min(withinMs, ANY));
  });
  return bytes;
}

/** Undefined when it is malformed. Never throws. */
export function parseGrafts(body: Uint8Array): Graft[] | undefined {
  const count = body.length / GRAFT_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_GRAFTS) return undefined;
  const grafts: Graft[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * GRAFT_BYTES;
    const want = body[at + NODE_ID_BYTES + 6] ?? 0;
    const from = read32(body, at + NODE_ID_BYTES + 7);
    const to = read32(body, at + NODE_ID_BYTES + 11);
    if (want > 1 || from > to) return undefined;
    const withinMs = read32(body, at + NODE_ID_BYTES + 15);
    const source = nodeIdFromBytes(body, at);
    grafts.push({ source, life: read48(body, at + NODE_ID_BYTES), isWanted: want === 1, from, to, withinMs });
  }
  return grafts;
}

export function encodePrunes(prunes: readonly Prune[]): Uint8Array {
  const bytes = new Uint8Array(prunes.length * PRUNE_BYTES);
  prunes.forEach(({ source, life }, i) => {
    writeSource(bytes, i * PRUNE_BYTES, source, life);
  });
  return bytes;
}

/** Undefined when it is malformed. Never throws. */
export function parsePrunes(body: Uint8Array): Prune[] | undefined {
  const count = body.length / PRUNE_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_PRUNES) return undefined;
  const prunes: Prune[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * PRUNE_BYTES;
    prunes.push({ source: nodeIdFromBytes(body, at), life: read48(body, at + NODE_ID_BYTES) });
  }
  return prunes;
}

function writeSource(bytes: Uint8Array, at: number, source: NodeId, life: number): number {
  writeNodeId(source, bytes, at);
  write48(bytes, at + NODE_ID_BYTES, life);
  return at + NODE_ID_BYTES + 6;
}
