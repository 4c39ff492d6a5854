/**
 * Pictures to RGBA with the same bits everywhere: JPEG and WebP always by the same WASM codecs (jSquash: mozjpeg, libwebp), JPEGs
 * of four colours by jpeg-js, PNG, KTX2, BMP, TGA and GIF by our own code; never by the host, whose decoders
 * differ and manage colours. No premultiplication, no colour profiles, no EXIF rotation (glTF 2.0 section 3.9.2 says to
 * ignore them).
 */
import { SceneError } from '../errors.ts';
import { MAX_CMYK_TEXELS, MAX_IMAGE_SIDE } from '../limits.ts';
import { saidBy } from '../said-by.ts';
import { wasmModule } from '../wasm/module.ts';
import type { ImageFormat } from './image-formats.ts';
import { holdsTooLittle, isCmykJpeg, isCutShort, knownFormat, readImageHeader } from './image-header.ts';
import { Ktx2UnsupportedError } from './ktx2/header.ts';
import { readPngRows } from './png.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * Width and height of an encoded image, without decoding it.
 * @throws SceneError `image-unsupported`, `image-damaged`, `too-large`
 */
export function measureImage(bytes: Uint8Array, name: string) {
  const part = `image "${name}"`;
  const header = readImageHeader(bytes);
  if (header === 'unknown') {
    const format = knownFormat(bytes);
    const reason = format
      ? `is ${format}, which is not read; save it as PNG or JPEG`
      : bytes.length === 0
        ? 'is empty'
        : 'is no picture of a kind that is read (PNG, JPEG, WebP, KTX2, BMP, TGA, GIF)';
    throw new SceneError('image-unsupported', part, reason);
  }
  if (header === 'damaged' || !(header.width > 0 && header.height > 0)) {
    throw new SceneError('image-damaged', part, 'is cut short or damaged in its header');
  }
  if (Math.max(header.width, header.height) > MAX_IMAGE_SIDE) {
    const size = `${header.width} x ${header.height}`;
    throw new SceneError('too-large', part, `is ${size}; the longest side may have ${MAX_IMAGE_SIDE} pixels`);
  }
  return header;
}

/** Is given each row once, from the top: 4 bytes a pixel, in an array that may be used again. */
export type OnRow = (y: number, rgba: Uint8Array) => void;

/**
 * Decodes a picture. Of a PNG no more than a few rows exist at a time, of the others the whole picture does.
 * @throws SceneError as {@link measureImage}, `reader-failed` where a codec cannot be loaded
 */
export async function readRows(bytes: Uint8Array, name: string, onRow: OnRow): Promise<void> {
  const header = measureImage(bytes, name);
  const { format } = header;
  const damaged = (cause?: unknown): SceneError => {
    const kind = format.toUpperCase();
    const reason =
      isCutShort(bytes, format) || holdsTooLittle(bytes, header)
        ? `is a ${kind} that is cut short`
        : `is a damaged ${kind}${saidBy(cause)}`;
    return new SceneError('image-damaged', `image "${name}"`, reason, { cause });
  };
  if (holdsTooLittle(bytes, header)) throw damaged();
  if (format === 'jpeg' && isCmykJpeg(bytes) && header.width * header.height > MAX_CMYK_TEXELS) {
    const reason = `is a JPEG of four colours (CMYK) with ${header.width} x ${header.height} pixels; save it in three (RGB)`;
    throw new SceneError('too-large', `image "${name}"`, reason);
  }
  const decode = format === 'png' ? undefined : await decoder(format, bytes);
  let pixels: Pixels | null | undefined;
  try {
    if (!decode) {
      await readPngRows(bytes, onRow);
      return;
    }
    pixels = await decode(bytes);
  } catch (cause) {
    if (cause instanceof Ktx2UnsupportedError) {
      const reason = `is a KTX2 texture that glTF does not know: ${cause.message}`;
      throw new SceneError('image-unsupported', `image "${name}"`, reason, { cause });
    }
    throw damaged(cause);
  }
  if (pixels?.width !== header.width || pixels.height !== header.height) throw damaged();
  const { width, height, data } = pixels;
  const rgba = new Uint8Array(data.buffer, data.byteOffset, 4 * width * height);
  for (let y = 0; y < height; y++) onRow(y, rgba.subarray(4 * width * y, 4 * width * (y + 1)));
}

function decoder(
  format: Exclude<ImageFormat, 'png'>,
  bytes: Uint8Array,
): Promise<(bytes: Uint8Array) => Pixels | null | undefined | Promise<Pixels>> {
  provideImageData();
  switch (format) {
    case 'jpeg':
      return isCmykJpeg(bytes) ? cmykDecoder() : jpegDecoder();
    case 'webp':
      return webpDecoder();
    case 'ktx2':
      return ktx2Decoder();
    case 'bmp':
      return import('./bmp.ts').then(({ decodeBmp }) => decodeBmp);
    case 'tga':
      return import('./tga.ts').then(({ decodeTga }) => decodeTga);
    case 'gif':
      return import('./gif.ts').then(({ decodeGif }) => decodeGif);
    default:
      return format satisfies never;
  }
}

/** Cyan, magenta, yellow and black as print has them, which mozjpeg does not turn into colours of light. */
async function cmykDecoder() {
  const { default: jpeg } = await import('jpeg-js');
  return (bytes: Uint8Array): Pixels => {
    const limits = { maxResolutionInMP: 300, maxMemoryUsageInMB: 4096 };
    const { width, height, data } = jpeg.decode(bytes, { useTArray: true, ...limits });
    return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) };
  };
}

async function jpegDecoder() {
  const [{ default: factory }, options] = await Promise.all([
    import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js'),
    codecOptions('jpeg'),
  ]);
  const codec = await factory(options);
  return (bytes: Uint8Array): Pixels => codec.decode(bytes as BufferSource, false);
}

async function webpDecoder() {
  const [{ default: factory }, options] = await Promise.all([
    import('@jsquash/webp/codec/dec/webp_dec.js'),
    codecOptions('webp'),
  ]);
  const codec = await factory(options);
  return (bytes: Uint8Array): Pixels | null => codec.decode(bytes as BufferSource);
}

async function ktx2Decoder() {
  const { decodeKtx2 } = await import('./ktx2/decode-ktx2.ts');
  return decodeKtx2;
}

/** A fresh instance for every image: one that a damaged file has brought down cannot spoil the next. */
async function codecOptions(format: 'jpeg' | 'webp') {
  const module = await wasmModule(format);
  return {
    noInitialRun: true,
    // What a codec mutters about a damaged file is said by our own error.
    printErr() {},
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  };
}

/** The codecs construct their result as an ImageData; Node has none. */
function provideImageData(): void {
  if (typeof ImageData === 'undefined') {
    Object.assign(globalThis, {
      ImageData: class {
        constructor(
          readonly data: Uint8ClampedArray,
          readonly width: number,
          readonly height: number,
        ) {}
      },
    });
  }
}
