/**
 * A frame: a fixed 44-byte header, then the body. A relay reads the few header bytes it needs, lowers the hop limit in
 * place and passes the same buffer on; it never decodes a body that is not for it. Integers are big-endian.
 *
 *   0  u8   version        1  u8   type          2  u8   hop limit     3  u8   flags
 *   4  16B  source uuid   20  16B  target uuid (zero: broadcast, or for this Link only)
 *  36  i16  index (-1: acknowledgement)         38  u16  stream       40  u32  session (of `msg`; 0 elsewhere)
 *
 * Whatever the bytes, reading them never throws: `parseFrameHeader` answers with a header or the name of the problem.
 * docs/protocol.md has the same table with golden vectors.
 */

import { LeafcutterError } from '../runtime/index.ts';
import { read16, read32, write16, write32 } from './big-endian.ts';
import { FRAME_HEADER_BYTES, FrameType, frameRule, isFrameType, MAX_FRAME_LENGTH } from './frame-type.ts';
import { NODE_ID_BYTES, type NodeId, nodeIdFromBytes, writeNodeId } from './node-id.ts';

export const PROTOCOL_VERSION = 3;
/** Links a frame may cross unless its sender says otherwise; a mesh of degree 6 has a diameter below this up to 10^6 Nodes. */
export const DEFAULT_HOP_LIMIT = 16;
/** What no honest sender exceeds: bounds how long a lost frame can circle. */
export const MAX_HOP_LIMIT = 64;
/** distrirender's index space: 0..9,999, then 0 again. */
export const INDEX_MODULUS = 10_000;
/** distrirender's index of every acknowledgement. */
export const ACKNOWLEDGEMENT_INDEX = -1;

const VERSION_AT = 0;
const TYPE_AT = 1;
const HOP_LIMIT_AT = 2;
const FLAGS_AT = 3;
const SOURCE_AT = 4;
const TARGET_AT = 20;
const INDEX_AT = 36;
const STREAM_AT = 38;
const SESSION_AT = 40;

export const FrameFlag = {
  /** On a routed frame: its last SEAL_BYTES bytes are a seal (src/mesh/identity/session.ts). */
  sealed: 0x01,
} as const;
const KNOWN_FLAGS = FrameFlag.sealed;
/** A counter (u64) that makes the key of one MAC, and the MAC of source and target over all before it but the hop limit (16). */
export const SEAL_BYTES = 24;

export interface FrameHeader {
  readonly type: FrameType;
  /** Links it may still cross, counting the one it is on: 1..MAX_HOP_LIMIT. */
  readonly hopLimit: number;
  /** A union of FrameFlag bits. */
  readonly flags: number;
  readonly source: NodeId;
  /** Undefined: a broadcast, or a frame for the neighbour on this Link only. */
  readonly target: NodeId | undefined;
  /** 0..9,999, or -1 for an acknowledgement. */
  readonly index: number;
  /** 0..65,535. */
  readonly stream: number;
  /** u32: names the pair of lives that a `msg` is between (src/mesh/identity/session.ts); 0 on all other types. */
  readonly session: number;
}

/** Why bytes are no frame. A string, so that `typeof result === 'string'` tells it from a header without an allocation. */
export type FrameProblem =
  | 'too-short'
  | 'too-long'
  | 'bad-version'
  | 'bad-type'
  | 'bad-hop-limit'
  | 'bad-flags'
  | 'bad-source'
  | 'bad-target'
  | 'bad-index';

/** What a caller must say; the rest has defaults: the default hop limit, no flags, no target, index, stream, session 0. */
export interface FrameFields extends Partial<FrameHeader> {
  readonly type: FrameType;
  readonly source: NodeId;
}

/**
 * Lays out a frame; copies `body` once.
 * @throws LeafcutterError `bad-frame` when a field is out of its range: a mistake of ours, never of the network.
 */
export function encodeFrame(fields: FrameFields, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  writeFrameHeader(frame, fields);
  frame.set(body, FRAME_HEADER_BYTES);
  return frame;
}

/**
 * Writes the header into the first 44 bytes of a zeroed buffer whose rest is or becomes the body: spares the copy.
 * @throws LeafcutterError `bad-frame`
 */
export function writeFrameHeader(frame: Uint8Array, fields: FrameFields): void {
  const { hopLimit = DEFAULT_HOP_LIMIT, flags = 0, index = 0, stream = 0, session = 0 } = fields;
  requireInteger('hop limit', hopLimit, 1, MAX_HOP_LIMIT);
  requireInteger('flags', flags, 0, 0xff);
  requireInteger('index', index, ACKNOWLEDGEMENT_INDEX, INDEX_MODULUS - 1);
  requireInteger('stream', stream, 0, 0xffff);
  requireInteger('session', session, 0, 0xffff_ffff);
  frame[VERSION_AT] = PROTOCOL_VERSION;
  frame[TYPE_AT] = fields.type;
  frame[HOP_LIMIT_AT] = hopLimit;
  frame[FLAGS_AT] = flags;
  writeNodeId(fields.source, frame, SOURCE_AT);
  if (fields.target === undefined) frame.fill(0, TARGET_AT, TARGET_AT + NODE_ID_BYTES);
  else writeNodeId(fields.target, frame, TARGET_AT);
  write16(frame, INDEX_AT, index);
  write16(frame, STREAM_AT, stream);
  write32(frame, SESSION_AT, session);
  const problem = frameProblem(frame);
  if (problem !== undefined) throw new LeafcutterError('bad-frame', `cannot encode this frame: ${problem}`);
}

/** Reads the header of untrusted bytes. Never throws. */
export function parseFrameHeader(bytes: Uint8Array): FrameHeader | FrameProblem {
  const problem = frameProblem(bytes);
  if (problem !== undefined) return problem;
  return {
    type: bytes[TYPE_AT] as FrameType, // frameProblem has checked it
    hopLimit: bytes[HOP_LIMIT_AT] ?? 0,
    flags: bytes[FLAGS_AT] ?? 0,
    source: nodeIdFromBytes(bytes, SOURCE_AT),
    target: isZero(bytes, TARGET_AT) ? undefined : nodeIdFromBytes(bytes, TARGET_AT),
    index: (read16(bytes, INDEX_AT) << 16) >> 16,
    stream: read16(bytes, STREAM_AT),
    session: read32(bytes, SESSION_AT),
  };
}

/** The body of a frame whose header parsed, without its seal: a view on the same buffer. */
export function frameBody(frame: Uint8Array): Uint8Array {
  const isSealed = ((frame[FLAGS_AT] ?? 0) & FrameFlag.sealed) !== 0;
  return frame.subarray(FRAME_HEADER_BYTES, isSealed ? frame.length - SEAL_BYTES : frame.length);
}

/** The flags of a frame whose header parsed. */
export function frameFlags(frame: Uint8Array): number {
  return frame[FLAGS_AT] ?? 0;
}

/** Changes the flags in place. */
export function setFrameFlags(frame: Uint8Array, flags: number): void {
  frame[FLAGS_AT] = flags;
}

/** Lowers the hop limit in place and returns what is left: 0 means that the frame may not be passed on. */
export function lowerHopLimit(frame: Uint8Array): number {
  const left = Math.max(0, (frame[HOP_LIMIT_AT] ?? 0) - 1);
  frame[HOP_LIMIT_AT] = left;
  return left;
}

/** Why the bytes are no frame, undefined when they are one. Never throws and allocates nothing. */
export function frameProblem(bytes: Uint8Array): FrameProblem | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return 'too-short';
  if (bytes[VERSION_AT] !== PROTOCOL_VERSION) return 'bad-version';
  if (bytes.length > MAX_FRAME_LENGTH) return 'too-long';
  const type = bytes[TYPE_AT] ?? 0;
  if (!isFrameType(type)) return 'bad-type';
  const hopLimit = bytes[HOP_LIMIT_AT] ?? 0;
  if (hopLimit < 1 || hopLimit > MAX_HOP_LIMIT) return 'bad-hop-limit';
  const flags = bytes[FLAGS_AT] ?? 0;
  if ((flags & ~KNOWN_FLAGS) !== 0) return 'bad-flags';
  const { scope, maxBodyBytes } = frameRule(type);
  if (flags !== 0 && scope !== 'routed') return 'bad-flags';
  const sealBytes = flags === 0 ? 0 : SEAL_BYTES;
  const bodyBytes = bytes.length - FRAME_HEADER_BYTES - sealBytes;
  if (bodyBytes < 0) return 'too-short';
  if (bodyBytes > maxBodyBytes) return 'too-long';
  if (isZero(bytes, SOURCE_AT)) return 'bad-source';
  if (isZero(bytes, TARGET_AT) === (scope === 'routed')) return 'bad-target';
  const index = (read16(bytes, INDEX_AT) << 16) >> 16;
  if (index >= INDEX_MODULUS || index < ACKNOWLEDGEMENT_INDEX) return 'bad-index';
  if (index === ACKNOWLEDGEMENT_INDEX && type !== FrameType.msg) return 'bad-index';
  return undefined;
}

function requireInteger(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new LeafcutterError(
    'bad-frame',
    `cannot encode a frame with ${what} ${value}: not in ${least}..${most}`,
  );
}

function isZero(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + NODE_ID_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}
