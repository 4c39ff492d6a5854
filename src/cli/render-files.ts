/** The files that `leafcutter render` reads and writes. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LeafcutterError, messageOf } from '../runtime/index.ts';

/** By the codes of the system. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, no folder',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the disk can only be read',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads back to itself',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? messageOf(error);
}

/** @throws LeafcutterError `scene-unreadable` */
export async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // It may never end; a pipe does.
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error('it is a device, no file');
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new LeafcutterError('scene-unreadable', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

const unwritable = (path: string, cause: unknown): LeafcutterError =>
  new LeafcutterError('output-unwritable', `cannot write ${path}: ${reasonOf(cause)}`, { cause });

/** Before hours of rendering: can the file be written? @throws LeafcutterError `output-unwritable` */
export async function checkWritable(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
    const there = await stat(path).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    });
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Where a file is written until it is whole. Not by its own name, which may be as long as a name can be. */
export function temporaryBeside(path: string): string {
  return join(dirname(resolve(path)), `.leafcutter-${randomBytes(8).toString('hex')}.tmp`);
}

/** All or nothing: a reader never sees half a picture. @throws LeafcutterError `output-unwritable` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  }
}
