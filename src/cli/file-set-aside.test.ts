import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it, vi } from 'vitest';
import { fileSetAside } from './file-set-aside.ts';

const folders = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('leafcutter-aside-')).length;

it('frames that are set aside are files until the command ends, and nothing before the first', async () => {
  const before = await folders();
  const aside = fileSetAside();
  expect(await folders()).toBe(before);
  const kept = await Promise.all([aside.setAside(Uint8Array.of(1, 2)), aside.setAside(Uint8Array.of(3))]);
  expect(await folders()).toBe(before + 1);
  expect(await Promise.all(kept.map((one) => one.read()))).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  const read = await kept[0]?.read();
  // Floats begin there.
  expect(read?.byteOffset).toBe(0);
  await aside.close();
  expect(await folders()).toBe(before);
});

it('where there is no place for them that is said, and it ends well', async () => {
  vi.stubEnv('TMPDIR', '/nowhere');
  const aside = fileSetAside();
  await expect(aside.setAside(Uint8Array.of(1))).rejects.toThrow('ENOENT');
  await aside.close();
  vi.unstubAllEnvs();
});
