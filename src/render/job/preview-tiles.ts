/**
 * Tiles of a picture in work as those see them who look on: four bytes a pixel (RGB9E5), or a glimpse, one for two by two pixels, in place
 * of twelve. Nobody hashes or keeps them; what is finished travels as it is (messages.ts).
 *
 * Layout: id (16 bytes), then per Tile its part (u32), samples (u32; the highest bit: a glimpse), noise (f32; only where the render has a
 * noise goal) and light (u32 a pixel or a square of four, rows packed).
 */
import type { JobId } from '../../farm/index.ts';
import { isTileFinished, type TileGoal, type TileGrid, tileBounds, tileFloats } from '../film/index.ts';
import { packRgb9e5, unpackRgb9e5 } from '../scene/index.ts';
import { decodeJobId, encodeJobId, type ReceivedTile, type SentPicture } from './messages.ts';
import { readTileHeader, tileHeaderBytes, writeTileHeader } from './tile-header.ts';

/** Name of these messages, on the stream of the Tiles. */
export const PREVIEWS = 'previews';

export interface SentPreview {
  readonly part: number;
  readonly isGlimpse: boolean;
}

/** Beside the samples. */
const GLIMPSE = 0x8000_0000;
const ID_BYTES = 16;

/** Edge of a square that has one light. */
const edgeOf = (isGlimpse: boolean): number => (isGlimpse ? 2 : 1);

/** How large the light of a Tile is, in pixels of its own. */
function sizeOf(
  grid: TileGrid,
  part: number,
  isGlimpse: boolean,
): { readonly across: number; readonly down: number } {
  const { width, height } = tileBounds(grid, part % grid.tileCount);
  const edge = edgeOf(isGlimpse);
  return { across: Math.ceil(width / edge), down: Math.ceil(height / edge) };
}

export function encodePreviews(
  id: JobId,
  grid: TileGrid,
  goal: TileGoal,
  previews: readonly SentPreview[],
  picture: Omit<SentPicture, 'bring'>,
): Uint8Array {
  const headerBytes = tileHeaderBytes(goal);
  const bytesOf = ({ part, isGlimpse }: SentPreview): number => {
    const { across, down } = sizeOf(grid, part, isGlimpse);
    return headerBytes + 4 * across * down;
  };
  const bytes = new Uint8Array(previews.reduce((sum, preview) => sum + bytesOf(preview), ID_BYTES));
  bytes.set(encodeJobId(id));
  const view = new DataView(bytes.buffer);
  const floats = previews.map(({ part }) => tileFloats(grid, part % grid.tileCount));
  const means = new Float32Array(Math.max(0, ...floats));
  let offset = ID_BYTES;
  for (const { part, isGlimpse } of previews) {
    const samples = ((picture.tileSamples[part] ?? 0) | (isGlimpse ? GLIMPSE : 0)) >>> 0;
    writeTileHeader(view, offset, goal, { part, samples, noise: picture.tileNoise[part] ?? 0 });
    offset += headerBytes;
    picture.readTile(part, means, 0);
    const { width, height } = tileBounds(grid, part % grid.tileCount);
    const edge = edgeOf(isGlimpse);
    for (let y = 0; y < height; y += edge) {
      for (let x = 0; x < width; x += edge) {
        view.setUint32(offset, lightOf(means, width, height, x, y, edge), true);
        offset += 4;
      }
    }
  }
  return bytes;
}

/** Mean of a square, cut at the Tile's edges. */
function lightOf(
  means: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  edge: number,
): number {
  const [right, lower] = [Math.min(x + edge, width), Math.min(y + edge, height)];
  let [red, green, blue] = [0, 0, 0];
  for (let row = y; row < lower; row++) {
    for (let at = 3 * (row * width + x); at < 3 * (row * width + right); at += 3) {
      red += means[at] ?? 0;
      green += means[at + 1] ?? 0;
      blue += means[at + 2] ?? 0;
    }
  }
  const pixels = (right - x) * (lower - y);
  return packRgb9e5(red / pixels, green / pixels, blue / pixels);
}

/** As means of all pixels. Undefined: drop it; so is what claims to be of a finished Tile. */
export function decodePreviews(
  bytes: Uint8Array,
  grid: TileGrid,
  goal: TileGoal,
  frames = 1,
): { readonly tiles: readonly ReceivedTile[]; readonly values: Float32Array } | undefined {
  if (decodeJobId(bytes) === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = tileHeaderBytes(goal);
  const tiles: ReceivedTile[] = [];
  const lights: { readonly part: number; readonly isGlimpse: boolean; readonly at: number }[] = [];
  let floats = 0;
  for (let offset = ID_BYTES; offset < bytes.length; ) {
    const header = readTileHeader(view, offset, goal);
    if (!header || header.part >= frames * grid.tileCount) return undefined;
    const { part, noise } = header;
    const isGlimpse = header.samples >= GLIMPSE;
    const samples = isGlimpse ? header.samples - GLIMPSE : header.samples;
    offset += headerBytes;
    if (samples === 0) return undefined;
    if (isTileFinished(goal, samples, noise)) return undefined;
    const { across, down } = sizeOf(grid, part, isGlimpse);
    lights.push({ part, isGlimpse, at: offset });
    offset += 4 * across * down;
    if (offset > bytes.length) return undefined;
    tiles.push({ part, samples, noise, offset: floats });
    floats += tileFloats(grid, part % grid.tileCount);
  }
  const values = new Float32Array(floats);
  for (const [i, { part, isGlimpse, at }] of lights.entries()) {
    const { width, height } = tileBounds(grid, part % grid.tileCount);
    const { across } = sizeOf(grid, part, isGlimpse);
    const edge = edgeOf(isGlimpse);
    const start = tiles[i]?.offset ?? 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const light = Math.floor(y / edge) * across + Math.floor(x / edge);
        unpackRgb9e5(view.getUint32(at + 4 * light, true), values, start + 3 * (y * width + x));
      }
    }
  }
  return { tiles, values };
}
