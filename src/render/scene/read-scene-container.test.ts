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
