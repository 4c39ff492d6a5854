/**
 * A `.zip` as a list of paths whose bytes are unpacked one by one, when asked for. Sizes are checked against the limits
 * before memory is taken, and fflate never writes past the size that the directory claims, so a zip bomb stays small.
 */
import { unzipSync } from 'fflate';
import { crc32 } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { MAX_ARCHIVE_ENTRIES, MAX_DECODED_BYTES } from '../limits.ts';
import { saidBy } from '../said-by.ts';
import { zipDirectory } from './zip-directory.ts';
import { meantNames } from './zip-names.ts';

/** "PK", then a local file header or the end of an empty directory. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * @param name the archive's own name, for messages
 * @returns path in the archive to a function that unpacks it
 * @throws SceneError `archive-damaged`, `too-large`; the functions too
 */
export function openArchive(name: string, bytes: Uint8Array): ReadonlyMap<string, () => Uint8Array> {
  const sizes = new Map<string, number>();
  let total = 0;
  unpack(name, bytes, (path, size) => {
    if (path.endsWith('/') || isMacResourceFork(path)) return false;
    total += size;
    if (sizes.size >= MAX_ARCHIVE_ENTRIES) {
      throw new SceneError('too-large', name, `holds more than ${MAX_ARCHIVE_ENTRIES} files`);
    }
    if (total > MAX_DECODED_BYTES) {
      throw new SceneError('too-large', name, `unpacks to more than ${MAX_DECODED_BYTES / 2 ** 20} MiB`);
    }
    sizes.set(path, size);
    return false;
  });
  const directory = zipDirectory(bytes);
  const open = (path: string, size: number) => (): Uint8Array => {
    const damaged = (reason: string): SceneError =>
      new SceneError('archive-damaged', `${name}: ${path}`, reason);
    const entry = directory.get(path);
    if (entry?.isEncrypted) throw damaged('is encrypted; unpack the archive with its password first');
    const found = unpack(name, bytes, (candidate) => candidate === path)[path];
    if (found?.length !== size) throw damaged('does not unpack to its size');
    if (entry && crc32(found) !== entry.checksum) {
      throw damaged('does not unpack to what was packed; copy the archive again');
    }
    return found;
  };
  const names = meantNames([...sizes.keys()]);
  return new Map(Array.from(sizes, ([path, size]) => [names.get(path) ?? path, open(path, size)]));
}

function unpack(
  name: string,
  bytes: Uint8Array,
  filter: (path: string, unpackedSize: number) => boolean,
): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(bytes, { filter: (file) => filter(file.name, file.originalSize) });
  } catch (cause) {
    if (cause instanceof SceneError) throw cause;
    const reason = `cannot be unpacked${saidBy(cause)}; copy it again, or unpack it and open what is in it`;
    throw new SceneError('archive-damaged', name, reason, { cause });
  }
}

/** What macOS adds to archives beside each file. */
function isMacResourceFork(path: string): boolean {
  return path.startsWith('__MACOSX/') || (path.split('/').at(-1) ?? '').startsWith('._');
}
