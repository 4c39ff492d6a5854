import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fileSetAside } from './file-set-aside.ts';

let folder = '';
// Nothing else is there: commands that other tests run meanwhile set frames aside, too.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('frames that are set aside are files until the command ends, and nothing before the first', async () => {
  const aside = fileSetAside();
  expect(await readdir(folder)).toEqual([]);
  const kept = await Promise.all([aside.setAside(Uint8Array.of(1, 2)), aside.setAside(Uint8Array.of(3))]);
  expect(await readdir(folder)).toHaveLength(1);
  expect(await Promise.all(kept.map((one) => one.read()))).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  const read = await kept[0]?.read();
  // Floats begin there.
  expect(read?.byteOffset).toBe(0);
  await aside.close();
  expect(await readdir(folder)).toEqual([]);
});

it('where there is no place for them that is said, and it ends well', async () => {
  vi.stubEnv('TMPDIR', '/nowhere');
  const aside = fileSetAside();
  await expect(aside.setAside(Uint8Array.of(1))).rejects.toThrow('ENOENT');
  await aside.close();
});
