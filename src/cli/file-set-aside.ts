/** Finished frames that nobody looks at now, as files of a folder that ends with the command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SetAside } from '../render/film/index.ts';

export interface FileSetAside {
  readonly setAside: SetAside;
  /** Removes what lies there. */
  close(): Promise<void>;
}

/** Nothing is made before the first frame comes. */
export function fileSetAside(): FileSetAside {
  let folder: Promise<string> | undefined;
  let count = 0;
  return {
    async setAside(bytes) {
      folder ??= mkdtemp(join(tmpdir(), 'leafcutter-aside-'));
      const path = join(await folder, String(count++));
      await writeFile(path, bytes, { flag: 'wx' });
      // A copy: small files come as views of a pool of Node's, which may begin anywhere.
      return { read: async () => new Uint8Array(await readFile(path)) };
    },
    async close() {
      // Where there was no place for one, whoever set something aside was told.
      const made = await folder?.catch(() => undefined);
      if (made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}
