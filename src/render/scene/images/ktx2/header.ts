/** The first bytes of a KTX 2.0 file, apart from the decoders, which load only when such a file comes. */

const IDENTIFIER = [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 104;

export function isKtx2(bytes: Uint8Array): boolean {
  return IDENTIFIER.every((byte, i) => bytes[i] === byte);
}

/** Undefined where the header is cut short. */
export function ktx2Size(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(20, true), height: view.getUint32(24, true) };
}

/** Honest KTX2, but not what glTF allows (KHR_texture_basisu). */
export class Ktx2UnsupportedError extends Error {}
