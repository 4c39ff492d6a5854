import { describe, expect, it } from 'vitest';
import { pickedFromDrop, whyRefused } from './picked-files.ts';

const file = (fullPath: string) => ({
  isFile: true,
  isDirectory: false,
  fullPath,
  file: (resolve: (file: File) => void) => resolve(new File(['x'], fullPath.split('/').at(-1) ?? '')),
});

/** As Chromium's: entries come in parts, an empty part is the end. */
const folder = (fullPath: string, parts: readonly unknown[][]) => ({
  isFile: false,
  isDirectory: true,
  fullPath,
  createReader() {
    const left = [...parts];
    return { readEntries: (resolve: (entries: unknown[]) => void) => resolve(left.shift() ?? []) };
  },
});

const drop = (entries: readonly unknown[], files: readonly File[] = []) =>
  pickedFromDrop({
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
    files,
  } as unknown as DataTransfer);

describe('dropped files', () => {
  it('keep their paths within a dropped folder, however many parts it is listed in', async () => {
    const picked = await drop([
      folder('/scene', [
        [file('/scene/room.gltf')],
        [folder('/scene/textures', [[file('/scene/textures/wood.png')]]), file('/scene/room.bin')],
      ]),
    ]);
    expect(picked.map(({ path }) => path).sort()).toEqual([
      'scene/room.bin',
      'scene/room.gltf',
      'scene/textures/wood.png',
    ]);
  });

  it('are taken as they are where the browser gives no entries', async () => {
    const picked = await drop([null], [new File(['x'], 'duck.glb')]);
    expect(picked.map(({ path }) => path)).toEqual(['duck.glb']);
  });

  it('are refused in words where they are more than a scene has, and a home folder dropped by mistake is not walked to its end', async () => {
    let walked = 0;
    const many = Array.from({ length: 5000 }, (_, index) => {
      const one = file(`/home/${index}`);
      const read = (resolve: (file: File) => void): void => {
        walked += 1;
        one.file(resolve);
      };
      return { ...one, file: read };
    });
    expect(whyRefused(await drop([folder('/home', [many])]))).toContain('more than 2000 files');
    expect(walked).toBe(2001);
    expect(whyRefused(await drop([folder('/scene', [many.slice(0, 2000)])]))).toBeUndefined();
    const thousand = many.slice(0, 1000);
    expect(whyRefused(await drop([folder('/cache', Array(200).fill(thousand))]))).toContain(
      'more than 2000 files',
    );
  });

  it('are missed where a folder has none', async () => {
    expect(whyRefused(await drop([folder('/scene', [])]))).toContain('no file');
  });

  it('that cannot be read are an error, not a silence', async () => {
    const gone = {
      ...file('/gone.glb'),
      file: (_: unknown, reject: (error: Error) => void) => reject(new Error('it was moved')),
    };
    await expect(drop([gone])).rejects.toThrow('it was moved');
  });
});
