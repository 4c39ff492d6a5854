/**
 * What a render says beside the farm's messages: its Tiles and its progress, from the owner to everyone who watches. Tiles are a small
 * header and raw float32 means; progress is msgpack. Decoding checks everything; undefined means: drop it.
 */
import type { JobId } from '../../farm/index.ts';
import { fromHex, toHex } from '../../runtime/index.ts';
import { type ControlLimits, decodeControl, encodeControl, isNodeId, type NodeId } from '../../wire/index.ts';
import { readTile, type TileGoal, type TileGrid, tileFloats } from '../film/index.ts';
import type { JobProgress } from './contract.ts';

/** Stream of the requests and the progress; Tiles have a bulk one of their own. */
export const RENDER = 'render';
export const RENDER_TILES = 'render/tiles';
/** Request to the owner: send me this Job's picture and progress from now on. */
export const WATCH = 'watch';
export const TILES = 'tiles';
export const PROGRESS = 'progress';

/** Tiles in one message: half a mebibyte, a few tens of ms on a LAN. */
export const TILES_PER_MESSAGE = 10;

const JOB_ID_BYTES = 16;
/** Of shares, active Tiles and transfers each: more than a person can look at. */
const MAX_ROWS = 1024;
const MAX_NAME = 64;
/** Twelve values a row of each; 250 bytes a share, 50 an active Tile, 60 a transfer. */
const PROGRESS_LIMITS: ControlLimits = {
  maxBytes: 384 * MAX_ROWS,
  maxDepth: 3,
  maxElements: 12 * MAX_ROWS + 32,
};
/** Where there is a noise goal, a Tile's noise travels with it. */
const tileHeaderBytes = ({ noise }: TileGoal): number => (noise > 0 ? 12 : 8);

export const encodeJobId = (id: JobId): Uint8Array => fromHex(id);

export function decodeJobId(bytes: Uint8Array): JobId | undefined {
  return bytes.length >= JOB_ID_BYTES ? (toHex(bytes.subarray(0, JOB_ID_BYTES)) as JobId) : undefined;
}

/** Layout: id (16 bytes), then how many samples the asker has of each Tile (u32); nothing behind the id: none. */
export function encodeWatch(id: JobId, tileSamples: Uint32Array): Uint8Array {
  const isEmpty = tileSamples.every((samples) => samples === 0);
  const bytes = new Uint8Array(JOB_ID_BYTES + (isEmpty ? 0 : 4 * tileSamples.length));
  bytes.set(encodeJobId(id));
  const view = new DataView(bytes.buffer, JOB_ID_BYTES);
  if (!isEmpty) for (const [tile, samples] of tileSamples.entries()) view.setUint32(4 * tile, samples, true);
  return bytes;
}

/** `samplesOf`: 0 for a Tile that the asker does not have. */
export function decodeWatch(
  bytes: Uint8Array,
): { readonly id: JobId; samplesOf(tile: number): number } | undefined {
  const id = decodeJobId(bytes);
  if (!id) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + JOB_ID_BYTES, bytes.length - JOB_ID_BYTES);
  return {
    id,
    samplesOf: (tile) => (4 * tile + 4 <= view.byteLength ? view.getUint32(4 * tile, true) : 0),
  };
}

export interface Picture {
  readonly means: Float32Array;
  readonly tileSamples: Uint32Array;
  readonly tileNoise: Float32Array;
}

/**
 * Layout: id (16 bytes), then per Tile its number (u32), samples (u32), noise (f32; only where the render has a noise goal,
 * which its spec tells) and means (f32 RGB, its rows packed).
 */
export function encodeTiles(
  id: JobId,
  grid: TileGrid,
  goal: TileGoal,
  tiles: readonly number[],
  picture: Picture,
): Uint8Array {
  const headerBytes = tileHeaderBytes(goal);
  const floats = tiles.reduce((sum, tile) => sum + tileFloats(grid, tile), 0);
  const bytes = new Uint8Array(JOB_ID_BYTES + tiles.length * headerBytes + floats * 4);
  bytes.set(encodeJobId(id));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.buffer);
  let offset = JOB_ID_BYTES;
  for (const tile of tiles) {
    view.setUint32(offset, tile, true);
    view.setUint32(offset + 4, picture.tileSamples[tile] ?? 0, true);
    if (goal.noise > 0) view.setFloat32(offset + 8, picture.tileNoise[tile] ?? 0, true);
    offset += headerBytes;
    offset += 4 * readTile(grid, tile, picture.means, values, offset / 4);
  }
  return bytes;
}

export interface ReceivedTile {
  readonly tile: number;
  readonly samples: number;
  /** Infinity while it is not known. */
  readonly noise: number;
  /** Where its means begin in `values`. */
  readonly offset: number;
}

export function decodeTiles(
  bytes: Uint8Array,
  grid: TileGrid,
  goal: TileGoal,
): { readonly tiles: readonly ReceivedTile[]; readonly values: Float32Array } | undefined {
  if (bytes.length < JOB_ID_BYTES || bytes.length % 4 !== 0) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  const tiles: ReceivedTile[] = [];
  const headerBytes = tileHeaderBytes(goal);
  for (let offset = JOB_ID_BYTES; offset < bytes.length; ) {
    if (offset + headerBytes > bytes.length) return undefined;
    const tile = view.getUint32(offset, true);
    const tileSamples = view.getUint32(offset + 4, true);
    const noise = goal.noise > 0 ? view.getFloat32(offset + 8, true) : Number.POSITIVE_INFINITY;
    offset += headerBytes;
    if (tile >= grid.tileCount || tileSamples > goal.samples || !(noise >= 0)) return undefined;
    const end = offset + tileFloats(grid, tile) * 4;
    if (end > bytes.length) return undefined;
    for (let i = offset / 4; i < end / 4; i++) if (!Number.isFinite(values[i])) return undefined;
    tiles.push({ tile, samples: tileSamples, noise, offset: offset / 4 });
    offset = end;
  }
  return { tiles, values };
}

export function encodeProgress(id: JobId, progress: JobProgress): Uint8Array {
  const { samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds } = progress;
  const { noise, tilesFinished } = progress;
  const { shares, active, transfers } = progress;
  return encodeControl(
    [
      id,
      [samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds ?? null],
      shares
        .slice(0, MAX_ROWS)
        .map((share) => [share.node, share.deviceName, share.samples, share.samplesPerSecond]),
      active.slice(0, MAX_ROWS).map(({ tile, node }) => [tile, node]),
      transfers
        .slice(0, MAX_ROWS)
        .map(({ node, receivedBytes, totalBytes }) => [node, receivedBytes, totalBytes]),
      [noise ?? null, tilesFinished],
    ],
    PROGRESS_LIMITS,
  );
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < 2 ** 53;
const isNode = (value: unknown): value is NodeId => typeof value === 'string' && isNodeId(value);

/** Every row through `read`; undefined when one of them is none. */
function rows<T>(value: unknown, read: (row: readonly unknown[]) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_ROWS) return undefined;
  const all: T[] = [];
  for (const row of value) {
    const one = Array.isArray(row) ? read(row) : undefined;
    if (one === undefined) return undefined;
    all.push(one);
  }
  return all;
}

export function decodeProgress(
  bytes: Uint8Array,
): { readonly id: JobId; readonly progress: JobProgress } | undefined {
  const { value: fields } = decodeControl(bytes, PROGRESS_LIMITS);
  if (!Array.isArray(fields)) return undefined;
  const [id, totals, rawShares, rawActive, rawTransfers, quality]: unknown[] = fields;
  if (typeof id !== 'string' || !Array.isArray(totals) || !Array.isArray(quality)) return undefined;
  const [samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, eta]: unknown[] = totals;
  if (!isAmount(samplesDone) || !isAmount(samplesTotal) || !isAmount(samplesPerSecond)) return undefined;
  if (!isAmount(elapsedSeconds) || (eta !== null && !isAmount(eta))) return undefined;
  const [noise, tilesFinished]: unknown[] = quality;
  if ((noise !== null && !isAmount(noise)) || !isAmount(tilesFinished)) return undefined;
  const shares = rows(rawShares, ([node, deviceName, samples, rate]) =>
    isNode(node) &&
    typeof deviceName === 'string' &&
    deviceName.length <= MAX_NAME &&
    isAmount(samples) &&
    isAmount(rate)
      ? { node, deviceName, samples, samplesPerSecond: rate }
      : undefined,
  );
  const active = rows(rawActive, ([tile, node]) =>
    isAmount(tile) && isNode(node) ? { tile, node } : undefined,
  );
  const transfers = rows(rawTransfers, ([node, receivedBytes, totalBytes]) =>
    isNode(node) && isAmount(receivedBytes) && isAmount(totalBytes)
      ? { node, receivedBytes, totalBytes }
      : undefined,
  );
  if (!shares || !active || !transfers) return undefined;
  const etaSeconds = eta ?? undefined;
  return {
    id: id as JobId,
    progress: {
      samplesDone,
      samplesTotal,
      noise: noise ?? undefined,
      tilesFinished,
      samplesPerSecond,
      elapsedSeconds,
      etaSeconds,
      shares,
      active,
      transfers,
    },
  };
}
