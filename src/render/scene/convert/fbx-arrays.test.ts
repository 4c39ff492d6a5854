import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { checkFbxArrays } from './fbx-arrays.ts';

const u32 = (...values: number[]): number[] => [...new Uint8Array(Uint32Array.from(values).buffer)];
const text = (letters: string): number[] => Array.from(letters, (letter) => letter.charCodeAt(0));

/** An array of doubles that unpacks to `bytes`. */
function packed(bytes: number, claimed = bytes / 8): number[] {
  const data = zlibSync(new Uint8Array(bytes), { level: 9 });
  return [...text('d'), ...u32(claimed, 1, data.length), ...data];
}

/** A binary FBX of one record after the other, the second within the first. */
function fbx(...properties: readonly (readonly number[])[]): Uint8Array {
  const bytes = [...text('Kaydara FBX Binary  \0\x1a\0'), ...u32(7400)];
  for (const property of properties) {
    const end = 27 + properties.reduce((sum, one) => sum + 13 + 1 + one.length, 0);
    bytes.push(...u32(end, 1, property.length), 1, ...text('A'), ...property);
  }
  return Uint8Array.from([...bytes, ...new Array<number>(200).fill(0)]);
}

describe('the arrays of an FBX', () => {
  it('may take what the limit allows, all together', () => {
    const two = fbx([...text('S'), ...u32(3), ...text('abc')], packed(80_000), packed(80_000));
    expect(() => checkFbxArrays(two, 'a.fbx', 160_000)).not.toThrow();
    expect(() => checkFbxArrays(two, 'a.fbx', 159_999)).toThrow('a.fbx: unpacks to more than');
  });

  it('hold no more than they say', () => {
    expect(() => checkFbxArrays(fbx(packed(80_000, 10)), 'a.fbx')).toThrow(
      'a.fbx: holds packed data that are more than it says',
    );
  });

  it('are looked at before they are unpacked', async () => {
    const bomb = fbx(packed(8_000_000, 10));
    await expect(readScene(new Map([['a.fbx', bomb]]))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that end early are left to the loader, whose sentence says what to do and nothing of its engine', async () => {
    const cut = fbx(packed(80_000)).subarray(0, 80);
    expect(() => checkFbxArrays(cut, 'a.fbx')).not.toThrow();
    await expect(readScene(new Map([['a.fbx', cut]]))).rejects.toThrow(
      /^a\.fbx: is an FBX that cannot be read; export it again, as \.glb if you can$/,
    );
  });
});
