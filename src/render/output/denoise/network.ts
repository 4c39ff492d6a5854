/**
 * The network of Open Image Denoise in its small form (a U-Net: Ronneberger et al. 2015; here with ReLU, pooling of two by two and the nearest pixel on
 * the way up), which was trained on path traced pictures with albedo and normals. It is asked for its output a row at a time and
 * asks its layers for theirs, so memory grows with the picture's width alone: some 27 KiB a column.
 */
import { instantiate } from './instance.ts';
import { Rows } from './rows.ts';
import { type PackedLayers, paddedInput } from './weights.ts';

/** A picture and what is known of its surfaces: three floats a pixel each. */
export interface NetworkInput {
  readonly width: number;
  readonly height: number;
  readonly light: Float32Array;
  readonly albedo: Float32Array;
  readonly normal: Float32Array;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  log2(value: number): number;
  encode(light: number, albedo: number, normal: number, out: number, width: number, scale: number): void;
  decode(row: number, light: number, width: number, scale: number): void;
  convolve(
    rows: number,
    channelsA: number,
    channelsB: number,
    upper: number,
    lower: number,
    width: number,
    weights: number,
    outChannels: number,
    scratch: number,
  ): void;
  scratchBytes(channels: number): number;
  pool(upper: number, lower: number, out: number, width: number, channels: number): void;
  widen(row: number, out: number, width: number, channels: number): void;
}

/** Rows as a layer reads them. */
interface Source {
  readonly channels: number;
  at(y: number): number;
}

const PAGE_BYTES = 65_536;
/** Four times is the picture halved. */
const ALIGNED = 16;
/** Light, albedo and normal. */
const INPUT_CHANNELS = 9;
/** Rows that what comes back from the depth finds still there: at each level, how far ahead of it the way down has to be. */
const KEPT = { input: 192, half: 96, quarter: 48, eighth: 24 };
/** Of what is read four rows at a time, and made two at a time. */
const NEAR = 6;

/** A network for pictures of one size. */
export class Network {
  readonly #exports: Exports;
  readonly #input: NetworkInput;
  readonly #layers: PackedLayers;
  /** The picture's, made up to a multiple of sixteen. */
  readonly #width: number;
  /** One row each of light, albedo and normal; where the sources of a convolution are told. */
  readonly #light: number;
  readonly #albedo: number;
  readonly #normal: number;
  readonly #sources: number;
  /** What the picture's light is multiplied by to be middling. */
  readonly scale: number;
  readonly #out: Rows;
  #free: number;
  #nothing = 0;

  constructor(module: WebAssembly.Module, layers: PackedLayers, input: NetworkInput) {
    this.#exports = instantiate<Exports>(module);
    this.#layers = layers;
    this.#input = input;
    this.#free = ALIGNED * Math.ceil(this.#exports.heapBase() / ALIGNED);
    this.#width = ALIGNED * Math.ceil(input.width / ALIGNED);
    // The longest row is that of 64 channels at half the width, or of 32 at all of it, and some pixels.
    this.#nothing = this.#take(4 * 32 * (this.#width + ALIGNED));
    [this.#light, this.#albedo, this.#normal] = [0, 0, 0].map(() => this.#take(12 * this.#width)) as [
      number,
      number,
      number,
    ];
    this.#sources = this.#take(32);
    this.scale = this.#middling();
    this.#out = this.#build(this.#width, ALIGNED * Math.ceil(input.height / ALIGNED));
  }

  /** Row y without its noise, three floats a pixel; to be asked for in order, and read before the next. */
  row(y: number): Float32Array {
    const { width } = this.#input;
    this.#exports.decode(this.#out.at(y) + this.#out.pixelBytes, this.#light, width, this.scale);
    return new Float32Array(this.#exports.memory.buffer, this.#light, 3 * width);
  }

  #build(width: number, height: number): Rows {
    const level = (halvings: number) => ({ width: width >> halvings, height: height >> halvings });
    const input = this.#rows(
      { ...level(0), channels: paddedInput(INPUT_CHANNELS) },
      KEPT.input,
      (y, ...to) => {
        for (const [i, address] of to.entries()) this.#read(y + i, address);
      },
    );
    const surfaces: Source = { channels: INPUT_CHANNELS, at: (y) => input.at(y) };

    const half = this.#pooled(
      this.#layer('enc_conv1', level(0), [this.#layer('enc_conv0', level(0), [surfaces])]),
      KEPT.half,
    );
    const quarter = this.#pooled(this.#layer('enc_conv2', level(1), [half]), KEPT.quarter);
    const eighth = this.#pooled(this.#layer('enc_conv3', level(2), [quarter]), KEPT.eighth);
    const deepest = this.#pooled(this.#layer('enc_conv4', level(3), [eighth]), NEAR);
    let x = this.#layer('enc_conv5b', level(4), [this.#layer('enc_conv5a', level(4), [deepest])]);
    x = this.#layer('dec_conv4b', level(3), [
      this.#layer('dec_conv4a', level(3), [this.#widened(x), eighth]),
    ]);
    x = this.#layer('dec_conv3b', level(2), [
      this.#layer('dec_conv3a', level(2), [this.#widened(x), quarter]),
    ]);
    x = this.#layer('dec_conv2b', level(1), [this.#layer('dec_conv2a', level(1), [this.#widened(x), half])]);
    x = this.#layer('dec_conv1b', level(0), [
      this.#layer('dec_conv1a', level(0), [this.#widened(x), surfaces]),
    ]);
    return this.#layer('dec_conv0', level(0), [x]);
  }

  #read(y: number, to: number): void {
    const { light, albedo, normal } = this.#input;
    this.#writeRow(light, y, this.#light);
    this.#writeRow(albedo, y, this.#albedo);
    this.#writeRow(normal, y, this.#normal);
    this.#exports.encode(this.#light, this.#albedo, this.#normal, to, this.#width, this.scale);
  }

  #layer(
    name: string,
    size: { width: number; height: number },
    [a, b]: readonly [Source] | readonly [Source, Source],
  ): Rows {
    const { values, channels } = this.#layers.of(name, b ? [a.channels, b.channels] : [a.channels]);
    const weights = this.#take(values.byteLength);
    this.#write(values, weights);
    const [channelsA, channelsB] = [paddedInput(a.channels), b ? paddedInput(b.channels) : 0];
    const scratch = this.#take(this.#exports.scratchBytes(channelsA + channelsB));
    const { width } = size;
    const [end, spill] = [4 * channels * width, 4 * channels * (8 * Math.ceil(width / 8) - width)];
    return this.#rows({ ...size, channels }, NEAR, (y, upper, lower) => {
      const rows = [a, b].flatMap((source) => [-1, 0, 1, 2].map((by) => source?.at(y + by) ?? 0));
      const { memory, convolve } = this.#exports;
      new Uint32Array(memory.buffer, this.#sources, rows.length).set(rows);
      convolve(this.#sources, channelsA, channelsB, upper, lower, width, weights, channels, scratch);
      for (const row of [upper, lower]) new Uint8Array(memory.buffer, row + end, spill).fill(0);
    });
  }

  #pooled(rows: Rows, kept: number): Rows {
    const { channels, pixelBytes } = rows;
    const [width, height] = [rows.width / 2, rows.height / 2];
    return this.#rows({ width, height, channels }, kept, (y, ...to) => {
      for (const [i, address] of to.entries()) {
        const [upper, lower] = [0, 1].map((row) => rows.at(2 * (y + i) + row) + pixelBytes) as [
          number,
          number,
        ];
        this.#exports.pool(upper, lower, address, width, channels);
      }
    });
  }

  /** Twice as wide, each row twice. */
  #widened(rows: Rows): Source {
    const { width, height, channels, pixelBytes } = rows;
    const wide = this.#rows({ width: 2 * width, height, channels }, NEAR, (y, ...to) => {
      for (const [i, address] of to.entries())
        this.#exports.widen(rows.at(y + i) + pixelBytes, address, width, channels);
    });
    return { channels, at: (y) => wide.at(y >> 1) };
  }

  #rows(
    size: { width: number; height: number; channels: number },
    kept: number,
    make: (y: number, first: number, second: number) => void,
  ): Rows {
    const room = { take: (bytes: number) => this.#take(bytes), nothing: () => this.#nothing };
    return new Rows(room, size, kept, make);
  }

  #take(bytes: number): number {
    const at = this.#free;
    this.#free += ALIGNED * Math.ceil(bytes / ALIGNED);
    const { memory } = this.#exports;
    const missing = this.#free - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  /** Row y of an image of three floats a pixel, made up to a multiple of sixteen by its last pixel and the image by its last row. */
  #writeRow(image: Float32Array, y: number, at: number): void {
    const { width, height } = this.#input;
    const first = 3 * width * Math.min(y, height - 1);
    const row = new Float32Array(this.#exports.memory.buffer, at, 3 * this.#width);
    row.set(image.subarray(first, first + 3 * width));
    for (let i = 3 * width; i < row.length; i++) row[i] = row[i - 3] ?? 0;
  }

  #write(values: Float32Array, at: number): void {
    new Float32Array(this.#exports.memory.buffer, at, values.length).set(values);
  }

  /** What brings the picture's middling light (the geometric mean over squares of some 16 pixels) to about 0.18. */
  #middling(): number {
    const { width, height, light } = this.#input;
    const [columns, lines] = [Math.ceil(width / ALIGNED), Math.ceil(height / ALIGNED)];
    let sum = 0;
    let count = 0;
    for (let line = 0; line < lines; line++) {
      const [top, bottom] = [line, line + 1].map((each) => Math.floor((each * height) / lines)) as [
        number,
        number,
      ];
      for (let column = 0; column < columns; column++) {
        const [left, right] = [column, column + 1].map((each) => Math.floor((each * width) / columns)) as [
          number,
          number,
        ];
        let total = 0;
        for (let y = top; y < bottom; y++) {
          for (let i = 3 * (y * width + left); i < 3 * (y * width + right); i += 3) {
            const luminance =
              0.212671 * (light[i] ?? 0) + 0.71516 * (light[i + 1] ?? 0) + 0.072169 * (light[i + 2] ?? 0);
            if (luminance > 0 && luminance < 65504) total += luminance;
          }
        }
        const mean = total / ((bottom - top) * (right - left));
        if (!(mean > 1e-8)) continue;
        sum += this.#exports.log2(mean);
        count++;
      }
    }
    // To the nearest power of two: engines need not agree on others.
    return count > 0 ? 0.18 * 2 ** -Math.round(sum / count) : 1;
  }
}
