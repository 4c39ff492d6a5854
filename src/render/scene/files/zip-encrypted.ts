/** Which files of an archive need a password: a flag of its directory, which fflate does not look at (APPNOTE 4.3.12, 4.4.4). */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const [END_BYTES, ENTRY_BYTES, MOST_COMMENT] = [22, 46, 0xffff];

/** Paths as fflate gives those without a flag for UTF-8: a letter a byte. Of a damaged directory what can be read. */
export function encryptedPaths(bytes: Uint8Array): ReadonlySet<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Set<string>();
  let end = bytes.length - END_BYTES;
  const first = Math.max(0, end - MOST_COMMENT);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) return found;
  let at = view.getUint32(end + 16, true);
  while (at + ENTRY_BYTES <= bytes.length && view.getUint32(at, true) === ENTRY) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const name = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + (nameBytes ?? 0));
    if ((view.getUint16(at + 8, true) & 1) === 1) found.add(Array.from(name, letterOf).join(''));
    at += ENTRY_BYTES + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return found;
}

const letterOf = (byte: number): string => String.fromCharCode(byte);
