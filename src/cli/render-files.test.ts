import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, readWhole, writeWhole } from './render-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the scene', () => {
  it('that is not there is named', async () => {
    await expect(readWhole(join(folder, 'no.glb'))).rejects.toThrow(/no\.glb: there is no such file/);
    await symlink('loop.glb', join(folder, 'loop.glb'));
    await expect(readWhole(join(folder, 'loop.glb'))).rejects.toThrow(
      'it is a link that leads back to itself',
    );
  });

  it('is no device, which may never end', async () => {
    await expect(readWhole('/dev/zero')).rejects.toThrow('cannot read /dev/zero: it is a device, no file');
  });
});

describe("the picture's file", () => {
  it('is checked before the work', async () => {
    await checkWritable(join(folder, 'a.png'));
    await expect(checkWritable(join(folder, 'nowhere', 'a.png'))).rejects.toThrow('no such file or folder');
    await expect(checkWritable(folder)).rejects.toThrow('it is a folder');
  });

  it('may have the longest name there is, and no longer one', async () => {
    const path = join(folder, `${'a'.repeat(251)}.png`);
    await checkWritable(path);
    await writeWhole(path, Uint8Array.of(1));
    expect(await readdir(folder)).toHaveLength(1);
    await expect(checkWritable(path.replace('.png', 'a.png'))).rejects.toThrow('the name is too long');
    await expect(checkWritable(join(path, 'b.png'))).rejects.toThrow(
      'a part of the path is a file, no folder',
    );
  });

  it('appears whole, replaces the old one, and leaves nothing else behind', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, 'old');
    await writeWhole(path, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    await expect(writeWhole(folder, Uint8Array.of(1))).rejects.toThrow('cannot write');
    expect(await readdir(folder)).toEqual(['a.png']);
  });
});
