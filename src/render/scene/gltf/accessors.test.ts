import { describe, expect, it } from 'vitest';
import { CheckedJson } from '../checked-json.ts';
import { readScene } from '../index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, triples } from '../testing.ts';
import { readPacked } from './meshopt.ts';

/** The triangle, of which the vertex `index` is moved to (7, 8, 9). */
async function sparse(index: number) {
  const binary = new Uint8Array(44 + 4 + 12);
  binary.set(ONE_TRIANGLE_BINARY);
  binary[44] = index;
  binary.set(new Uint8Array(Float32Array.of(7, 8, 9).buffer), 48);
  const [positions, indices] = ONE_TRIANGLE.accessors;
  const overlay = {
    count: 1,
    indices: { bufferView: 2, componentType: 5121 },
    values: { bufferView: 3 },
  };
  const json = {
    ...ONE_TRIANGLE,
    buffers: [{ byteLength: 60 }],
    bufferViews: [
      ...ONE_TRIANGLE.bufferViews,
      { buffer: 0, byteOffset: 44, byteLength: 1 },
      { buffer: 0, byteOffset: 48, byteLength: 12 },
    ],
    accessors: [{ ...positions, sparse: overlay }, indices],
  };
  return readScene(oneFile('a.glb', glbOf(json, binary)));
}

describe('a sparse accessor', () => {
  it('replaces what it names', async () => {
    expect(triples((await sparse(1)).scene.positions)).toEqual([
      [0, 0, 0],
      [7, 8, 9],
      [0, 1, 0],
    ]);
  });

  it('that names an element that is not there spoils its mesh', async () => {
    await expect(sparse(3)).rejects.toMatchObject({
      code: 'out-of-range',
      message: 'accessors[0].sparse: replaces element 3 of 3',
    });
  });
});

describe('a meshopt view', () => {
  const packed = (mode: string, filter: string, byteStride: number) =>
    readPacked(
      new CheckedJson('json-damaged'),
      { buffer: 0, byteLength: 9, count: 3, mode, filter, byteStride },
      'view',
      1,
    );

  it('keeps to the strides of its mode and filter', () => {
    for (const [mode, filter, strides] of [
      ['ATTRIBUTES', 'NONE', [4, 12, 256]],
      ['ATTRIBUTES', 'OCTAHEDRAL', [4, 8]],
      ['ATTRIBUTES', 'QUATERNION', [8]],
      ['ATTRIBUTES', 'COLOR', [4, 8]],
      ['TRIANGLES', 'NONE', [2, 4]],
      ['INDICES', 'NONE', [2, 4]],
    ] as const) {
      const taken = Array.from({ length: 257 }, (_, i) => i).filter((stride) => {
        try {
          return packed(mode, filter, stride).byteStride === stride;
        } catch {
          return false;
        }
      });
      for (const stride of strides) expect(taken, `${mode} ${filter}`).toContain(stride);
      if (filter !== 'NONE' || mode !== 'ATTRIBUTES') expect(taken).toEqual(strides);
    }
    expect(() => packed('INDICES', 'OCTAHEDRAL', 4)).toThrow('byteStride 4');
  });
});
