/**
 * PNG, JPEG, WebP and KTX2 to RGBA with the same bits everywhere: always by the same WASM codecs (jSquash: the png crate,
 * mozjpeg, libwebp) or by our own, never by the host, whose decoders differ and manage colours. No premultiplication, no colour
 * profiles, no EXIF rotation (glTF 2.0 section 3.9.2 says to ignore them).
 */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import type { FlatImage } from '../format.ts';
import { MAX_IMAGE_SIDE } from '../limits.ts';
import { wasmModule } from '../wasm/module.ts';
import { type ImageFormat, readImageHeader } from './image-header.ts';
import { Ktx2UnsupportedError } from './ktx2/header.ts';

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
  if (header === 'unknown')
    throw new SceneError('image-unsupported', part, 'is neither PNG, JPEG, WebP nor KTX2');
  if (header === 'damaged' || header.width === 0 || header.height === 0) {
    throw new SceneError('image-damaged', part, 'is cut short or damaged in its header');
  }
  if (Math.max(header.width, header.height) > MAX_IMAGE_SIDE) {
    const size = `${header.width} x ${header.height}`;
    throw new SceneError('too-large', part, `is ${size}; the longest side may have ${MAX_IMAGE_SIDE} pixels`);
  }
  return header;
}

/** @throws SceneError as {@link measureImage}, `reader-failed` where a codec cannot be loaded */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<FlatImage> {
  const header = measureImage(bytes, name);
  const decode = await decoder(header.format);
  const damaged = (reason: string, cause?: unknown): SceneError =>
    new SceneError('image-damaged', `image "${name}"`, reason, { cause });
  let pixels: Pixels | null | undefined;
  try {
    pixels = await decode(bytes);
  } catch (cause) {
    if (cause instanceof Ktx2UnsupportedError) {
      const reason = `is a KTX2 texture that glTF does not know: ${cause.message}`;
      throw new SceneError('image-unsupported', `image "${name}"`, reason, { cause });
    }
    throw damaged(`is a damaged ${header.format.toUpperCase()}: ${messageOf(cause)}`, cause);
  }
  if (pixels?.width !== header.width || pixels.height !== header.height) {
    throw damaged(`is a damaged ${header.format.toUpperCase()}`);
  }
  const { width, height, data } = pixels;
  return { name, width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, 4 * width * height) };
}

function decoder(
  format: ImageFormat,
): Promise<(bytes: Uint8Array) => Pixels | null | undefined | Promise<Pixels>> {
  provideImageData();
  switch (format) {
    case 'png':
      return pngDecoder();
    case 'jpeg':
      return jpegDecoder();
    case 'webp':
      return webpDecoder();
    case 'ktx2':
      return ktx2Decoder();
  }
}

async function pngDecoder() {
  const { decode, decode_rgba16, initSync } = await import('@jsquash/png/codec/pkg/squoosh_png.js');
  initSync(await wasmModule('png'));
  return (bytes: Uint8Array): Pixels => {
    const BIT_DEPTH_OFFSET = 24;
    if (bytes[BIT_DEPTH_OFFSET] !== 16) return decode(bytes);
    // 16 bits: to the nearest of 255ths. The codec's own way drops the low byte, which darkens.
    const wide = decode_rgba16(bytes);
    const { width, height, data } = wide;
    wide.free();
    return {
      width,
      height,
      data: Uint8ClampedArray.from(data, (value) => Math.floor((value * 255 + 32_767) / 65_535)),
    };
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
