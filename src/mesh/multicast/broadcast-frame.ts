/**
 * One broadcast frame: what left its source in one turn, signed once. Relays check the signature before they pass it on, so
 * an honest neighbour never brings a forgery. The body of `msg_broadcast`:
 *
 *   0  u48  life of the source          6  u32  sequence of the frame in that life, from 0
 *  10  ..   chunks (chunks.ts)        end - 64   Ed25519 signature over a label and the hash of all before it
 *
 * The header is fixed but for the hop limit (index = sequence modulo 10,000; no target, stream, session), so that nobody on
 * the way can make two frames of one. The hop limit is not signed: it tells how far a frame has come, and ends nothing,
 * because (source, life, sequence) tells every copy from the first one.
 */
import {
  FRAME_HEADER_BYTES,
  type FrameHeader,
  FrameType,
  INDEX_MODULUS,
  lowerHopLimit,
  MAX_HOP_LIMIT,
  read32,
  read48,
  write32,
  write48,
  writeFrameHeader,
} from '../../wire/index.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { type OwnLife, SIGNATURE_BYTES } from '../identity/identity.ts';

const LIFE_BYTES = 6;
/** Life and sequence. */
const HEAD_BYTES = LIFE_BYTES + 4;
/** Where the chunks begin in the frame. */
export const CONTENT_AT = FRAME_HEADER_BYTES + HEAD_BYTES;
/** What a frame has beside its chunks. */
export const BROADCAST_OVERHEAD_BYTES = CONTENT_AT + SIGNATURE_BYTES;
/** Chunks of one frame: leaves a frame below the 64 KiB that one message of a channel carries well. */
export const MAX_CONTENT_BYTES = 60 * 1024;
/** Sequences are u32. A source that sends a frame a millisecond reaches it after 49 days, and then needs another life. */
export const MAX_SEQUENCE = 0xffff_fffe;
/** Hop limits are lowered to this and no further: no graph is too deep, and copies end by their sequence. */
const LEAST_HOP_LIMIT = 1;
const HOP_LIMIT_AT = 2;

const LABEL = new TextEncoder().encode('leafcutter broadcast\n');

export interface BroadcastHead {
  readonly life: number;
  readonly sequence: number;
}

/** Fills in header, head and signature around the chunks that stand at CONTENT_AT. */
export function sealBroadcast(
  frame: Uint8Array,
  own: OwnLife,
  sequence: number,
  { sign, sha256 }: Pick<Cryptography, 'sign' | 'sha256'>,
): void {
  writeFrameHeader(frame, {
    type: FrameType.msg_broadcast,
    source: own.id,
    hopLimit: MAX_HOP_LIMIT,
    index: sequence % INDEX_MODULUS,
  });
  write48(frame, FRAME_HEADER_BYTES, own.life);
  write32(frame, FRAME_HEADER_BYTES + LIFE_BYTES, sequence);
  frame.set(
    sign(own.identity.secretKey, own.publicKey, signedBytes(frame, sha256)),
    frame.length - SIGNATURE_BYTES,
  );
}

/** Undefined when the frame is none that an honest source makes. Never throws. */
export function readBroadcastHead(header: FrameHeader, frame: Uint8Array): BroadcastHead | undefined {
  const contentBytes = frame.length - BROADCAST_OVERHEAD_BYTES;
  if (contentBytes < 1 || contentBytes > MAX_CONTENT_BYTES) return undefined;
  if (header.target !== undefined || header.stream !== 0 || header.session !== 0) return undefined;
  const life = read48(frame, FRAME_HEADER_BYTES);
  const sequence = read32(frame, FRAME_HEADER_BYTES + LIFE_BYTES);
  if (sequence > MAX_SEQUENCE || header.index !== sequence % INDEX_MODULUS) return undefined;
  return { life, sequence };
}

/** Whether the owner of this key made the frame. Costs 0.6 ms of a page's time: ask once a frame, for the first copy only. */
export function isSignedBy(
  publicKey: Uint8Array,
  frame: Uint8Array,
  { verify, sha256 }: Pick<Cryptography, 'verify' | 'sha256'>,
): boolean {
  return verify(publicKey, signedBytes(frame, sha256), frame.subarray(frame.length - SIGNATURE_BYTES));
}

/** The chunks, in bytes of their own: what the application gets must not be the buffer that is passed on. */
export function copyContent(frame: Uint8Array): Uint8Array {
  return frame.slice(CONTENT_AT, frame.length - SIGNATURE_BYTES);
}

/** Readies a received frame for the log and for passing on: one hop further, and not holding a far larger buffer alive. */
export function ownFrame(frame: Uint8Array): Uint8Array {
  const own = frame.buffer.byteLength > 2 * frame.length ? frame.slice() : frame;
  if ((own[HOP_LIMIT_AT] ?? 0) > LEAST_HOP_LIMIT) lowerHopLimit(own);
  return own;
}

/**
 * The hash, because Ed25519 goes over its message twice to sign and once to verify, with a SHA-512 that costs a page twice as much as
 * SHA-256: of 60 KiB a third of a verification and half of a signature are saved.
 */
function signedBytes(frame: Uint8Array, sha256: Cryptography['sha256']): Uint8Array {
  const hash = sha256(frame.subarray(FRAME_HEADER_BYTES, frame.length - SIGNATURE_BYTES));
  const bytes = new Uint8Array(LABEL.length + hash.length);
  bytes.set(LABEL);
  bytes.set(hash, LABEL.length);
  return bytes;
}
