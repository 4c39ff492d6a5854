/**
 * The exact state of a Tile, as it travels to a second copy and lies on a disk: how many of its Blocks are folded, the float64 sums of
 * its pixels, and with a noise goal the meter's number a pixel. Nothing else is kept: samples and noise follow from it.
 *
 * Layout, little-endian: prefix (u32), zero (u32), sums (f64 RGB, rows packed), squares (f64 a pixel; only with a noise goal).
 */
import { LeafcutterError } from '../../runtime/index.ts';

export class BadTileError extends LeafcutterError {
  constructor(reason: string) {
    super('bad-tile', `a part of a picture is not usable: ${reason}`);
  }
}

export interface TileState {
  /** Blocks folded. */
  readonly prefix: number;
  readonly sums: Float64Array;
  /** Only with a noise goal. */
  readonly squares: Float64Array | undefined;
}

const HEADER_BYTES = 8;

export function encodeTileState({ prefix, sums, squares }: TileState): Uint8Array {
  const numbers = new Float64Array(1 + sums.length + (squares?.length ?? 0));
  numbers.set(sums, 1);
  if (squares) numbers.set(squares, 1 + sums.length);
  new DataView(numbers.buffer).setUint32(0, prefix, true);
  return new Uint8Array(numbers.buffer);
}

/** The arrays are views of `bytes` where these are aligned. @throws BadTileError */
export function decodeTileState(bytes: Uint8Array, pixels: number, hasSquares: boolean): TileState {
  const count = pixels * (hasSquares ? 4 : 3);
  const expected = HEADER_BYTES + count * Float64Array.BYTES_PER_ELEMENT;
  if (bytes.length !== expected)
    throw new BadTileError(`it has ${bytes.length} bytes instead of ${expected}`);
  // A copy by constructor: `slice` of a Node Buffer is a view of the same, misaligned memory.
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const numbers = new Float64Array(aligned.buffer, aligned.byteOffset + HEADER_BYTES, count);
  for (const number of numbers) {
    if (!Number.isFinite(number)) throw new BadTileError('it holds a number that is not finite');
  }
  const squares = hasSquares ? numbers.subarray(3 * pixels) : undefined;
  if (squares?.some((square) => square < 0)) throw new BadTileError('it holds a negative square');
  return {
    prefix: new DataView(aligned.buffer, aligned.byteOffset).getUint32(0, true),
    sums: numbers.subarray(0, 3 * pixels),
    squares,
  };
}
