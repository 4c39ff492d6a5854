/** The first picture of a GIF (GIF89a; LZW as its appendix F has it). */

const TRANSPARENT = 0x01;
const MOST_CODES = 4096;

/** Anything thrown means damage. */
export function decodeGif(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  const paletteAt = (at: number, flags: number) =>
    flags & 0x80 ? bytes.subarray(at, at + 3 * 2 ** ((flags & 7) + 1)) : undefined;
  const common = paletteAt(13, view.getUint8(10));
  const rgba = new Uint8ClampedArray(4 * width * height);
  let transparent = -1;
  for (let at = 13 + (common?.length ?? 0); ; ) {
    const block = view.getUint8(at);
    if (block === 0x21) {
      // Graphic control: whether a colour is not there, and which.
      if (view.getUint8(at + 1) === 0xf9 && view.getUint8(at + 3) & TRANSPARENT)
        transparent = view.getUint8(at + 6);
      at = endOfBlocks(view, at + 2);
      continue;
    }
    if (block !== 0x2c) throw new Error('it has no picture');
    const [left, top, across, down] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true));
    const flags = view.getUint8(at + 9);
    const own = paletteAt(at + 10, flags);
    const palette = own ?? common ?? new Uint8Array();
    const codesAt = at + 10 + (own?.length ?? 0);
    const area = { left: left ?? 0, top: top ?? 0, width: across ?? 0, height: down ?? 0 };
    const indices = unpacked(joined(view, codesAt + 1), view.getUint8(codesAt), area.width * area.height);
    for (const [i, row] of rowOrder(area.height, (flags & 0x40) !== 0).entries()) {
      for (let column = 0; column < area.width; column++) {
        const [x, y] = [area.left + column, area.top + row];
        const index = indices[i * area.width + column] ?? 0;
        if (x >= width || y >= height || index === transparent) continue;
        const [r = 0, g = 0, b = 0] = palette.subarray(3 * index, 3 * index + 3);
        rgba.set([r, g, b, 255], 4 * (y * width + x));
      }
    }
    return { width, height, data: rgba };
  }
}

/** Interlaced rows come in four passes. */
function rowOrder(height: number, isInterlaced: boolean): number[] {
  const passes = isInterlaced
    ? ([
        [0, 8],
        [4, 8],
        [2, 4],
        [1, 2],
      ] as const)
    : ([[0, 1]] as const);
  const rows: number[] = [];
  for (const [first, step] of passes) for (let row = first; row < height; row += step) rows.push(row);
  return rows;
}

function endOfBlocks(view: DataView, start: number): number {
  let at = start;
  while (view.getUint8(at) > 0) at += view.getUint8(at) + 1;
  return at + 1;
}

/** The data of a chain of blocks in one piece. */
function joined(view: DataView, start: number): Uint8Array {
  const data = new Uint8Array(endOfBlocks(view, start) - start);
  let length = 0;
  for (let at = start; view.getUint8(at) > 0; at += view.getUint8(at) + 1) {
    const size = view.getUint8(at);
    data.set(new Uint8Array(view.buffer, view.byteOffset + at + 1, size), length);
    length += size;
  }
  return data.subarray(0, length);
}

/** LZW codes of growing width to `count` colour numbers; what is missing at the end is 0. */
function unpacked(data: Uint8Array, leastBits: number, count: number): Uint8Array {
  if (leastBits < 1 || leastBits > 11) throw new Error('its codes have an impossible width');
  const clear = 1 << leastBits;
  const end = clear + 1;
  const prefixes = new Uint16Array(MOST_CODES);
  const suffixes = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  for (let code = 0; code < clear; code++) {
    suffixes[code] = code;
    lengths[code] = 1;
  }
  const values = new Uint8Array(count);
  let [next, bits, previous] = [end + 1, leastBits + 1, -1];
  let [buffer, available, to] = [0, 0, 0];
  /** Writes the string of a code, from its end. @returns its first value */
  const write = (code: number): number => {
    const length = lengths[code] ?? 0;
    let at = code;
    for (let i = length - 1; i > 0; i--) {
      if (to + i < count) values[to + i] = suffixes[at] ?? 0;
      at = prefixes[at] ?? 0;
    }
    const first = suffixes[at] ?? 0;
    if (to < count) values[to] = first;
    to += length;
    return first;
  };
  for (const byte of data) {
    buffer |= byte << available;
    available += 8;
    while (available >= bits) {
      const code = buffer & ((1 << bits) - 1);
      buffer >>>= bits;
      available -= bits;
      if (code === end || to >= count) return values;
      if (code === clear) {
        [next, bits, previous] = [end + 1, leastBits + 1, -1];
        continue;
      }
      if (code > next || (code === next && previous < 0))
        throw new Error('it names a code before it is made');
      if (previous >= 0 && next < MOST_CODES) {
        prefixes[next] = previous;
        lengths[next] = (lengths[previous] ?? 0) + 1;
        // A code that is only now being made begins with the string before it.
        suffixes[next] = firstOf(code === next ? previous : code, prefixes, suffixes, clear);
        next++;
        if (next === 1 << bits && bits < 12) bits++;
      }
      write(code);
      previous = code;
    }
  }
  return values;
}

function firstOf(code: number, prefixes: Uint16Array, suffixes: Uint8Array, clear: number): number {
  let at = code;
  while (at > clear) at = prefixes[at] ?? 0;
  return suffixes[at] ?? 0;
}
