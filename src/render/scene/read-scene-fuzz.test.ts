/** Reading survives every damage: what comes out is a valid scene or a SceneError, in bounded time. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../output/index.ts';
import { encodeScene, readScene, SceneError } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, TestScene, textFile } from './testing.ts';

describe('readScene with damaged bytes', () => {
  it('reads a valid scene or throws a SceneError, wherever the damage is', async () => {
    const test = new TestScene();
    const png = encodePng(
      Uint8Array.from({ length: 4 * 16 }, (_, i) => 15 * i),
      4,
      4,
    );
    const material = test.document
      .createMaterial()
      .setBaseColorTexture(test.texture('t', png))
      .setNormalTexture(test.texture('n', png));
    test.show(test.triangle(material), test.triangle());
    const good = await test.glb();
    const jsonLength = new DataView(good.buffer, good.byteOffset).getUint32(12, true);
    // Half of the edits strike the JSON, where a changed digit is still JSON.
    const place = fc.oneof(
      fc.integer({ min: 0, max: good.length - 1 }),
      fc.integer({ min: 20, max: 20 + jsonLength - 1 }),
    );
    const value = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 48, max: 57 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 }),
        fc.option(place),
        async (edits, cut) => {
          const bytes = good.slice();
          for (const [at, byte] of edits) bytes[at] = byte;
          const files = oneFile('fuzz.glb', cut === null ? bytes : bytes.subarray(0, cut));
          try {
            const { scene } = await readScene(files);
            encodeScene(scene);
          } catch (error) {
            if (!(error instanceof SceneError)) throw error;
            expect(error.code).not.toBe('reader-failed');
          }
        },
      ),
      { numRuns: 1_500, seed: 20261121 },
    );
  });

  it('names the value at fault, whatever a field is replaced by', async () => {
    const paths = fieldsOf(ONE_TRIANGLE);
    const junk = fc.constantFrom<unknown>(
      null,
      -1,
      1.5,
      1e308,
      'x',
      [],
      {},
      [[]],
      true,
      4294967296,
      2 ** 53,
      '__proto__',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), junk, async (path, value) => {
        const json = structuredClone(ONE_TRIANGLE) as unknown;
        replaceAt(json, path, value);
        try {
          await readScene(oneFile('fuzz.gltf', textFile(json)));
        } catch (error) {
          if (!(error instanceof SceneError)) throw error;
          expect(error.code).not.toBe('reader-failed');
        }
        await readScene(oneFile('fuzz.glb', glbOf(json, ONE_TRIANGLE_BINARY))).catch((error: unknown) => {
          if (!(error instanceof SceneError) || error.code === 'reader-failed') throw error;
        });
      }),
      { numRuns: 600, seed: 7 },
    );
  });
});

type Path = readonly (string | number)[];

function fieldsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

function replaceAt(root: unknown, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  if (typeof root !== 'object' || root === null || key === undefined) return;
  const owner = root as Record<string, unknown>;
  if (rest.length === 0) owner[key] = value;
  else replaceAt(owner[key], rest, value);
}
