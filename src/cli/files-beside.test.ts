import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBeside, isAllowed } from './files-beside.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'leafcutter-')));
  await mkdir(join(folder, 'model', 'scene'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a file below the model's folder. */
async function write(path: string, text = path): Promise<void> {
  const steps = path.split('/');
  await mkdir(join(folder, 'model', ...steps.slice(0, -1)), { recursive: true });
  await writeFile(join(folder, 'model', path), text);
}

/** What the scene `model/scene/a.gltf` finds by a uri, as text. */
async function found(uri: string): Promise<string | undefined> {
  const bytes = await filesBeside(join(folder, 'model', 'scene', 'a.gltf'))(uri);
  return bytes && new TextDecoder().decode(bytes);
}

describe('a scene in the terminal finds', () => {
  it.each([
    ['what lies beside it', 'scene/a.bin', 'a.bin'],
    ['what lies in a folder below', 'scene/maps/a.png', 'maps/a.png'],
    ['what lies beside its folder', 'textures/a.png', '../textures/a.png'],
    ['names that are percent-encoded', 'scene/wood floor.png', 'wood%20floor.png'],
    ['names with a percent sign', 'scene/100%.png', '100%.png'],
    ['names with a query', 'scene/a.png', 'a.png?v=2'],
    ['names in another letter case', 'scene/Maps/Wood.PNG', 'maps/wood.png'],
    ['composed names that are decomposed on the disk', 'scene/cafe\u0301.png', 'caf\u00e9.png'],
    ['backslashes', 'textures/a.png', '..\\textures\\a.png'],
    ['a path of another machine, by its name', 'scene/a.png', 'C:\\Users\\me\\tex\\a.png'],
    ['an address, by its name', 'scene/a.png', 'https://example.org/a.png'],
    ['what a folder below holds, by a name that only one file has', 'scene/x/y/a.png', 'lost/a.png'],
  ])('%s', async (_, path, uri) => {
    await write(path, 'it');
    expect(await found(uri)).toBe('it');
  });

  it('what a link in its folder leads to', async () => {
    await write('shared/a.png', 'it');
    await symlink('../shared', join(folder, 'model', 'scene', 'tex'));
    expect(await found('tex/a.png')).toBe('it');
  });

  it('the nearest file, however many files and folders are beside it', async () => {
    await write('scene/scene.bin', 'it');
    await mkdir(join(folder, 'model', 'scene', 'aaa'));
    await Promise.all(Array.from({ length: 300 }, (_, i) => write(`scene/aaa/${i}/scene.bin`, 'another')));
    expect(await found('scene.bin')).toBe('it');
    expect(await found('aaa/7/scene.bin')).toBe('another');
  });

  it('of files of one name, where the path leads nowhere, the nearest', async () => {
    await write('scene/x/a.png', 'another');
    await write('scene/a.png', 'it');
    await write('scene/y/z/b.png', 'another');
    await write('scene/y/b.png', 'it');
    for (const name of ['a.png', 'b.png']) expect(await found(`C:\\tex\\${name}`)).toBe('it');
  });

  it('nothing where two files have the name, or where a folder has it', async () => {
    await write('scene/x/a.png');
    await write('scene/y/a.png');
    await mkdir(join(folder, 'model', 'scene', 'b.png'));
    expect(await found('a.png')).toBeUndefined();
    expect(await found('b.png')).toBeUndefined();
  });
});

describe('what a scene in the terminal looks for', () => {
  it('is told before it is read or missed, but for what is not its to name', async () => {
    await write('scene/maps/a.png');
    const looked: string[] = [];
    const beside = filesBeside(join(folder, 'model', 'scene', 'a.gltf'), (path) => looked.push(path));
    for (const uri of ['maps/a.png', 'later.png', '../../../../../../../etc/passwd']) await beside(uri);
    const scene = join(folder, 'model', 'scene');
    expect(looked).toEqual([join(scene, 'maps', 'a.png'), join(scene, 'later.png')]);
  });
});

describe('a scene in the terminal is not given', () => {
  it.each([
    '/etc/passwd',
    '../../../../../../../etc/passwd',
    'file:///etc/passwd',
    '..\\..\\..\\..\\..\\etc\\passwd',
  ])('%s', async (uri) => {
    expect(await found(uri)).toBeUndefined();
  });

  it('what a link leads to that ends like no picture and no buffer', async () => {
    await symlink('/etc', join(folder, 'model', 'scene', 'tex'));
    await symlink('/etc/passwd', join(folder, 'model', 'scene', 'a.png'));
    expect(await found('tex/passwd')).toBeUndefined();
    expect(await found('a.png')).toBeUndefined();
  });

  it('what lies above, if it ends like no picture and no buffer, or lies too far above', async () => {
    await write('secret.txt');
    await write('a.png', 'near');
    await writeFile(join(folder, 'a.bin'), 'above');
    expect(await found('../secret.txt')).toBeUndefined();
    expect(await found('../a.png')).toBe('near');
    expect(await found('../../a.bin')).toBe('above');
    const deeper = filesBeside(join(folder, 'model', 'scene', 'deep', 'a.gltf'));
    expect(await deeper('../../../a.bin')).toBeUndefined();
  });

  it('what lies in a folder that all share', () => {
    const allowed = (scene: string, path: string): boolean => isAllowed(scene, path, scene, path);
    expect(allowed('/models/a', '/models/b.png')).toBe(false);
    expect(allowed('/data/models/a', '/data/models/b.png')).toBe(true);
    expect(allowed('/data/models/a', '/data/b.png')).toBe(false);
    const home = homedir();
    expect(allowed(join(home, 'a', 'b'), join(home, 'c.png'))).toBe(home.split('/').length > 2);
    expect(allowed(join(home, 'a'), join(home, '..', 'else', 'c.png'))).toBe(false);
  });
});
