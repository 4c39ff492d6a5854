/**
 * What the network has learned: the file of tensors of Open Image Denoise (TZA 2), half floats, and how `assembly/` wants a layer's.
 * `public/denoiser/` has it with its licence.
 */
import { LeafcutterError } from '../../../runtime/index.ts';

/** The numbers of one layer; `name` is without its ending. */
export interface Layer {
  readonly outChannels: number;
  readonly inChannels: number;
  /** Output channel, input channel, row, column. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** Output channels of the network are made eight at a time, and a pixel has a multiple of four. */
const LANES = 8;
/** Of a tile, after the transform. */
const PLACES = 16;

const MAGIC = 0x41d7;
const VERSION = 2;

/** @throws LeafcutterError `bad-denoiser` where it is no such file, or damaged */
export function readWeights(file: Uint8Array): ReadonlyMap<string, Layer> {
  try {
    return layersOf(tensorsOf(file));
  } catch (cause) {
    throw new LeafcutterError(
      'bad-denoiser',
      "the denoiser's weights are damaged: build or load the page again",
      {
        cause,
      },
    );
  }
}

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function tensorsOf(file: Uint8Array): ReadonlyMap<string, Tensor> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint16(0, true) !== MAGIC || view.getUint8(2) !== VERSION)
    throw new Error('it is not of version 2');
  const text = (at: number, length: number): string => String.fromCharCode(...file.subarray(at, at + length));
  const tensors = new Map<string, Tensor>();
  let at = Number(view.getBigUint64(4, true));
  let left = view.getUint32(at, true);
  at += 4;
  for (; left > 0; left--) {
    const nameLength = view.getUint16(at, true);
    const name = text(at + 2, nameLength);
    at += 2 + nameLength;
    const dimensions = view.getUint8(at++);
    const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(at + 4 * i, true));
    // The letters of the layout (oihw or x) and of the type come behind the shape, then where the values are.
    at += 5 * dimensions;
    if (text(at, 1) !== 'h') throw new Error(`${name} is not of half floats`);
    const first = Number(view.getBigUint64(at + 1, true));
    at += 9;
    const count = shape.reduce((product, side) => product * side, 1);
    if (first + 2 * count > file.length) throw new Error(`${name} is not all there`);
    const values = Float32Array.from({ length: count }, (_, i) =>
      halfFloat(view.getUint16(first + 2 * i, true)),
    );
    tensors.set(name, { shape, values });
  }
  return tensors;
}

function layersOf(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Layer> {
  const layers = new Map<string, Layer>();
  for (const [name, { shape, values }] of tensors) {
    if (!name.endsWith('.weight')) continue;
    const layer = name.slice(0, -'.weight'.length);
    const [outChannels = 0, inChannels = 0] = shape;
    const biases = tensors.get(`${layer}.bias`)?.values;
    if (shape.length !== 4 || biases?.length !== outChannels) throw new Error(`${layer} has no biases`);
    layers.set(layer, { outChannels, inChannels, weights: values, biases });
  }
  return layers;
}

function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

/** Channels that a pixel of so many has in memory. */
export const paddedInput = (channels: number): number => 4 * Math.ceil(channels / 4);
export const paddedOutput = (channels: number): number => LANES * Math.ceil(channels / LANES);

/** All layers as `convolve` reads them, each packed when it is asked for first: that takes longer than a small picture. */
export class PackedLayers {
  readonly #layers: ReadonlyMap<string, Layer>;
  readonly #packed = new Map<string, PackedLayer>();

  constructor(layers: ReadonlyMap<string, Layer>) {
    this.#layers = layers;
  }

  /** @param sources as of `packedLayer`, the same each time */
  of(name: string, sources: readonly number[]): PackedLayer {
    const known = this.#packed.get(name);
    if (known) return known;
    const layer = this.#layers.get(name);
    if (!layer) throw new Error(`the denoiser's weights have no ${name}`);
    const packed = { values: packedLayer(layer, sources), channels: paddedOutput(layer.outChannels) };
    this.#packed.set(name, packed);
    return packed;
  }
}

interface PackedLayer {
  readonly values: Float32Array;
  /** Output channels that a pixel has in memory. */
  readonly channels: number;
}

/**
 * A layer as `convolve` reads it: for each eight output channels their biases, then for each of 16 places and each input channel the eight
 * transformed weights; 0 where there is no channel.
 * @param sources input channels of each; their sum is the layer's
 */
export function packedLayer(layer: Layer, sources: readonly number[]): Float32Array {
  const { outChannels, inChannels, weights, biases } = layer;
  if (sources.reduce((sum, channels) => sum + channels, 0) !== inChannels) {
    throw new LeafcutterError(
      'bad-denoiser',
      `a layer of the denoiser has ${inChannels} inputs, not ${sources.join(' + ')}`,
    );
  }
  /** Of each channel in memory which one of the layer it is. */
  const inputs: (number | undefined)[] = [];
  let before = 0;
  for (const channels of sources) {
    for (let i = 0; i < paddedInput(channels); i++) inputs.push(i < channels ? before + i : undefined);
    before += channels;
  }
  const groupFloats = LANES * (1 + PLACES * inputs.length);
  const packed = new Float32Array((paddedOutput(outChannels) / LANES) * groupFloats);
  for (let output = 0; output < outChannels; output++) {
    const first = Math.floor(output / LANES) * groupFloats + (output % LANES);
    packed[first] = biases[output] ?? 0;
    for (const [at, input] of inputs.entries()) {
      if (input === undefined) continue;
      const taps = weights.subarray(9 * (output * inChannels + input), 9 * (output * inChannels + input + 1));
      for (const [place, weight] of transformed(taps).entries()) {
        packed[first + LANES * (1 + place * inputs.length + at)] = weight;
      }
    }
  }
  return packed;
}

/** A filter of 3 x 3 for a tile of two by two pixels: G g G' of Winograd's F(2 x 2, 3 x 3). */
function transformed(taps: Float32Array): number[] {
  const rows = [0, 1, 2].map((column) => spread([0, 3, 6].map((row) => taps[row + column] ?? 0)));
  return [0, 1, 2, 3].flatMap((row) => spread(rows.map((column) => column[row] ?? 0)));
}

function spread([a = 0, b = 0, c = 0]: readonly number[]): number[] {
  return [a, (a + b + c) / 2, (a - b + c) / 2, c];
}
