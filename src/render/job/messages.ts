/**
 * What a render says beside the farm's messages: its Tiles and its progress, from the coordinator to everyone who watches. Tiles are a
 * small header and raw float32 means; progress is msgpack. Decoding checks everything; undefined means: drop it.
 */
import { type Helper, type JobId, oneLine } from '../../farm/index.ts';
import { fromHex, toHex } from '../../runtime/index.ts';
import { type ControlLimits, decodeControl, encodeControl, isNodeId, type NodeId } from '../../wire/index.ts';
import { type TileGoal, type TileGrid, tileFloats } from '../film/index.ts';
import type { FilmView, JobProgress } from './contract.ts';
import { readTileHeader, type TileHeader, tileHeaderBytes, writeTileHeader } from './tile-header.ts';

/** Stream of the requests and the progress; Tiles have a bulk one of their own. */
export const RENDER = 'render';
export const RENDER_TILES = 'render/tiles';
/** Request to the coordinator: send me this Job's progress, and its picture if I say what I have of it, from now on. */
export const WATCH = 'watch';
export const TILES = 'tiles';
export const PROGRESS = 'progress';

/** Beside the samples of a part: what is here of it is a preview. */
export const PREVIEW_MARK = 0x8000_0000;

/** Tiles in one message: half a mebibyte, a few tens of ms on a LAN. */
export const TILES_PER_MESSAGE = 10;

const JOB_ID_BYTES = 16;
/** Of shares, active Tiles and helpers each: more than a person can look at. */
const MAX_ROWS = 1024;
const MAX_NAME = 64;
/** Of a helper's reason: a sentence. */
const MAX_REASON = 200;
/** Fifteen values a row of each; 250 bytes a share, 50 an active Tile, 700 a helper. */
const PROGRESS_LIMITS: ControlLimits = {
  maxBytes: 1024 * MAX_ROWS,
  maxDepth: 3,
  maxElements: 15 * MAX_ROWS + 32,
};
const HELPER_STATES: readonly Helper['state'][] = [
  'fetching',
  'ready',
  'working',
  'idle',
  'blocked',
  'refused',
];

export const encodeJobId = (id: JobId): Uint8Array => fromHex(id);

export function decodeJobId(bytes: Uint8Array): JobId | undefined {
  return bytes.length >= JOB_ID_BYTES ? (toHex(bytes.subarray(0, JOB_ID_BYTES)) as JobId) : undefined;
}

/**
 * What a viewer wants: the progress in any case. `samplesOf`: what it has of each part, plus PREVIEW_MARK where that is a preview;
 * undefined where the picture comes to it another way.
 */
export interface Watch {
  readonly id: JobId;
  readonly samplesOf: ((part: number) => number) | undefined;
}

/**
 * Layout: id (16 bytes), whether the picture is wanted (u8), then how many samples the asker has, part by part, as runs: so many parts
 * (u32) have so many samples (u32; the highest bit: of a preview). Nothing behind the byte: none. @param tileSamples undefined: only the progress
 */
export function encodeWatch(id: JobId, tileSamples: Uint32Array | undefined): Uint8Array {
  const runs: [parts: number, samples: number][] = [];
  for (const samples of tileSamples ?? []) {
    const last = runs.at(-1);
    if (last?.[1] === samples) last[0]++;
    else runs.push([1, samples]);
  }
  if (runs.at(-1)?.[1] === 0) runs.pop();
  const bytes = new Uint8Array(JOB_ID_BYTES + 1 + 8 * runs.length);
  bytes.set(encodeJobId(id));
  bytes[JOB_ID_BYTES] = tileSamples ? 1 : 0;
  const view = new DataView(bytes.buffer, JOB_ID_BYTES + 1);
  for (const [i, [parts, samples]] of runs.entries()) {
    view.setUint32(8 * i, parts, true);
    view.setUint32(8 * i + 4, samples, true);
  }
  return bytes;
}

/** `samplesOf` is 0 for a part that the asker does not have. */
export function decodeWatch(bytes: Uint8Array): Watch | undefined {
  const id = decodeJobId(bytes);
  if (!id || bytes.length < JOB_ID_BYTES + 1) return undefined;
  if (bytes[JOB_ID_BYTES] !== 1) return { id, samplesOf: undefined };
  const start = JOB_ID_BYTES + 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const runs = Math.floor(view.byteLength / 8);
  /** First part behind each run. */
  const ends = new Float64Array(runs);
  for (let run = 0; run < runs; run++) ends[run] = (ends[run - 1] ?? 0) + view.getUint32(8 * run, true);
  const samplesOf = (part: number): number => {
    let [low, high] = [0, runs];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) <= part) low = middle + 1;
      else high = middle;
    }
    return low < runs ? view.getUint32(8 * low + 4, true) : 0;
  };
  return { id, samplesOf };
}

/** Numbered by parts: the Tiles of all frames, one after the other. */
export interface SentPicture extends Pick<FilmView, 'tileSamples' | 'tileNoise' | 'readTile'> {
  /** Before a finished frame is read: brings it into memory; undefined where there is nothing to wait for. */
  bring(frame: number): Promise<unknown> | undefined;
}

/** Layout: id (16 bytes), then per Tile its header (tile-header.ts) and means (f32 RGB, its rows packed; none of a Tile without samples). */
export function encodeTiles(
  id: JobId,
  grid: TileGrid,
  goal: TileGoal,
  parts: readonly number[],
  picture: Omit<SentPicture, 'bring'>,
): Uint8Array {
  const headerBytes = tileHeaderBytes(goal);
  const floats = parts.reduce((sum, part) => sum + floatsOf(grid, part, picture.tileSamples[part] ?? 0), 0);
  const bytes = new Uint8Array(JOB_ID_BYTES + parts.length * headerBytes + floats * 4);
  bytes.set(encodeJobId(id));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.buffer);
  let offset = JOB_ID_BYTES;
  for (const part of parts) {
    const samples = picture.tileSamples[part] ?? 0;
    writeTileHeader(view, offset, goal, { part, samples, noise: picture.tileNoise[part] ?? 0 });
    offset += headerBytes;
    if (samples > 0) offset += 4 * picture.readTile(part, values, offset / 4);
  }
  return bytes;
}

function floatsOf(grid: TileGrid, part: number, samples: number): number {
  return samples > 0 ? tileFloats(grid, part % grid.tileCount) : 0;
}

export interface ReceivedTile extends TileHeader {
  /** Where its means begin in `values`; there are none of a Tile without samples. */
  readonly offset: number;
}

export function decodeTiles(
  bytes: Uint8Array,
  grid: TileGrid,
  goal: TileGoal,
  frames = 1,
): { readonly tiles: readonly ReceivedTile[]; readonly values: Float32Array } | undefined {
  if (bytes.length < JOB_ID_BYTES || bytes.length % 4 !== 0) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  const tiles: ReceivedTile[] = [];
  const headerBytes = tileHeaderBytes(goal);
  for (let offset = JOB_ID_BYTES; offset < bytes.length; ) {
    const header = readTileHeader(view, offset, goal);
    if (!header || header.part >= frames * grid.tileCount || header.samples > goal.samples) return undefined;
    offset += headerBytes;
    const end = offset + 4 * floatsOf(grid, header.part, header.samples);
    if (end > bytes.length) return undefined;
    for (let i = offset / 4; i < end / 4; i++) if (!Number.isFinite(values[i])) return undefined;
    tiles.push({ ...header, offset: offset / 4 });
    offset = end;
  }
  return { tiles, values };
}

export function encodeProgress(id: JobId, progress: JobProgress): Uint8Array {
  const { samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds } = progress;
  const { noise, tilesFinished } = progress;
  const { shares, active, helpers } = progress;
  return encodeControl(
    [
      id,
      [samplesDone, samplesTotal, samplesPerSecond, elapsedSeconds, etaSeconds ?? null],
      shares
        .slice(0, MAX_ROWS)
        .map((share) => [share.node, share.deviceName, share.samples, share.samplesPerSecond]),
      active.slice(0, MAX_ROWS).map(({ part, node }) => [part, node]),
      helpers
        .slice(0, MAX_ROWS)
        .map(({ node, state, reason, receivedBytes, totalBytes, checked }) => [
          node,
          HELPER_STATES.indexOf(state),
          reason?.slice(0, MAX_REASON) ?? null,
          receivedBytes,
          totalBytes,
          checked,
        ]),
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
  const [id, totals, rawShares, rawActive, rawHelpers, quality]: unknown[] = fields;
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
  const active = rows(rawActive, ([part, node]) =>
    isAmount(part) && isNode(node) ? { part, node } : undefined,
  );
  const helpers = rows(rawHelpers, ([node, rawState, reason, receivedBytes, totalBytes, checked]) => {
    const state = isAmount(rawState) ? HELPER_STATES[rawState] : undefined;
    const isReason = reason === null || (typeof reason === 'string' && reason.length <= MAX_REASON);
    const areAmounts = isAmount(receivedBytes) && isAmount(totalBytes) && isAmount(checked);
    return isNode(node) && state && isReason && areAmounts
      ? {
          node,
          state,
          reason: reason === null ? undefined : oneLine(reason),
          receivedBytes,
          totalBytes,
          checked,
        }
      : undefined;
  });
  if (!shares || !active || !helpers) return undefined;
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
      helpers,
    },
  };
}
