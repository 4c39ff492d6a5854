/**
 * The files that pictures become. Each has another name beside its own until it is whole, so a reader never sees half a picture, and what
 * comes to nothing leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { constants, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { access, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LeafcutterError } from '../runtime/index.ts';
import { codeOf, reasonOf, trouble } from './file-trouble.ts';

/** In a row, as Linux follows them. */
const MAX_LINKS = 40;
/** The bit of folders like /tmp: what is in them only its owner replaces. */
const STICKY = 0o1000;

const unwritable = (path: string, cause: unknown): LeafcutterError =>
  new LeafcutterError('output-unwritable', `cannot write ${path}: ${reasonOf(cause)}`, { cause });

/** Where what is written to `path` goes: a link stays one, and what it points to is written, there or not. @throws as the system does */
function landingOf(path: string): string {
  let landing = resolve(path);
  for (let links = 0; links <= MAX_LINKS; links++) {
    landing = join(realpathSync(dirname(landing)), basename(landing));
    try {
      landing = resolve(dirname(landing), readlinkSync(landing));
    } catch (error) {
      // It is no link, or nothing yet.
      if (['EINVAL', 'ENOENT'].includes(codeOf(error))) return landing;
      throw error;
    }
  }
  throw trouble('ELOOP');
}

/** @throws as the system does */
async function mayWrite(landing: string): Promise<void> {
  const folder = dirname(landing);
  await access(folder, constants.W_OK);
  const there = await stat(landing).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (!there) return;
  if (there.isDirectory()) throw trouble('EISDIR');
  if (!there.isFile()) throw new Error('it is a device or a pipe; name a file');
  // What somebody protected is not replaced, though the folder's owner could.
  await (await open(landing, 'r+')).close();
  const { mode, uid } = await stat(folder);
  const self = process.geteuid?.() ?? 0;
  if (mode & STICKY && ![uid, there.uid].includes(self) && self !== 0) throw trouble('EPERM');
}

/** Before hours of rendering: can the file be written? @throws LeafcutterError `output-unwritable` */
export async function checkWritable(path: string): Promise<void> {
  try {
    await mayWrite(landingOf(path));
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** The folder that is to hold that file. @throws LeafcutterError `output-unwritable` */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
}

/**
 * A picture must not take the place of what it is made of, such as the scene's own texture of the same name.
 * @param pictures in one folder; they are gone through only where one of them could be a source, for there may be a million
 * @param sources what the scene is read from, or would be if it were there
 * @throws LeafcutterError `output-unwritable`
 */
export function checkNoSource(pattern: string, pictures: Iterable<string>, sources: Iterable<string>): void {
  const taken = namesTaken(dirname(pattern), new Set(Array.from(sources, placeOf)));
  if (taken.size === 0) return;
  for (const path of pictures)
    if (taken.has(basename(path)))
      throw unwritable(path, 'the scene itself is made of that file; give another name or folder with -o');
}

/** The names in that folder by which one of these places is reached. */
function namesTaken(folder: string, places: ReadonlySet<string>): ReadonlySet<string> {
  const own = dirname(placeOf(join(folder, 'picture')));
  const names = new Set(
    [...places].filter((place) => dirname(place) === own).map((place) => basename(place)),
  );
  for (const link of linksIn(own)) if (places.has(placeOf(join(own, link)))) names.add(link);
  return names;
}

function linksIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
  } catch {
    // It is not there yet, or nobody may look into it.
    return [];
  }
}

/** One name for each file, whatever leads to it. */
function placeOf(path: string): string {
  try {
    return landingOf(path);
  } catch {
    return resolve(path);
  }
}

/** A file that is being written. */
export class PendingFile {
  readonly #path: string;
  readonly #landing: string;
  /** Where to write. Not by the file's own name, which may be as long as a name can be. */
  readonly temporary: string;

  /** @throws LeafcutterError `output-unwritable` */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#landing = landingOf(path);
    } catch (cause) {
      throw unwritable(path, cause);
    }
    this.temporary = join(dirname(this.#landing), `.leafcutter-${randomBytes(8).toString('hex')}.tmp`);
  }

  /** It is whole. @throws LeafcutterError `output-unwritable` */
  async finish(): Promise<void> {
    try {
      await mayWrite(this.#landing);
      await rename(this.temporary, this.#landing);
    } catch (cause) {
      await this.discard();
      throw unwritable(this.#path, cause);
    }
  }

  /** Nothing stays. */
  async discard(): Promise<void> {
    // Where even that is refused, what it was for is told and not this.
    await rm(this.temporary, { force: true }).catch(() => {});
  }
}

/** All or nothing. @throws LeafcutterError `output-unwritable` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = new PendingFile(path);
  try {
    await writeFile(file.temporary, bytes, { flag: 'wx' });
  } catch (cause) {
    await file.discard();
    throw unwritable(path, cause);
  }
  await file.finish();
}
