import { describe, expect, it } from 'vitest';
import { readScene } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, textFile } from './testing.ts';

describe('a container', () => {
  it('may pad its JSON with zeros', async () => {
    const glb = glbOf(ONE_TRIANGLE, ONE_TRIANGLE_BINARY);
    const length = new DataView(glb.buffer).getUint32(12, true);
    for (let at = 20 + length - 1; glb[at] === 0x20; at--) glb[at] = 0;
    expect(glb.subarray(20, 20 + length).includes(0)).toBe(true);
    expect((await readScene(oneFile('a.glb', glb))).scene.indices).toHaveLength(3);
  });

  it('may hold names in the letters of Windows', async () => {
    const json = JSON.stringify({ ...ONE_TRIANGLE, materials: [{ name: 'Gr\u00fcn' }] });
    const bytes = Uint8Array.from(json, (letter) => letter.charCodeAt(0));
    const buffer = `data:;base64,${btoa(String.fromCharCode(...ONE_TRIANGLE_BINARY))}`;
    const withBuffer = new TextDecoder('latin1')
      .decode(bytes)
      .replace('{"byteLength":44}', `{"byteLength":44,"uri":"${buffer}"}`);
    const file = Uint8Array.from(withBuffer, (letter) => letter.charCodeAt(0));
    expect((await readScene(oneFile('a.gltf', file))).scene.materials[0]?.name).toBe('Gr\u00fcn');
  });

  it('beside others is the one that is read, and a note says how the others are seen', async () => {
    const glb = glbOf(ONE_TRIANGLE, ONE_TRIANGLE_BINARY);
    const { scene } = await readScene(new Map([...oneFile('b.glb', glb), ...oneFile('a.glb', glb)]));
    expect(scene.warnings).toEqual(['of 2 scenes given, a.glb was read: to see another, open it by itself']);
  });

  it('of glTF 1.0 is named, with asset or without', async () => {
    const old = { buffers: { main: {} }, meshes: { cube: {} } };
    for (const asset of [undefined, {}, { version: '1.0' }]) {
      await expect(readScene(oneFile('a.gltf', textFile({ ...old, asset })))).rejects.toMatchObject({
        code: 'version-unsupported',
        message: expect.stringMatching(/this is glTF 1\.0, and only glTF 2\.0 is read/),
      });
    }
  });
});

describe('a careless writer', () => {
  const glb = (): Uint8Array<ArrayBuffer> => Uint8Array.from(glbOf(ONE_TRIANGLE, ONE_TRIANGLE_BINARY));
  const read = async (bytes: Uint8Array) => (await readScene(oneFile('a.glb', bytes))).scene;
  const withUri = (): string => {
    const uri = `data:;base64,${btoa(String.fromCharCode(...ONE_TRIANGLE_BINARY))}`;
    return JSON.stringify({ ...ONE_TRIANGLE, buffers: [{ byteLength: ONE_TRIANGLE_BINARY.length, uri }] });
  };

  it('may be wrong about the length of a GLB whose chunks are all there', async () => {
    for (const length of [0, 100, 1e9]) {
      const bytes = glb();
      new DataView(bytes.buffer).setUint32(8, length, true);
      expect((await read(bytes)).indices).toHaveLength(3);
    }
  });

  it('may leave anything behind the chunks that are read', async () => {
    const tail = Uint8Array.of(255, 255, 255, 255, 1, 2, 3, 4, 5);
    const bytes = Uint8Array.from([...glb(), ...tail]);
    new DataView(bytes.buffer).setUint32(8, bytes.length, true);
    expect((await read(bytes)).indices).toHaveLength(3);
  });

  it('may pad with zeros and spaces in turn', async () => {
    const json = `${withUri()} \0\n\0 `;
    expect((await read(new TextEncoder().encode(json))).indices).toHaveLength(3);
  });

  it('may write what is nearly JSON, and is told so in one note', async () => {
    const json = `/* made by hand */ ${withUri().slice(0, -1)}, "extras": [NaN, ], }`;
    const scene = await read(new TextEncoder().encode(json));
    expect(scene.indices).toHaveLength(3);
    expect(scene.warnings).toHaveLength(1);
    expect(scene.warnings[0]).toMatch(
      /^a\.glb: has what JSON does not .*; it is read as it must have been meant$/,
    );
  });

  it('may write UTF-16 with its mark', async () => {
    const units = Uint16Array.from(`\ufeff${withUri()}`, (letter) => letter.charCodeAt(0));
    expect((await read(new Uint8Array(units.buffer))).indices).toHaveLength(3);
  });
});
