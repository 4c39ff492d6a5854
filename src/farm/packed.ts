/** Lists of unsigned 32-bit numbers as bytes, little-endian: one element to a scan for bad messages, four bytes each. */

export function packU32(numbers: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) view.setUint32(4 * i, numbers[i] ?? 0, true);
  return bytes;
}

/** Undefined when it is no such list, or one of more than `max`. */
export function packedFrom(field: unknown, max: number): Uint32Array | undefined {
  if (!(field instanceof Uint8Array) || field.length % 4 !== 0 || field.length > 4 * max) return undefined;
  const view = new DataView(field.buffer, field.byteOffset, field.length);
  const numbers = new Uint32Array(field.length / 4);
  for (let i = 0; i < numbers.length; i++) numbers[i] = view.getUint32(4 * i, true);
  return numbers;
}
