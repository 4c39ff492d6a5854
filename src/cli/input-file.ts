/** The files that `leafcutter render` reads. */
import { constants, open } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import { reasonOf } from './file-trouble.ts';

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
