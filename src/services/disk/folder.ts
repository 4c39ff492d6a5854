/** A disk in a folder: a file a record, readable by this user only. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Disk, DiskFullError, type DiskRecord } from './contract.ts';

const SUFFIX = '.record';
/** A file that is being written; its process died if it is older than that. */
const UNFINISHED = '.unfinished';
const UNFINISHED_MS = 3600 * 1000;
/** Keys have no dots. */
const fileOf = (key: string): string => key.replaceAll('/', '.') + SUFFIX;
const keyOf = (file: string): string => file.slice(0, -SUFFIX.length).replaceAll('.', '/');

export function folderDisk(folder: string): Disk {
  async function write({ key, bytes }: DiskRecord): Promise<void> {
    const unfinished = join(folder, `${fileOf(key)}.${process.pid}${UNFINISHED}`);
    try {
      await writeFile(unfinished, bytes, { mode: 0o600 });
      await rename(unfinished, join(folder, fileOf(key)));
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw isFull(cause) ? new DiskFullError({ cause }) : cause;
    }
  }

  return {
    async keys(prefix) {
      const files = await readdir(folder).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      });
      await Promise.all(
        files.filter((file) => file.endsWith(UNFINISHED)).map((file) => sweep(join(folder, file))),
      );
      return files
        .filter((file) => file.endsWith(SUFFIX))
        .map(keyOf)
        .filter((key) => key.startsWith(prefix));
    },
    async get(key) {
      try {
        return await readFile(join(folder, fileOf(key)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    async set(records) {
      await makeFolder(folder);
      for (const record of records) await write(record);
    },
    async del(keys) {
      for (const key of keys) await rm(join(folder, fileOf(key)), { force: true });
    },
  };
}

/**
 * With those above it. Node's own `recursive` tries for ever where none can be made although the one above is there (/proc), and takes a
 * processor with it.
 */
export async function makeFolder(folder: string): Promise<void> {
  const make = (): Promise<void> => mkdir(folder, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (await isFolder(folder)) return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make().catch(async (again: unknown) => {
      if (!(await isFolder(folder))) throw again; // another process may have been quicker
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

async function sweep(file: string): Promise<void> {
  const written = await stat(file).catch(() => undefined);
  if (written && Date.now() - written.mtimeMs > UNFINISHED_MS) await rm(file, { force: true });
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error) ?? '');
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
