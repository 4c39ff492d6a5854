/**
 * The health datagram: 17 bytes, a type and a nonce. A SYN asks "are you there", the ACK returns the same nonce, so that an
 * old or invented answer proves nothing. Small enough for any network's safe UDP payload.
 */
import { toHex } from '../../runtime/index.ts';

export const DATAGRAM_BYTES = 17;
export const NONCE_BYTES = 16;
const SYN = 0x01;
const ACK = 0x02;

export interface HealthDatagram {
  readonly kind: 'syn' | 'ack';
  /** Hex of the 16 bytes: a key to find the question by. */
  readonly nonce: string;
}

export function encodeSyn(nonce: Uint8Array): Uint8Array {
  return encode(SYN, nonce);
}

/** The answer to a SYN that parsed. */
export function encodeAck(syn: Uint8Array): Uint8Array {
  return encode(ACK, syn.subarray(1));
}

/** Undefined for anything that is no health datagram. */
export function parseDatagram(bytes: Uint8Array): HealthDatagram | undefined {
  if (bytes.length !== DATAGRAM_BYTES) return undefined;
  const type = bytes[0];
  if (type !== SYN && type !== ACK) return undefined;
  return { kind: type === SYN ? 'syn' : 'ack', nonce: toHex(bytes.subarray(1)) };
}

function encode(type: number, nonce: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  bytes[0] = type;
  bytes.set(nonce.subarray(0, NONCE_BYTES), 1);
  return bytes;
}
