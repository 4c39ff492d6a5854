/** Our decoders against Binomial's own: pictures by its encoder, pixels by the transcoder that three ships. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import * as fc from 'fast-check';
import { encodeToKTX2 } from 'ktx2-encoder';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom, uniform } from '../../../../runtime/index.ts';
import { SceneError } from '../../errors.ts';
import { readScene, texelsOf } from '../../index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, type Picture } from '../../testing.ts';
import { decodeImage } from '../testing.ts';
import { decodeUastc } from './uastc.ts';
import { modeOf } from './uastc-modes.ts';

interface TranscoderFile {
  startTranscoding(): number;
  getImageTranscodedSizeInBytes(level: number, layer: number, face: number, format: number): number;
  transcodeImage(
    target: Uint8Array,
    level: number,
    layer: number,
    face: number,
    format: number,
    unused: number,
    channel0: number,
    channel1: number,
  ): number;
  close(): void;
  delete(): void;
}
interface Transcoder {
  KTX2File: new (bytes: Uint8Array) => TranscoderFile;
  initializeBasis(): void;
}

let transcoder: Transcoder;

/** three's file is a script for the global scope, no module. */
beforeAll(async () => {
  // The encoder tells what it does.
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const { resolve } = createRequire(import.meta.url);
  const path = resolve('three/examples/jsm/libs/basis/basis_transcoder.js');
  const source = await readFile(path, 'utf8');
  const start = runInThisContext(`(require, __dirname, __filename) => { ${source}; return BASIS; }`);
  const wasmBinary = await readFile(path.replace(/js$/, 'wasm'));
  transcoder = await start(createRequire(import.meta.url), '', '')({ wasmBinary });
  transcoder.initializeBasis();
});

afterAll(() => vi.restoreAllMocks());

function reference(bytes: Uint8Array): Uint8Array {
  const RGBA32 = 13;
  const file = new transcoder.KTX2File(bytes);
  expect(file.startTranscoding()).toBe(1);
  const pixels = new Uint8Array(file.getImageTranscodedSizeInBytes(0, 0, 0, RGBA32));
  expect(file.transcodeImage(pixels, 0, 0, 0, RGBA32, 0, -1, -1)).toBe(1);
  file.close();
  file.delete();
  return pixels;
}

/** Smooth colours, flat areas and edges, noise, a few greys, holes: so that an encoder needs all that it has. */
function patchwork(width: number, height: number, hasAlpha: boolean): Picture {
  const random = seededRandom(width * 31 + height + (hasAlpha ? 7 : 0));
  const data = new Uint8ClampedArray(4 * width * height);
  const colours = Array.from({ length: 40 }, () => [0, 0, 0, 0].map(() => Math.floor(256 * uniform(random))));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const kind = Math.floor(x / 12) + Math.floor(y / 8) * 5;
      const [r = 0, g = 0, b = 0, a = 0] = colours[kind % 40] ?? [];
      const [u, v] = [(x % 12) / 12, (y % 8) / 8];
      const noise = 255 * uniform(random);
      const pixel = [
        [r, g, b, a],
        [r + 90 * u, g - 60 * v, b + 40 * u * v, 255 * u],
        x + y > 2 * (x % 12) ? [r, g, b, 255] : [b, r, g, 0],
        [noise, 255 * uniform(random), 255 - noise, 255 * uniform(random)],
        [200 * u, 200 * u, 200 * u, 255 * v],
        [(x * 7) % 3 > 0 ? r : g, y % 3 > 0 ? g : b, (x + y) % 4 > 1 ? b : r, a],
        [noise, noise, noise, 255],
      ][kind % 7] ?? [0, 0, 0, 0];
      if (!hasAlpha) pixel[3] = 255;
      data.set(pixel, 4 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** Some patterns do not exist. */
function isBlock(level: Uint8Array): boolean {
  try {
    decodeUastc({ width: 4, height: 4, model: 'uastc', channels: 'rgba', level, global: new Uint8Array() });
    return true;
  } catch {
    return false;
  }
}

async function encode(picture: Picture, options: object): Promise<Uint8Array> {
  const imageDecoder = async () => ({ ...picture, data: new Uint8Array(picture.data) });
  const bytes = await encodeToKTX2(new Uint8Array(1), { imageDecoder, generateMipmap: false, ...options });
  return Uint8Array.from(bytes);
}

const kinds: readonly [string, boolean, object][] = [
  ['ETC1S', false, { isUASTC: false, qualityLevel: 200 }],
  [
    'ETC1S of a low quality, with mip levels',
    false,
    { isUASTC: false, qualityLevel: 5, generateMipmap: true },
  ],
  ['ETC1S with transparency', true, { isUASTC: false, qualityLevel: 255 }],
  ['UASTC', false, { isUASTC: true, needSupercompression: false, uastcLDRQualityLevel: 2 }],
  ['UASTC packed by Zstandard', true, { isUASTC: true, needSupercompression: true, uastcLDRQualityLevel: 2 }],
  ['UASTC with mip levels', true, { isUASTC: true, generateMipmap: true, uastcLDRQualityLevel: 1 }],
];

describe('a KTX2 texture', () => {
  it.each(kinds)(
    'of %s has the very pixels that the reference transcoder makes',
    async (_, hasAlpha, options) => {
      for (const [width, height] of [
        [168, 120],
        [37, 21],
      ] as const) {
        const picture = patchwork(width, height, hasAlpha);
        const bytes = await encode(picture, options);
        const image = await decodeImage(bytes, 'x');
        expect([image.width, image.height]).toEqual([width, height]);
        expect(Buffer.compare(image.rgba, reference(bytes))).toBe(0);
      }
    },
  );

  it('of UASTC may have any bits in blocks of any mode', async () => {
    const options = { isUASTC: true, needSupercompression: false, uastcLDRQualityLevel: 0 };
    const bytes = await encode(patchwork(256, 256, true), options);
    const levelStart = new DataView(bytes.buffer).getUint32(80, true);
    const random = seededRandom(19);
    const modes = new Set<number>();
    for (let at = levelStart; at < bytes.length; ) {
      const block = random.bytes(16);
      // All modes alike often, though their codes are of different lengths.
      const isWanted = modeOf(block[0] ?? 0) === ((at - levelStart) / 16) % 19;
      if (!isWanted || !isBlock(block)) continue;
      modes.add(modeOf(block[0] ?? 0));
      bytes.set(block, at);
      at += 16;
    }
    expect(modes.size).toBe(19);
    const image = await decodeImage(bytes, 'x');
    expect(Buffer.compare(image.rgba, reference(bytes))).toBe(0);
  });

  it('is shown in a scene that requires KHR_texture_basisu', async () => {
    const bytes = await encode(patchwork(8, 8, false), { isUASTC: true });
    const json = {
      ...ONE_TRIANGLE,
      extensionsUsed: ['KHR_texture_basisu'],
      extensionsRequired: ['KHR_texture_basisu'],
      materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
      textures: [{ extensions: { KHR_texture_basisu: { source: 0 } } }],
      images: [{ uri: 'wood.ktx2', mimeType: 'image/ktx2' }],
    };
    const files = oneFile('a.glb', glbOf(json, ONE_TRIANGLE_BINARY)).set('wood.ktx2', bytes);
    const { scene } = await readScene(files);
    expect(scene.warnings).toEqual([]);
    expect(scene.images).toMatchObject([{ name: 'wood.ktx2', width: 8, height: 8 }]);
    const [image] = scene.images;
    expect(image && (await texelsOf(image))).toEqual(reference(bytes));
  });

  it('of another kind is refused by its kind', async () => {
    const bytes = await encode(patchwork(8, 8, false), { isUASTC: true, needSupercompression: false });
    const cube = bytes.slice();
    cube[36] = 6;
    await expect(decodeImage(cube, 'sky')).rejects.toMatchObject({
      code: 'image-unsupported',
      message: expect.stringContaining(
        'image "sky": is a KTX2 texture that glTF does not know: it is a volume',
      ),
    });
    const bc7 = bytes.slice();
    bc7[12] = 145;
    await expect(decodeImage(bc7, 'x')).rejects.toMatchObject({ code: 'image-unsupported' });
  });

  it.each(kinds)('of %s survives every damage', async (_, hasAlpha, options) => {
    const bytes = await encode(patchwork(36, 20, hasAlpha), options);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(bytes.length - 1)),
        async (edits, cut) => {
          const damaged = bytes.slice(0, cut ?? bytes.length);
          for (const [at, value] of edits) damaged[at % damaged.length] = value;
          // A changed size could ask for a large picture of nothing.
          if (damaged.length >= 28) damaged.set(bytes.subarray(12, 28), 12);
          await decodeImage(damaged, 'x').catch((error: unknown) => {
            if (!(error instanceof SceneError)) throw error;
            expect(['image-damaged', 'image-unsupported']).toContain(error.code);
          });
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });
});
