/**
 * Pictures to RGBA with the same bits everywhere: PNG, JPEG and WebP always by the same WASM codecs (jSquash: the png crate,
 * mozjpeg, libwebp), JPEGs of four colours by jpeg-js, KTX2, BMP, TGA and GIF by our own code; never by the host, whose decoders
 * differ and manage colours. No premultiplication, no colour profiles, no EXIF rotation (glTF 2.0 section 3.9.2 says to
 * ignore them).
 */
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { MAX_IMAGE_SIDE } from '../limits.ts';
import { wasmModule } from '../wasm/module.ts';
import { type ImageFormat, isCmykJpeg, isCutShort, knownFormat, readImageHeader } from './image-header.ts';
import { Ktx2UnsupportedError } from './ktx2/header.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface DecodedImage {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** 8 bits a channel, row by row from the top. */
  readonly rgba: Uint8Array;
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

/** @throws SceneError as {@link measureImage}, `reader-failed` where a codec cannot be loaded */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const header = measureImage(bytes, name);
  const decode = await decoder(header.format, bytes);
  const damaged = (cause?: unknown): SceneError => {
    const kind = header.format.toUpperCase();
    const reason = isCutShort(bytes, header.format)
      ? `is a ${kind} that is cut short`
      : `is a damaged ${kind}${reasonOf(cause)}`;
    return new SceneError('image-damaged', `image "${name}"`, reason, { cause });
  };
  let pixels: Pixels | null | undefined;
  try {
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
  return { name, width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, 4 * width * height) };
}

/** What a decoder says, where it is a sentence: a trap of its WASM or the address of a C++ exception tells a person nothing. */
function reasonOf(cause: unknown): string {
  const isSentence = cause instanceof Error && !(cause instanceof WebAssembly.RuntimeError);
  const message = isSentence ? messageOf(cause) : '';
  return message === '' || /unwrap|unreachable|exception|\[object/i.test(message) ? '' : `: ${message}`;
}

function decoder(
  format: ImageFormat,
  bytes: Uint8Array,
): Promise<(bytes: Uint8Array) => Pixels | null | undefined | Promise<Pixels>> {
  provideImageData();
  switch (format) {
    case 'png':
      return pngDecoder();
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
