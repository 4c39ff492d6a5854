/** Counts that a USD file has no room for. */
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';

const read = (name: string, bytes: Uint8Array) => readScene(new Map([[name, bytes]]));

const usda = (counts: string): Uint8Array =>
  strToU8(`#usda 1.0
def Mesh "m"
{
    int[] faceVertexCounts = [${counts}]
    int[] faceVertexIndices = [0, 1, 2, 0, 2, 3]
    point3f[] points = [(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)]
}
`);

/** A crate of version 0.8 whose only table is said to have that many elements. */
function crate(table: string, count: bigint): Uint8Array {
  const bytes = new Uint8Array(200);
  bytes.set(strToU8('PXR-USDC'));
  bytes.set([0, 8, 0], 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(16, 88n, true);
  view.setBigUint64(88, 1n, true);
  bytes.set(strToU8(table), 96);
  view.setBigUint64(112, 136n, true);
  view.setBigUint64(120, 64n, true);
  view.setBigUint64(136, count, true);
  return bytes;
}

describe('a USD file', () => {
  it('shows the faces that have corners, and none of those from the first on that has not', async () => {
    expect((await read('a.usda', usda('3, 3'))).scene.indices).toHaveLength(6);
    for (const counts of ['3, 1000000000', '3, 4', '3, -3']) {
      const { scene } = await read('a.usda', usda(counts));
      expect(scene.indices, counts).toHaveLength(3);
      expect(scene.warnings).toEqual([
        'a.usda: lists fewer corners than its faces have; 1 of its faces are left out',
      ]);
    }
    for (const counts of ['1000000000', Array(1000).fill(1e6).join()]) {
      await expect(read('a.usda', usda(counts))).rejects.toThrow('lists fewer corners');
    }
  });

  it.each(['TOKENS', 'STRINGS', 'FIELDS', 'FIELDSETS', 'PATHS', 'SPECS'])(
    'whose table of %s says that it is longer than it can be is refused in words',
    async (table) => {
      for (const count of [300_000n, 2n ** 31n]) {
        await expect(read('a.usdc', crate(table, count))).rejects.toThrow(
          `a.usdc: is a USD file that cannot be read: it says that it has ${count} elements in its 200 bytes; export it again, as .glb if you can`,
        );
      }
    },
  );

  it('that is an archive of more than memory takes is refused before it is unpacked', async () => {
    const packed = zipSync({ 'a.usda': usda('3, 3') });
    const [at] = [packed.length - 22 - 46 - 6];
    new DataView(packed.buffer, packed.byteOffset).setUint32(at + 24, 2 ** 32 - 2, true);
    await expect(read('a.usdz', packed)).rejects.toThrow('its files would take 4294967294 bytes');
  });
});
