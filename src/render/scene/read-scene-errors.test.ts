/**
 * What comes out of files with nothing in them that can be drawn: a SceneError that names the first part that is wrong and the reason, never
 * anything else. (One bad part among good ones: read-scene-salvage.test.ts.)
 */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../runtime/index.ts';
import { readScene, SceneError, type SceneErrorCode } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from './testing.ts';

const glb = (changes: object, binary: Uint8Array = ONE_TRIANGLE_BINARY): Uint8Array =>
  glbOf({ ...ONE_TRIANGLE, ...changes }, binary);
const withFloat = (value: number): Uint8Array => {
  const binary = ONE_TRIANGLE_BINARY.slice();
  new DataView(binary.buffer).setFloat32(12, value, true);
  return binary;
};

const cases: readonly [string, Uint8Array, SceneErrorCode, RegExp][] = [
  ['an empty file', new Uint8Array(), 'no-scene-file', /scene\.glb: is empty/],
  ['what is no scene at all', Uint8Array.of(0xff, 0xfe, 0, 1), 'no-scene-file', /is no .glb inside/],
  [
    'a text that is not JSON',
    new TextEncoder().encode('{"asset" 2}'),
    'json-damaged',
    /is not JSON: Expected/,
  ],
  ['a glTF in no letters', Uint8Array.of(0x7b, 0xff, 0x7d), 'json-damaged', /^scene\.glb: is not JSON: /],
  [
    'a glTF cut in the middle',
    new TextEncoder().encode(JSON.stringify(ONE_TRIANGLE).slice(0, 90)),
    'json-damaged',
    /is cut short: its JSON ends in the middle, after 90 characters/,
  ],
  [
    'a GLB cut in the middle',
    glb({}).subarray(0, 200),
    'glb-damaged',
    /cut short: 200 of \d+ bytes are there; copy or export it again/,
  ],
  [
    'a GLB cut in its header',
    glb({}).subarray(0, 9),
    'glb-damaged',
    /header: is cut short at 9 bytes; copy or export it again/,
  ],
  ['another version of GLB', glb({}).with(4, 1), 'version-unsupported', /GLB of version 1/],
  [
    'another version of glTF',
    glb({ asset: { version: '1.0' } }),
    'version-unsupported',
    /is "1.0"; this is glTF 1.0, and only glTF 2.0 is read/,
  ],
  [
    'a buffer that is not there',
    glb({ buffers: [{ byteLength: 44, uri: 'geo/x%20y.bin' }] }),
    'missing-file',
    /buffers\[0\]: the file "geo\/x y.bin" was not given/,
  ],
  [
    'a buffer elsewhere on the web',
    glb({ buffers: [{ byteLength: 44, uri: 'https://example.org/x.bin' }] }),
    'missing-file',
    /give the file together/,
  ],
  [
    'a view beyond its buffer',
    glb({ bufferViews: [{ buffer: 0, byteOffset: 20, byteLength: 36 }, ONE_TRIANGLE.bufferViews[1]] }),
    'out-of-range',
    /bufferViews\[0\]: ends at byte 56 of buffers\[0\], which has 44/,
  ],
  [
    'an accessor beyond its view',
    glb({ accessors: [{ ...ONE_TRIANGLE.accessors[0], count: 4 }, ONE_TRIANGLE.accessors[1]] }),
    'out-of-range',
    /accessors\[0\]: its 4 elements end at byte 48/,
  ],
  [
    'an accessor of four billion elements',
    glb({
      accessors: [{ componentType: 5126, type: 'VEC3', count: 4_000_000_000 }, ONE_TRIANGLE.accessors[1]],
    }),
    'too-large',
    /accessors\[0\]: asks for 4000000000 elements/,
  ],
  [
    'an index beyond the vertices',
    glb({}, ONE_TRIANGLE_BINARY.with(40, 7)),
    'out-of-range',
    /meshes\[0\].primitives\[0\]: its index 2 names vertex 7 of 3/,
  ],
  [
    'signed indices',
    glb({ accessors: [ONE_TRIANGLE.accessors[0], { ...ONE_TRIANGLE.accessors[1], componentType: 5122 }] }),
    'bad-geometry',
    /componentType 5122/,
  ],
  [
    'positions of two components',
    glb({ accessors: [{ ...ONE_TRIANGLE.accessors[0], type: 'VEC2' }, ONE_TRIANGLE.accessors[1]] }),
    'bad-geometry',
    /needs VEC3, accessors\[0\] is VEC2/,
  ],
  [
    'a position that is no number',
    glb({}, withFloat(Number.NaN)),
    'bad-geometry',
    /positions that are no numbers/,
  ],
  [
    'a node that throws vertices out of range',
    glb({ nodes: [{ mesh: 0, scale: [1e300, 1, 1] }] }),
    'bad-geometry',
    /out of the range of numbers/,
  ],
  [
    'nodes in a ring',
    glb({ nodes: [{ children: [1] }, { children: [2] }, { children: [0] }] }),
    'json-damaged',
    /is reached twice/,
  ],
  [
    'a mesh that is not there',
    glb({ nodes: [{ mesh: 5 }] }),
    'json-damaged',
    /nodes\[0\].mesh: names entry 5 of a list of 1/,
  ],
  ['no node with a mesh', glb({ nodes: [{}] }), 'no-triangles', /nothing to draw/],
  ['only triangles without an area', glb({}, new Uint8Array(44)), 'no-triangles', /nothing to draw/],
  ['meshopt data that is none', glb(meshopt({})), 'compression-damaged', /cannot be decoded/],
  ['meshopt data with a stride of its own', glb(meshopt({ byteStride: 7 })), 'json-damaged', /byteStride 7/],
];

function meshopt(changes: object): object {
  const extension = { buffer: 0, byteLength: 36, byteStride: 12, count: 3, mode: 'ATTRIBUTES', ...changes };
  return {
    bufferViews: [
      { buffer: 0, byteLength: 36, extensions: { EXT_meshopt_compression: extension } },
      ONE_TRIANGLE.bufferViews[1],
    ],
  };
}

describe('readScene refuses', () => {
  it.each(cases)('%s', async (_, bytes, code, message) => {
    const error = await readScene(oneFile('scene.glb', bytes)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SceneError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('more instances than it can render, without making any', async () => {
    const nodes = Array.from({ length: 3000 }, () => ({ mesh: 0 }));
    const primitives = Array.from({ length: 3000 }, () => ONE_TRIANGLE.meshes[0]?.primitives[0]);
    // What emits is never shared between places, so it would be nine million triangles.
    const materials = [{ emissiveFactor: [1, 1, 1] }];
    const scenes = [{ nodes: nodes.map((_, i) => i) }];
    const scene = glb({ nodes, meshes: [{ primitives }], materials, scenes });
    await expect(readScene(oneFile('a.glb', scene))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('nothing at all, and files without a scene among them', async () => {
    await expect(readScene(new Map())).rejects.toMatchObject({ code: 'no-scene-file' });
    const empty = readScene(oneFile('empty.zip', zipSync({})));
    await expect(empty).rejects.toMatchObject({ code: 'no-scene-file', part: 'empty.zip' });
    const files = new Map([
      ['a.png', new Uint8Array(1)],
      ['b.txt', new Uint8Array(1)],
    ]);
    await expect(readScene(files)).rejects.toMatchObject({ code: 'no-scene-file', part: 'a.png, b.txt' });
  });

  it('damaged archives and archives that unpack without end', async () => {
    const zip = zipSync({ 'a.glb': glb({}) });
    await expect(readScene(oneFile('a.zip', zip.subarray(0, 60)))).rejects.toMatchObject({
      code: 'archive-damaged',
    });
    // The directory's claim is what counts: 600 MiB twice.
    const bomb = zipSync({ 'a.glb': new Uint8Array(9), 'b.bin': new Uint8Array(9) });
    const view = new DataView(bomb.buffer);
    for (let at = 0; at < bomb.length - 46; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 600 * 2 ** 20, true);
    }
    await expect(readScene(oneFile('a.zip', bomb))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('to go on once it is cancelled', async () => {
    const controller = new AbortController();
    const steps: string[] = [];
    const reading = readScene(oneFile('a.glb', glb({})), {
      signal: controller.signal,
      onProgress({ step }) {
        steps.push(step);
        controller.abort();
      },
    });
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
    expect(steps).not.toContain('images');
  });
});
