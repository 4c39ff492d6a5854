/**
 * The exact state of a Tile, as it travels to a second copy and lies on a disk. While its frame is in work: how many of its Blocks are
 * folded, the float64 sums of its pixels, and with a noise goal the meter's number a pixel; samples and noise follow from it. Once the
 * frame is finished: the float32 means that the picture is made of, half as much, and the noise; nobody folds anything into them.
 *
 * Layout, little-endian: prefix (u32), form (u32: 0 sums, 1 means), then sums (f64 RGB, rows packed) and squares (f64 a pixel; only
 * with a noise goal), or noise (f32), zero (u32) and means (f32 RGB).
 */
import { LeafcutterError } from '../../runtime/index.ts';

export class BadTileError extends LeafcutterError {
  constructor(reason: string) {
    super('bad-tile', `a part of a picture is not usable: ${reason}`);
  }
}

export interface TileSums {
  readonly form: 'sums';
  /** Blocks folded. */
  readonly prefix: number;
  readonly sums: Float64Array;
  /** Only with a noise goal. */
  readonly squares: Float64Array | undefined;
}

export interface TileMeans {
  readonly form: 'means';
  readonly prefix: number;
  readonly noise: number;
  readonly means: Float32Array;
}

export type TileState = TileSums | TileMeans;

const FORM_MEANS = 1;
const HEADER_BYTES = 8;
const MEANS_HEADER_BYTES = 16;

export function encodeTileSums({ prefix, sums, squares }: Omit<TileSums, 'form'>): Uint8Array {
  const numbers = new Float64Array(1 + sums.length + (squares?.length ?? 0));
  numbers.set(sums, 1);
  if (squares) numbers.set(squares, 1 + sums.length);
  new DataView(numbers.buffer).setUint32(0, prefix, true);
  return new Uint8Array(numbers.buffer);
}

export function encodeTileMeans({ prefix, noise, means }: Omit<TileMeans, 'form'>): Uint8Array {
  const bytes = new Uint8Array(MEANS_HEADER_BYTES + means.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, prefix, true);
  view.setUint32(4, FORM_MEANS, true);
  view.setFloat32(8, noise, true);
  new Float32Array(bytes.buffer, MEANS_HEADER_BYTES).set(means);
  return bytes;
}

/** The arrays are views of `bytes` where these are aligned. @throws BadTileError */
export function decodeTileState(bytes: Uint8Array, pixels: number, hasSquares: boolean): TileState {
  if (bytes.length < HEADER_BYTES) throw new BadTileError(`it has ${bytes.length} bytes`);
  // A copy by constructor: `slice` of a Node Buffer is a view of the same, misaligned memory.
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const prefix = view.getUint32(0, true);
  return view.getUint32(4, true) === FORM_MEANS
    ? decodeMeans(aligned, view, prefix, pixels)
    : decodeSums(aligned, prefix, pixels, hasSquares);
}

function decodeSums(bytes: Uint8Array, prefix: number, pixels: number, hasSquares: boolean): TileSums {
  const count = pixels * (hasSquares ? 4 : 3);
  demandLength(bytes, HEADER_BYTES + count * Float64Array.BYTES_PER_ELEMENT);
  const numbers = finite(new Float64Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, count));
  const squares = hasSquares ? numbers.subarray(3 * pixels) : undefined;
  if (squares?.some((square) => square < 0)) throw new BadTileError('it holds a negative square');
  return { form: 'sums', prefix, sums: numbers.subarray(0, 3 * pixels), squares };
}

function decodeMeans(bytes: Uint8Array, view: DataView, prefix: number, pixels: number): TileMeans {
  demandLength(bytes, MEANS_HEADER_BYTES + 3 * pixels * Float32Array.BYTES_PER_ELEMENT);
  const noise = view.getFloat32(8, true);
  if (!(noise >= 0)) throw new BadTileError('its noise is no number');
  const means = finite(new Float32Array(bytes.buffer, bytes.byteOffset + MEANS_HEADER_BYTES, 3 * pixels));
  return { form: 'means', prefix, noise, means };
}

function demandLength({ length }: Uint8Array, expected: number): void {
  if (length !== expected) throw new BadTileError(`it has ${length} bytes instead of ${expected}`);
}

function finite<Numbers extends Float32Array | Float64Array>(numbers: Numbers): Numbers {
  for (const number of numbers) {
    if (!Number.isFinite(number)) throw new BadTileError('it holds a number that is not finite');
  }
  return numbers;
}
