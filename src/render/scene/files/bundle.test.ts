import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { TestScene, textFile } from '../testing.ts';
import { FileBundle } from './bundle.ts';
import { findMainFile } from './main-file.ts';

const files = (...paths: string[]): Map<string, Uint8Array> =>
  new Map(paths.map((path) => [path, strToU8(path)]));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('FileBundle', () => {
  const bundle = new FileBundle(
    files('model/scene.gltf', 'model/Textures/Wood grain.png', 'other\\x.bin', 'a#b.bin'),
  );
  const resolve = (uri: string): string => text(bundle.resolve('model/scene.gltf', uri, 'images[0]'));

  it.each([
    ['relative paths', 'Textures/Wood grain.png', 'model/Textures/Wood grain.png'],
    ['percent-encoded paths', 'Textures/Wood%20grain.png', 'model/Textures/Wood grain.png'],
    ['paths in other letter case', 'textures/WOOD grain.PNG', 'model/Textures/Wood grain.png'],
    ['paths upwards, backslashes', '../other/x.bin', 'other\\x.bin'],
    ['paths with ./', './Textures//Wood grain.png', 'model/Textures/Wood grain.png'],
    ['files that lie elsewhere, by a name that only one has', 'maps/x.bin', 'other\\x.bin'],
    ['names with a #', 'a#b.bin', 'a#b.bin'],
  ])('finds %s', (_, uri, expected) => {
    expect(resolve(uri)).toBe(expected);
  });

  it('does not guess between two files of one name', () => {
    const twins = new FileBundle(files('s.gltf', 'a/x.png', 'b/x.png'));
    expect(() => twins.resolve('s.gltf', 'x.png', 'images[0]')).toThrow('"x.png" was not given');
  });

  it('never leaves the given files, however many .. there are', () => {
    expect(() => resolve('../../../../etc/passwd')).toThrow('was not given');
    expect(() => resolve('file:///etc/passwd')).toThrow('give the file together');
  });

  it('decodes data: URIs, base64 and percent-encoded', () => {
    expect(resolve('data:application/octet-stream;base64,aGk=')).toBe('hi');
    expect(resolve('data:,a%20b')).toBe('a b');
    expect(() => resolve('data:;base64,%%%')).toThrow('not base64');
  });
});

describe('findMainFile', () => {
  it('takes the least nested scene, then the first by name, and tells about the others', () => {
    const bundle = new FileBundle(files('deep/a.glb', 'b.gltf', 'c.glb', 'readme.txt'));
    expect(findMainFile(bundle, undefined)).toEqual({ path: 'b.gltf', others: ['c.glb', 'deep/a.glb'] });
    expect(findMainFile(bundle, 'C.GLB').path).toBe('c.glb');
    expect(() => findMainFile(bundle, 'd.glb')).toThrow('d.glb: was not given');
  });
});

describe('readScene with several files', () => {
  it('reads a .gltf with its buffer and its images the same as the .glb, loose and zipped', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const { json, files: parts } = await test.gltf();
    const folder = new Map([['pack/scene.gltf', textFile(json)]]);
    for (const [path, bytes] of parts) folder.set(`pack/${path}`, bytes);
    const loose = await readScene(folder);
    const single = await readScene(new Map([['scene.glb', await test.glb()]]));
    const resourceFork = { '__MACOSX/pack/._scene.gltf': strToU8('junk') };
    const zip = zipSync({ ...Object.fromEntries(folder), ...resourceFork });
    const zipped = await readScene(new Map([['My scene.zip', zip]]));
    expect(loose.scene).toEqual(single.scene);
    expect(zipped.scene).toEqual(single.scene);
    expect([loose.title, single.title, zipped.title]).toEqual(['scene.gltf', 'scene.glb', 'My scene.zip']);
  });
});
