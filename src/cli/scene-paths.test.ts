import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenePaths } from './scene-paths.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  await mkdir(join(folder, 'set', 'deep.glb'), { recursive: true });
  for (const name of ['b.GLB', 'a10.gltf', 'a9.obj', 'a9.bin', 'notes.txt', '._b.glb', 'deep.glb/x.glb']) {
    await writeFile(join(folder, 'set', name), '');
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the scenes given', () => {
  it('are of a folder those right in it, numbers in order', async () => {
    const found = await scenePaths([join(folder, 'set')]);
    expect(found.map((path) => relative(folder, path))).toEqual(['set/a9.obj', 'set/a10.gltf', 'set/b.GLB']);
  });

  it('are what was named, in its order, each once', async () => {
    const [b, missing] = [join(folder, 'set', 'b.GLB'), join(folder, 'nowhere.xyz')];
    const found = await scenePaths([b, missing, `${folder}/set/../set/b.GLB`]);
    expect(found).toHaveLength(2);
    expect(found.map((path) => relative(folder, path))).toEqual(['set/b.GLB', 'nowhere.xyz']);
  });

  it('are refused where a folder has none', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(scenePaths([join(folder, 'empty')])).rejects.toThrow('there is no scene in');
  });
});
