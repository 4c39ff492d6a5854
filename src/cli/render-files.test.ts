import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, sceneFiles, writeWhole } from './render-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the scene's files", () => {
  it('are the .glb alone', async () => {
    await writeFile(join(folder, 'a.glb'), 'x');
    await writeFile(join(folder, 'b.bin'), 'y');
    expect([...(await sceneFiles(join(folder, 'a.glb'))).keys()]).toEqual(['a.glb']);
  });

  it('are the .gltf and what it names beside it, and nothing else', async () => {
    const uris = ['mesh.bin', 'textures/wood%20floor.png', 'data:image/png;base64,AAAA'];
    await writeFile(join(folder, 'a.gltf'), JSON.stringify({ buffers: uris.map((uri) => ({ uri })) }));
    await writeFile(join(folder, 'mesh.bin'), 'm');
    await writeFile(join(folder, 'secret.txt'), 's');
    await mkdir(join(folder, 'textures'));
    await writeFile(join(folder, 'textures', 'wood floor.png'), 't');
    const files = await sceneFiles(join(folder, 'a.gltf'));
    expect([...files.keys()].sort()).toEqual(['a.gltf', 'mesh.bin', 'textures/wood floor.png']);
  });

  it('that are not there are named', async () => {
    await expect(sceneFiles(join(folder, 'no.glb'))).rejects.toThrow(/no\.glb: there is no such file/);
  });
});

describe("the picture's file", () => {
  it('is checked before the work', async () => {
    await checkWritable(join(folder, 'a.png'));
    await expect(checkWritable(join(folder, 'nowhere', 'a.png'))).rejects.toThrow('no such file or folder');
    await expect(checkWritable(folder)).rejects.toThrow('it is a folder');
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
