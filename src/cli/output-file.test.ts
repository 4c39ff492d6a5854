import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNoSource, checkWritable, makeFolderOf, PendingFile, writeWhole } from './output-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the picture's file", () => {
  it('is none that the scene is made of', () => {
    const sources = ['models/chair.gltf', resolve('models/chair.png')];
    const pictures = ['./models/chair-1.png', './models/chair.png'];
    expect(() => checkNoSource('./models/chair-#.png', pictures, sources)).toThrow(
      /cannot write \.\/models\/chair\.png: the scene itself is made of that file; give another name/,
    );
    expect(() => checkNoSource('chair.png', ['chair.png'], sources)).not.toThrow();
  });

  it('is none that leads to a file that the scene is made of', async () => {
    const [source, picture] = [join(folder, 'wood.png'), join(folder, 'pictures', 'a-2.png')];
    await makeFolderOf(picture);
    await writeFile(source, 'wood');
    await symlink(source, picture);
    const pattern = join(folder, 'pictures', 'a-#.png');
    expect(() => checkNoSource(pattern, [picture], [source])).toThrow(
      'the scene itself is made of that file',
    );
    expect(() => checkNoSource(pattern, [picture], [join(folder, 'pictures', 'a.png')])).not.toThrow();
  });

  it('is not looked for among a million where nothing that the scene is made of lies in their folder', () => {
    function* million(): Generator<string> {
      yield join(folder, 'a-0000000.png');
      throw new Error('the pictures are gone through');
    }
    const pattern = join(folder, 'a-#######.png');
    expect(() => checkNoSource(pattern, million(), ['models/chair.gltf'])).not.toThrow();
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

  it('is what a link points to, there or not, and the link stays', async () => {
    await mkdir(join(folder, 'kept'));
    for (const [link, target] of [
      ['a.png', 'kept/there.png'],
      ['b.png', join(folder, 'kept', 'new.png')],
      ['c.png', 'a.png'],
    ] as const) {
      await symlink(target, join(folder, link));
    }
    await writeFile(join(folder, 'kept', 'there.png'), 'old');
    for (const [i, link] of ['a.png', 'b.png', 'c.png'].entries()) {
      await checkWritable(join(folder, link));
      await writeWhole(join(folder, link), Uint8Array.of(i));
    }
    expect([...(await readFile(join(folder, 'kept', 'there.png')))]).toEqual([2]);
    expect([...(await readFile(join(folder, 'kept', 'new.png')))]).toEqual([1]);
    expect(await readlink(join(folder, 'a.png'))).toBe('kept/there.png');
    expect((await readdir(join(folder, 'kept'))).toSorted()).toEqual(['new.png', 'there.png']);
  });

  it('is not behind a link that leads nowhere', async () => {
    await symlink('loop.png', join(folder, 'loop.png'));
    await symlink('nowhere/a.png', join(folder, 'lost.png'));
    await expect(checkWritable(join(folder, 'loop.png'))).rejects.toThrow('a link that leads back to itself');
    await expect(writeWhole(join(folder, 'lost.png'), Uint8Array.of(1))).rejects.toThrow(
      `cannot write ${join(folder, 'lost.png')}: there is no such file or folder`,
    );
    expect(await readlink(join(folder, 'lost.png'))).toBe('nowhere/a.png');
  });

  it('is no device and no pipe: they would be gone', async () => {
    const pipe = join(folder, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/null', join(folder, 'null.png'));
    for (const path of [pipe, join(folder, 'null.png')]) {
      await expect(checkWritable(path)).rejects.toThrow('it is a device or a pipe; name a file');
      await expect(writeWhole(path, Uint8Array.of(1))).rejects.toThrow('it is a device or a pipe');
    }
    expect((await readdir(folder)).toSorted()).toEqual(['null.png', 'pipe.png']);
  });

  it('is told of where its folder is gone when it is whole, or cannot be made', async () => {
    await mkdir(join(folder, 'gone'));
    const file = new PendingFile(join(folder, 'gone', 'a.png'));
    await writeFile(file.temporary, '');
    await rm(join(folder, 'gone'), { recursive: true });
    await expect(file.finish()).rejects.toThrow(/cannot write .*a\.png: there is no such file or folder/);
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolderOf(join(folder, 'file', 'deep', 'a.png'))).rejects.toThrow(
      /cannot write .*deep: a part of the path is a file, no folder/,
    );
  });

  // Only its administrator can become another user.
  const asAnother = it.skipIf(process.geteuid?.() !== 0);
  const anotherChecks = async (path: string): Promise<void> => {
    process.seteuid?.(65_534);
    try {
      await checkWritable(path);
    } finally {
      process.seteuid?.(0);
    }
  };

  asAnother('is known before the work not to be replaceable by others in a folder like /tmp', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, '');
    await chmod(path, 0o666);
    await chmod(folder, 0o1777);
    await expect(anotherChecks(path)).rejects.toThrow('permission was denied');
    await anotherChecks(join(folder, 'b.png'));
  });

  asAnother('is not replaced where it is protected, though the folder is for all', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, '');
    await chmod(folder, 0o777);
    await chmod(path, 0o444);
    await expect(anotherChecks(path)).rejects.toThrow('permission was denied');
    await chmod(path, 0o666);
    await anotherChecks(path);
  });
});
