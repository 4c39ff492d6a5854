import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { TestScene, textFile } from '../testing.ts';
import { FileBundle } from './bundle.ts';
import { findMainFile } from './main-file.ts';

const files = (...paths: string[]): Map<string, Uint8Array> =>
  new Map(paths.map((path) => [path, strToU8(path)]));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** An archive of old programs: a letter a byte, and flags of our choice. */
function oldZip(flags: number, names: readonly (readonly number[])[]): Uint8Array {
  const dummies = names.map((name, i) => String(i).padEnd(name.length, '_'));
  const zip = zipSync(Object.fromEntries(dummies.map((dummy) => [dummy, strToU8('x')])));
  const view = new DataView(zip.buffer);
  for (let at = 0; at + 46 < zip.length; at++) {
    const fields = { 67324752: { flags: 6, name: 30 }, 33639248: { flags: 8, name: 46 } }[
      view.getUint32(at, true)
    ];
    if (!fields) continue;
    view.setUint16(at + fields.flags, flags, true);
    const [digit = 0] = zip.subarray(at + fields.name);
    zip.set(names[digit - 48] ?? [], at + fields.name);
  }
  return zip;
}

/** As programs end an archive of which they did not know that it stays small (APPNOTE 4.3.14 to 4.3.16). */
function zip64(zip: Uint8Array): Uint8Array {
  const end = zip.length - 22;
  const grown = new Uint8Array(zip.length + 56 + 20);
  grown.set(zip.subarray(0, end));
  grown.set(zip.subarray(end), end + 56 + 20);
  const view = new DataView(grown.buffer);
  view.setUint32(end, 0x06064b50, true);
  for (const [field, from, bytes] of [
    [24, 8, 2],
    [32, 10, 2],
    [40, 12, 4],
    [48, 16, 4],
  ] as const) {
    const old = end + 56 + 20 + from;
    grown.copyWithin(end + field, old, old + bytes);
    grown.fill(0xff, old, old + bytes);
  }
  view.setUint32(end + 56, 0x07064b50, true);
  view.setUint32(end + 56 + 8, end, true);
  return grown;
}

describe('an archive', () => {
  it('of Windows has its names in code page 437, or in the letters of Windows, and all in one of them', () => {
    const pathsOf = (...names: number[][]) => new FileBundle(new Map([['a.zip', oldZip(0, names)]])).paths;
    // Strasse with a sharp s is ambiguous by itself, a u with dots is not.
    expect(pathsOf([0x73, 0x74, 0x72, 0x61, 0xe1, 0x65], [0x6d, 0x81, 0x6c, 0x6c])).toEqual([
      'stra\u00dfe',
      'm\u00fcll',
    ]);
    expect(pathsOf([0x73, 0x74, 0x72, 0x61, 0xdf, 0x65], [0x6d, 0xfc, 0x6c, 0x6c])).toEqual([
      'stra\u00dfe',
      'm\u00fcll',
    ]);
  });

  it('that is encrypted says so where a file of it is needed', () => {
    const bundle = new FileBundle(new Map([['a.zip', oldZip(1, [[0x61]])]]));
    expect(bundle.paths).toEqual(['a']);
    expect(() => bundle.read('a')).toThrow(
      'a.zip: a: is encrypted; unpack the archive with its password first',
    );
  });

  it('that is encrypted says so of a name in UTF-8, too', () => {
    const bundle = new FileBundle(new Map([['a.zip', oldZip(0x801, [[0xc3, 0xa4]])]]));
    expect(() => bundle.read('\u00e4')).toThrow('a.zip: \u00e4: is encrypted');
  });

  it('of which a byte has changed on its way refuses the file that has it, and gives the others', () => {
    const zip = zipSync({ 'a.bin': strToU8('hello'), 'b.bin': strToU8('other') }, { level: 0 });
    zip.set(strToU8('j'), 30 + 'a.bin'.length);
    const bundle = new FileBundle(new Map([['a.zip', zip]]));
    expect(() => bundle.read('a.bin')).toThrow(
      'a.zip: a.bin: does not unpack to what was packed; copy the archive again',
    );
    expect(text(bundle.read('b.bin'))).toBe('other');
  });

  it('that ends as one of more than 4 GiB is looked at as closely', () => {
    const zip = zip64(zipSync({ 'a.bin': strToU8('hello'), 'b.bin': strToU8('other') }, { level: 0 }));
    zip.set(strToU8('j'), 30 + 'a.bin'.length);
    const bundle = new FileBundle(new Map([['a.zip', zip]]));
    expect(() => bundle.read('a.bin')).toThrow('does not unpack to what was packed');
    expect(text(bundle.read('b.bin'))).toBe('other');
  });

  it('whose names are UTF-8 without saying so has them read as such', () => {
    const zip = zipSync({ 'B\u00e4ume/l\u00f6we.png': strToU8('x') });
    const view = new DataView(zip.buffer);
    for (let at = 0; at + 10 < zip.length; at++) {
      const flags = { 67324752: 6, 33639248: 8 }[view.getUint32(at, true)];
      if (flags !== undefined) view.setUint16(at + flags, view.getUint16(at + flags, true) & ~0x800, true);
    }
    expect(new FileBundle(new Map([['a.zip', zip]])).paths).toEqual(['B\u00e4ume/l\u00f6we.png']);
  });
});

describe('FileBundle', () => {
  const bundle = new FileBundle(
    files(
      'model/scene.gltf',
      'model/Textures/Wood grain.png',
      'other\\x.bin',
      'a#b.bin',
      'model/caf\u00e9.png',
      'model/Textures/Gr\u00fcn 100%.png',
    ),
  );
  const resolve = async (uri: string): Promise<string> =>
    text(await bundle.resolve('model/scene.gltf', uri, 'images[0]'));

  it.each([
    ['relative paths', 'Textures/Wood grain.png', 'model/Textures/Wood grain.png'],
    ['percent-encoded paths', 'Textures/Wood%20grain.png', 'model/Textures/Wood grain.png'],
    ['paths in other letter case', 'textures/WOOD grain.PNG', 'model/Textures/Wood grain.png'],
    ['paths upwards, backslashes', '../other/x.bin', 'other\\x.bin'],
    ['paths with ./', './Textures//Wood grain.png', 'model/Textures/Wood grain.png'],
    ['files that lie elsewhere, by a name that only one has', 'maps/x.bin', 'other\\x.bin'],
    ['names with a #', 'a#b.bin', 'a#b.bin'],
    ['paths of another machine, by their names', 'C:\\Users\\me\\x.bin', 'other\\x.bin'],
    ['file: addresses, by their names', 'file:///home/me/x.bin', 'other\\x.bin'],
    ['addresses on the web, by their names', 'https://example.org/maps/x.bin?v=2', 'other\\x.bin'],
    ['percent-encoded letters of Windows', 'Textures/Gr%FCn%20100%.png', 'model/Textures/Gr\u00fcn 100%.png'],
    ['names with a query', 'Textures/Wood%20grain.png?v=3', 'model/Textures/Wood grain.png'],
    ['accents composed where the file has them decomposed', 'cafe\u0301.png', 'model/caf\u00e9.png'],
  ])('finds %s', async (_, uri, expected) => {
    expect(await resolve(uri)).toBe(expected);
  });

  it('takes the one beside the scene of several of one name', async () => {
    const twins = new FileBundle(files('m/s.gltf', 'm/x.png', 'm/old/x.png', 'x.png'));
    expect(text(await twins.resolve('m/s.gltf', 'C:/tex/x.png', 'images[0]'))).toBe('m/x.png');
  });

  it('does not guess between two files of one name', async () => {
    const twins = new FileBundle(files('s.gltf', 'a/x.png', 'b/x.png'));
    await expect(twins.resolve('s.gltf', 'x.png', 'images[0]')).rejects.toThrow('"x.png" was not given');
  });

  it('asks for what was not given, and takes what it gets', async () => {
    const beside = async (uri: string) => (uri === '../y.bin' ? strToU8('found') : undefined);
    expect(text(await bundle.resolve('model/scene.gltf', '../y.bin', 'buffers[0]', beside))).toBe('found');
    await expect(bundle.resolve('model/scene.gltf', 'z.bin', 'buffers[0]', beside)).rejects.toThrow(
      '"z.bin"',
    );
  });

  it('never leaves the given files, however many .. there are', async () => {
    await expect(resolve('../../../../etc/passwd')).rejects.toThrow('was not given');
    await expect(resolve('file:///etc/passwd')).rejects.toThrow('was not given');
    await expect(resolve('https://example.org/no.bin')).rejects.toThrow('give the file together');
  });

  it('decodes data: URIs: base64 of both alphabets, in any letter case, and percent-encoded', async () => {
    expect(await resolve('data:application/octet-stream;base64,aGk=')).toBe('hi');
    expect(await resolve('DATA:;BASE64,aGk')).toBe('hi');
    expect(await resolve('data:;base64,fn5-Pz8_')).toBe('~~~???');
    expect(await resolve('data:,a%20b')).toBe('a b');
    await expect(resolve('data:;base64,%%%')).rejects.toThrow('not base64');
    await expect(resolve('data:;base64')).rejects.toThrow('without data');
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
