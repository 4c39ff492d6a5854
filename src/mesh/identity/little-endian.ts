/** Numbers as Curve25519 writes them (RFC 7748, RFC 8032): least byte first. */

/** Up to 64 bytes, a 64-bit word at a time. */
export function littleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let value = 0n;
  for (let at = bytes.length - 8; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(at, true);
  return value;
}

/** In 32 bytes. */
export function toLittleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < 32; at += 8) view.setBigUint64(at, value >> BigInt(8 * at), true);
  return bytes;
}

/** The secret scalar that 32 bytes stand for (RFC 7748, section 5; RFC 8032, 5.1.5). */
export function clamped(bytes: Uint8Array): bigint {
  return (littleEndian(bytes) & ((1n << 254n) - 8n)) | (1n << 254n);
}
