import { getEventListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CancelledError } from '../runtime/index.ts';
import { environmentBytes } from './environment-bytes.ts';

const dist = new URL('../../dist/', import.meta.url);
const built = {
  page: new URL('page/', dist),
  thread: new URL('node/render-thread-worker.js', dist),
  reader: new URL('node/read-thread-worker.js', dist),
};

it("a person's own environment is read in a thread, so that being told to stop is heard meanwhile", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  try {
    const name = join(folder, 'sky.hdr');
    const header = '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 4\n';
    await writeFile(name, Buffer.concat([Buffer.from(header), Buffer.alloc(32, 128)]));
    const file = { kind: 'file', name } as const;
    expect(await environmentBytes(file, file, built)).toBeInstanceOf(Uint8Array);
    const abort = new AbortController();
    const looking = setInterval(() => {
      if (getEventListeners(abort.signal, 'abort').length > 0) abort.abort();
    }, 1);
    await expect(environmentBytes(file, file, built, abort.signal)).rejects.toThrow(CancelledError);
    clearInterval(looking);
  } finally {
    await rm(folder, { recursive: true });
  }
});
