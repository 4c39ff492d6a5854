/** The files that `leafcutter render` reads and writes. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { LeafcutterError, messageOf } from '../runtime/index.ts';

/** A folder beside a .gltf is searched no further than this: someone may keep it in their home folder. */
const MAX_FILES_BESIDE = 20_000;
const MAX_DEPTH = 6;

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission was denied';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return messageOf(error);
  }
}

/**
 * The scene file, and for a .gltf what it names: path relative to its folder, to contents.
 * @throws LeafcutterError `scene-unreadable`
 */
export async function sceneFiles(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  try {
    const main = new Uint8Array(await readFile(path));
    files.set(basename(path), main);
    if (extname(path).toLowerCase() !== '.gltf') return files;
    const folder = dirname(resolve(path));
    for (const name of await namedFiles(main, folder)) {
      if (!files.has(name)) files.set(name, new Uint8Array(await readFile(join(folder, name))));
    }
  } catch (cause) {
    throw new LeafcutterError('scene-unreadable', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  return files;
}

/** @throws LeafcutterError `scene-unreadable` */
export async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new LeafcutterError('scene-unreadable', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Files of the folder whose name stands in the .gltf: a URI may spell a name in several ways, so names are compared decoded. */
async function namedFiles(gltf: Uint8Array, folder: string): Promise<string[]> {
  const text = new TextDecoder().decode(gltf);
  const words = new Set<string>();
  for (const [, uri] of text.matchAll(/"uri"\s*:\s*"((?:[^"\\]|\\.){1,2048})"/g)) {
    if (uri && !uri.startsWith('data:')) words.add(basename(decoded(uri)).toLowerCase());
  }
  if (words.size === 0) return [];
  const found: string[] = [];
  let seen = 0;
  const search = async (directory: string, depth: number): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (++seen > MAX_FILES_BESIDE) return;
      const path = join(directory, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith('.'))
        await search(path, depth + 1);
      else if (words.has(entry.name.toLowerCase())) found.push(relative(folder, path).split(sep).join('/'));
    }
  };
  await search(folder, 0);
  return found;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri.replaceAll('\\/', '/'));
  } catch {
    return uri;
  }
}

const unwritable = (path: string, cause: unknown): LeafcutterError =>
  new LeafcutterError('output-unwritable', `cannot write ${path}: ${reasonOf(cause)}`, { cause });

/** Before hours of rendering: can the file be written? @throws LeafcutterError `output-unwritable` */
export async function checkWritable(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** All or nothing: a reader never sees half a picture. @throws LeafcutterError `output-unwritable` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(resolve(path)), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  }
}
