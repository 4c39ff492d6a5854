/**
 * The health datagram: 17 bytes, a type and a nonce. A SYN asks "are you there", the ACK returns the same nonce, so that an
 * old or invented answer proves nothing. Small enough for any network's safe UDP payload. A transport that answers off the
 * main thread (src/transport/peerjs/probe-answer.ts) says with a type of its own that the page behind it does not answer now.
 */

export const DATAGRAM_BYTES = 17;
export const NONCE_BYTES = 16;
const SYN = 0x01;
const ACK = 0x02;
const BUSY_ACK = 0x03;

/** `busy-ack`: its worker is alive, its page stands still. */
export type DatagramKind = 'syn' | 'ack' | 'busy-ack';

/** @param nonce the first 16 bytes count */
export function encodeSyn(nonce: Uint8Array): Uint8Array {
  const syn = new Uint8Array(DATAGRAM_BYTES);
  syn[0] = SYN;
  syn.set(nonce.subarray(0, NONCE_BYTES), 1);
  return syn;
}

/** The answer to a SYN. */
export function encodeAck(syn: Uint8Array, isPageBusy = false): Uint8Array {
  const ack = syn.slice(0, DATAGRAM_BYTES);
  ack[0] = isPageBusy ? BUSY_ACK : ACK;
  return ack;
}

/** Undefined for anything that is no health datagram. */
export function datagramKind(bytes: Uint8Array): DatagramKind | undefined {
  if (bytes.length !== DATAGRAM_BYTES) return undefined;
  switch (bytes[0]) {
    case SYN:
      return 'syn';
    case ACK:
      return 'ack';
    case BUSY_ACK:
      return 'busy-ack';
    default:
      return undefined;
  }
}

/** Whether an answer belongs to this question. Both have passed `datagramKind`. */
export function hasSameNonce(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 1; i < DATAGRAM_BYTES; i++) if (a[i] !== b[i]) return false;
  return true;
}
