/** Whatever bytes another device brings about a render: its announcement, Tiles, previews, progress, a wish to see it. */
import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { BlobHash } from '../../services/blobs/index.ts';
import { itWithstands } from '../../wire/fuzzed.testing.ts';
import { newNodeId } from '../../wire/index.ts';
import { tileFloats, tileGrid } from '../film/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import type { JobId } from './contract.ts';
import {
  decodeProgress,
  decodeTiles,
  decodeWatch,
  encodeProgress,
  encodeTiles,
  encodeWatch,
} from './messages.ts';
import { decodePreviews } from './preview-tiles.ts';
import { BadSettingsError } from './settings-check.ts';
import { decodeSpec, encodeSpec } from './spec.ts';

const id = '00112233445566778899aabbccddeeff' as JobId;
const hash = 'ab'.repeat(32) as BlobHash;
/** One Tile of 16 pixels: bent bytes of a large one would be bent in its pixels only. */
const grid = tileGrid(4, 4);
const goal = { samples: 4, noise: 0.2 };
const picture = {
  readTile: (tile: number, target: Float32Array, offset: number) => {
    target.fill(0.5, offset, offset + tileFloats(grid, tile));
    return tileFloats(grid, tile);
  },
  tileSamples: Uint32Array.of(4),
  tileNoise: Float32Array.of(0.125),
};
const node = newNodeId(seededRandom(1));
const share = { node, deviceName: 'attic', samples: 9, samplesPerSecond: 3 };
const good = [
  encodeSpec({
    spec: {
      settings: { ...DEFAULT_SETTINGS, environment: { kind: 'colour', rgb: [1, 1, 1] } },
      ...{ scene: hash, kernel: hash, environmentMap: undefined },
    },
    sceneBytes: 1_000,
  } as never),
  encodeTiles(id, grid, goal, [0], picture),
  encodeWatch(id, Uint32Array.of(4, 0, 2)),
  encodeProgress(id, {
    ...{ samplesDone: 5, samplesTotal: 10, samplesPerSecond: 3, elapsedSeconds: 2, etaSeconds: 1 },
    ...{ shares: [share], active: [], helpers: [], noise: 0.5, tilesFinished: 1 },
  } as never),
];

it('what is bent is good', () => {
  const [spec, tiles, watch, progress] = good as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  expect(decodeSpec(spec).spec.scene).toBe(hash);
  expect(decodeTiles(tiles, grid, goal)?.tiles).toHaveLength(1);
  expect(decodeWatch(watch)?.id).toBe(id);
  expect(decodeProgress(progress)?.id).toBe(id);
});

itWithstands(
  {
    decodeSpec,
    decodeTiles: (bytes) => decodeTiles(bytes, grid, goal),
    decodePreviews: (bytes) => decodePreviews(bytes, grid, goal),
    decodeProgress,
    decodeWatch: (bytes) => decodeWatch(bytes)?.samplesOf?.(1),
  },
  good,
  23,
  (error) => error instanceof BadSettingsError,
);
