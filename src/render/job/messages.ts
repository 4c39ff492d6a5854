/**
 * What a render says beside the farm's messages: its Tiles and its progress, from the owner to everyone who watches. Tiles are a small
 * header and raw float32 means; progress is msgpack. Decoding checks everything; undefined means: drop it.
 */
import { Packr } from 'msgpackr';
import type { JobId } from '../../farm/index.ts';
import { fromHex, toHex } from '../../runtime/index.ts';
import { isNodeId, type NodeId } from '../../wire/index.ts';
import { readTile, type TileGrid, tileFloats } from '../film/index.ts';
import type { JobProgress } from './contract.ts';

/** Request to the owner: send me this Job's picture and progress from now on. Body: the Job's id (16 bytes). */
export const WATCH = 'render/watch';
export const TILES = 'render/tiles';
export const PROGRESS = 'render/progress';

/** Tiles in one message: half a mebibyte, a few tens of ms on a LAN. */
export const TILES_PER_MESSAGE = 10;

const packr = new Packr({ useRecords: false });
const JOB_ID_BYTES = 16;
const TILE_HEADER_BYTES = 8;

export const encodeJobId = (id: JobId): Uint8Array => fromHex(id);

export function decodeJobId(bytes: Uint8Array): JobId | undefined {
  return bytes.length >= JOB_ID_BYTES ? (toHex(bytes.subarray(0, JOB_ID_BYTES)) as JobId) : undefined;
}

export interface Picture {
  readonly means: Float32Array;
  readonly tileSamples: Uint32Array;
}

/** Layout: id (16 bytes), then per Tile its number (u32), samples (u32) and means (f32 RGB, its rows packed). */
export function encodeTiles(
  id: JobId,
  grid: TileGrid,
  tiles: readonly number[],
  picture: Picture,
): Uint8Array {
  const floats = tiles.reduce((sum, tile) => sum + tileFloats(grid, tile), 0);
  const bytes = new Uint8Array(JOB_ID_BYTES + tiles.length * TILE_HEADER_BYTES + floats * 4);
  bytes.set(encodeJobId(id));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.buffer);
  let offset = JOB_ID_BYTES;
  for (const tile of tiles) {
    view.setUint32(offset, tile, true);
    view.setUint32(offset + 4, picture.tileSamples[tile] ?? 0, true);
    offset += TILE_HEADER_BYTES;
    offset += 4 * readTile(grid, tile, picture.means, values, offset / 4);
  }
  return bytes;
}

export interface ReceivedTile {
  readonly tile: number;
  readonly samples: number;
  /** Where its means begin in `values`. */
  readonly offset: number;
}

export function decodeTiles(
  bytes: Uint8Array,
  grid: TileGrid,
  samples: number,
): { readonly tiles: readonly ReceivedTile[]; readonly values: Float32Array } | undefined {
  if (bytes.length < JOB_ID_BYTES || bytes.length % 4 !== 0) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  const tiles: ReceivedTile[] = [];
  for (let offset = JOB_ID_BYTES; offset < bytes.length; ) {
    if (offset + TILE_HEADER_BYTES > bytes.length) return undefined;
    const tile = view.getUint32(offset, true);
    const tileSamples = view.getUint32(offset + 4, true);
    offset += TILE_HEADER_BYTES;
    if (tile >= grid.tileCount || tileSamples > samples) return undefined;
    const end = offset + tileFloats(grid, tile) * 4;
    if (end > bytes.length) return undefined;
    for (let i = offset / 4; i < end / 4; i++) if (!Number.isFinite(values[i])) return undefined;
    tiles.push({ tile, samples: tileSamples, offset: offset / 4 });
    offset = end;
  }
  return { tiles, values };
}

export function encodeProgress(id: JobId, progress: JobProgress): Uint8Array {
  const { samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds } = progress;
  return packr.pack([
    id,
    [samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds ?? null],
    progress.shares.map((share) => [share.node, share.deviceName, share.samples, share.samplesPerSecond]),
    progress.active.map(({ tile, node }) => [tile, node]),
    progress.transfers.map(({ node, receivedBytes, totalBytes }) => [node, receivedBytes, totalBytes]),
  ]);
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < 2 ** 53;
const isNode = (value: unknown): value is NodeId => typeof value === 'string' && isNodeId(value);

/** Every row through `read`; undefined when one of them is none. */
function rows<T>(value: unknown, read: (row: readonly unknown[]) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length > 4096) return undefined;
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
  let fields: unknown;
  try {
    fields = packr.unpack(bytes);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [id, totals, rawShares, rawActive, rawTransfers]: unknown[] = fields;
  if (typeof id !== 'string' || !Array.isArray(totals)) return undefined;
  const [samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, eta]: unknown[] = totals;
  if (!isAmount(samplesDone) || !isAmount(samplesTotal) || !isAmount(samplesPerSecond)) return undefined;
  if (!isAmount(elapsedSeconds) || (eta !== null && !isAmount(eta))) return undefined;
  const shares = rows(rawShares, ([node, deviceName, samples, rate]) =>
    isNode(node) &&
    typeof deviceName === 'string' &&
    deviceName.length <= 64 &&
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
      samplesPerSecond,
      elapsedSeconds,
      etaSeconds,
      shares,
      active,
      transfers,
    },
  };
}
