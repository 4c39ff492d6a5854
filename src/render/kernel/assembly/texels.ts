// Where the texels of an image lie, and what they say. Squares of 4 x 4 texels are a cache line each, row of squares after row
// of squares: the four that a look-up blends are in one line most often, where rows of texels would have them in two, and on
// two pages. Sides are rounded up to whole squares.
import { OUT_OF_MEMORY } from './layout';
import { alloc, mark, release } from './memory';

const SQUARE: i32 = 4;

/** Byte offset of a texel: its row's part and its column's. */
export function rowPart(row: i32, width: i32): u32 {
  return ((<u32>(row >> 2) * <u32>((width + 3) & ~3)) << 4) + (<u32>(row & 3) << 4);
}

export function columnPart(column: i32): u32 {
  return (<u32>(column >> 2) << 6) + (<u32>(column & 3) << 2);
}

/** Puts an image that lies there row by row into squares, where it is. @returns 0 or OUT_OF_MEMORY */
export function arrangeTexels(texels: usize, width: i32, height: i32): i32 {
  const before = mark();
  const rowBytes = <usize>width << 2;
  const rows = alloc(rowBytes * SQUARE, 16);
  if (!rows) return OUT_OF_MEMORY;
  // From the end, because squares may need more room: no row is written over before it was read.
  for (let top = (height - 1) & ~3; top >= 0; top -= SQUARE) {
    const count = min(SQUARE, height - top);
    memory.copy(rows, texels + <usize>top * rowBytes, rowBytes * count);
    for (let row = 0; row < count; row++) {
      const from = rows + <usize>row * rowBytes;
      const to = texels + rowPart(top + row, width);
      for (let column = 0; column < width; column++) {
        store<u32>(to + columnPart(column), load<u32>(from + (<usize>column << 2)));
      }
    }
  }
  release(before);
  return 0;
}

/** Linear value of each 8-bit sRGB value (IEC 61966-2-1), rounded once from f64. */
const linearOfSrgb: usize = alloc(256 * 4, 16);

function writeTable(): void {
  for (let i = 0; i < 256; i++) {
    const c = <f64>i / 255;
    const linear = c <= 0.04045 ? c / 12.92 : NativeMath.pow((c + 0.055) / 1.055, 2.4);
    store<f32>(linearOfSrgb + <usize>i * 4, <f32>linear);
  }
}
writeTable();

/** Linear RGBA of a texel; `isSrgb`: RGB is sRGB encoded. */
export function decode(texel: usize, isSrgb: bool): v128 {
  const bytes = v128.load32_zero(texel);
  const linear = f32x4.mul(
    f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes))),
    f32x4.splat(<f32>(1.0 / 255.0)),
  );
  if (!isSrgb) return linear;
  const r = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel)) << 2));
  const g = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel, 1)) << 2));
  const b = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel, 2)) << 2));
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(linear, 0, r), 1, g), 2, b);
}
