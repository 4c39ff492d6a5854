/** What an archive's directory says of its files that fflate does not look at (APPNOTE 4.3.12 to 4.3.16, 4.4.4, 4.4.7). */
import { strFromU8 } from 'fflate';

const END = 0x06054b50;
/** In front of the end, of archives that may be larger than 4 GiB: where their own end lies. */
const LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const [END_BYTES, LOCATOR_BYTES, END_64_BYTES, ENTRY_BYTES, MOST_COMMENT] = [22, 20, 56, 46, 0xffff];
/** Flags of an entry. */
const [IS_ENCRYPTED, HAS_UTF8_NAME] = [1, 0x800];

export interface ZipEntry {
  readonly isEncrypted: boolean;
  /** CRC-32 of what it unpacks to. */
  readonly checksum: number;
}

/** By paths as fflate gives them: without a flag for UTF-8 a letter a byte. Of a damaged directory what can be read. */
export function zipDirectory(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, ZipEntry>();
  let end = bytes.length - END_BYTES;
  const first = Math.max(0, end - MOST_COMMENT);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) return found;
  let at = directoryAt(view, end);
  while (at + ENTRY_BYTES <= bytes.length && view.getUint32(at, true) === ENTRY) {
    const [flags = 0, nameBytes = 0, extraBytes = 0, commentBytes = 0] = [8, 28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const name = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    found.set(strFromU8(name, (flags & HAS_UTF8_NAME) === 0), {
      isEncrypted: (flags & IS_ENCRYPTED) !== 0,
      checksum: view.getUint32(at + 16, true),
    });
    at += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return found;
}

/** Of places of 64 bits the lower half: nothing larger is opened. */
function directoryAt(view: DataView, end: number): number {
  const locator = end - LOCATOR_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR) {
    const end64 = view.getUint32(locator + 8, true);
    if (end64 + END_64_BYTES <= end && view.getUint32(end64, true) === END_64)
      return view.getUint32(end64 + 48, true);
  }
  return view.getUint32(end + 16, true);
}
