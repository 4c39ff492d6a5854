/** Truevision TGA 2.0: grey, palette and true colour of 15 to 32 bits, plain or run-length encoded, from any corner. */

/** Anything thrown means damage. */
export function decodeTga(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [idLength = 0, , type = 0] = bytes;
  const width = view.getUint16(12, true);
  const height = view.getUint16(14, true);
  const depth = view.getUint8(16);
  const descriptor = view.getUint8(17);
  const [mapFirst, mapLength, mapDepth] = [
    view.getUint16(3, true),
    view.getUint16(5, true),
    view.getUint8(7),
  ];
  const mapAt = 18 + idLength;
  const isMapped = (type & 7) === 1;
  const hasMap = bytes[1] === 1;
  const start = mapAt + (hasMap ? mapLength * Math.ceil(mapDepth / 8) : 0);
  const pixelBytes = Math.ceil(depth / 8);
  const pixels = type >= 9 ? unrolled(bytes, start, pixelBytes, width * height) : bytes.subarray(start);
  if (pixels.length < width * height * pixelBytes) throw new Error('it is cut short');
  // The attribute bits say whether the fourth channel means anything; many writers leave it zero.
  const hasAlpha = depth === 32 && (descriptor & 15) > 0;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const row = Math.floor(i / width);
    const column = i % width;
    const x = descriptor & 0x10 ? width - 1 - column : column;
    const y = descriptor & 0x20 ? row : height - 1 - row;
    const to = 4 * (y * width + x);
    const at = i * pixelBytes;
    if (isMapped) {
      const entry = (pixels[at] ?? 0) - mapFirst;
      const size = Math.ceil(mapDepth / 8);
      rgba.set(colourOf(bytes, mapAt + entry * size, mapDepth, mapDepth === 32), to);
    } else if ((type & 7) === 3) {
      const grey = pixels[at] ?? 0;
      rgba.set([grey, grey, grey, 255], to);
    } else {
      rgba.set(colourOf(pixels, at, depth, hasAlpha), to);
    }
  }
  return { width, height, data: rgba };
}

function colourOf(bytes: Uint8Array, at: number, depth: number, hasAlpha: boolean): readonly number[] {
  const [b = 0, g = 0, r = 0, a = 255] = bytes.subarray(at, at + 4);
  if (depth >= 24) return [r, g, b, hasAlpha ? a : 255];
  // 5 bits a channel, the lowest blue.
  const packed = b | (g << 8);
  const channel = (shift: number): number => Math.floor((((packed >> shift) & 31) * 255 + 15) / 31);
  return [channel(10), channel(5), channel(0), 255];
}

/** Packets of up to 128 pixels: repeated where the top bit is set, else literal. */
function unrolled(bytes: Uint8Array, start: number, pixelBytes: number, pixelCount: number): Uint8Array {
  const pixels = new Uint8Array(pixelCount * pixelBytes);
  let at = start;
  for (let to = 0; to < pixels.length; ) {
    const code = bytes[at];
    if (code === undefined) throw new Error('it is cut short');
    const length = Math.min(((code & 127) + 1) * pixelBytes, pixels.length - to);
    at++;
    const isRun = code >= 128;
    for (let i = 0; i < length; i++) pixels[to + i] = bytes[at + (isRun ? i % pixelBytes : i)] ?? 0;
    at += isRun ? pixelBytes : length;
    to += length;
  }
  return pixels;
}
