/** The files that `leafcutter render` reads and writes. */
import { randomBytes } from 'node:crypto';
import { constants, open } from 'node:fs';
import { access, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CancelledError, LeafcutterError, messageOf } from '../runtime/index.ts';

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

/** What Node reads of a file; a pipe has no size that could be looked at before. */
const MAX_BYTES = 2 ** 31;

/** @throws LeafcutterError `scene-unreadable`, CancelledError */
export async function readWhole(
  path: string,
  signal?: AbortSignal,
  maxBytes = MAX_BYTES,
): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // It may never end; a pipe does.
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error('it is a device, no file');
    if (found.isFIFO()) return await readPipe(path, signal, maxBytes);
    return new Uint8Array(await readFile(path, { signal }));
  } catch (cause) {
    if (signal?.aborted) throw new CancelledError(`reading ${path}`, { cause: signal.reason });
    throw new LeafcutterError('scene-unreadable', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Like a file, but it may never be written to, or never end. Opened without waiting for a writer: that blocks a thread of Node's pool, without
 * which the process cannot even exit.
 */
async function readPipe(
  path: string,
  signal: AbortSignal | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false, ...(signal && { signal }) });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of pipe) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error('what comes through this pipe does not end');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
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

/**
 * A picture must not take the place of what it is made of, such as the scene's own texture of the same name.
 * @param sources what the scene is read from, or would be if it were there
 * @throws LeafcutterError `output-unwritable`
 */
export function checkNoSource(pictures: readonly string[], sources: Iterable<string>): void {
  const taken = new Set(Array.from(sources, (source) => resolve(source)));
  const source = pictures.find((path) => taken.has(resolve(path)));
  if (source === undefined) return;
  throw unwritable(source, 'the scene itself is made of that file; give another name or folder with -o');
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
