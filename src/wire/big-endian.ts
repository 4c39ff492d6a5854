/** Whole numbers in the bytes of frames, the high byte first. By hand, since a DataView would be another object for each frame. */

export function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function read32(bytes: Uint8Array, at: number): number {
  return read16(bytes, at) * 0x1_0000 + read16(bytes, at + 2);
}

/** A life, mostly. */
export function read48(bytes: Uint8Array, at: number): number {
  return read16(bytes, at) * 0x1_0000_0000 + read32(bytes, at + 2);
}

/** What is above 16 bits is left out. */
export function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** As `write16`, of 32 bits. */
export function write32(bytes: Uint8Array, at: number, value: number): void {
  write16(bytes, at, value >>> 16);
  write16(bytes, at + 2, value);
}

export function write48(bytes: Uint8Array, at: number, value: number): void {
  write16(bytes, at, value / 0x1_0000_0000);
  write32(bytes, at + 2, value);
}
