import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../runtime/index.ts';
import { checkNoSource, checkWritable, readWhole, writeWhole } from './render-files.ts';

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

  it('may come through a pipe, which is given up where it is never written to or never ends', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [scene] = await Promise.all([readWhole(pipe), writeFile(pipe, 'a scene')]);
    expect(new TextDecoder().decode(scene)).toBe('a scene');

    const abort = new AbortController();
    const silent = readWhole(pipe, abort.signal);
    setTimeout(() => abort.abort(), 10);
    await expect(silent).rejects.toThrow(CancelledError);

    const [endless] = await Promise.allSettled([
      readWhole(pipe, undefined, 1000),
      writeFile(pipe, 'y\n'.repeat(1000)),
    ]);
    expect(endless).toMatchObject({
      reason: { message: `cannot read ${pipe}: what comes through this pipe does not end` },
    });
  });
});

describe("the picture's file", () => {
  it('is none that the scene is made of', () => {
    const sources = ['models/chair.gltf', resolve('models/chair.png')];
    expect(() => checkNoSource(['models/chair-1.png', './models/chair.png'], sources)).toThrow(
      /cannot write \.\/models\/chair\.png: the scene itself is made of that file; give another name/,
    );
    expect(() => checkNoSource(['chair.png'], sources)).not.toThrow();
  });

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
