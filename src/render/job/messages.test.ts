import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { BlobHash } from '../../services/blobs/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { tileFloats, tileGrid } from '../film/index.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import type { JobId, JobProgress } from './contract.ts';
import {
  decodeJobId,
  decodeProgress,
  decodeTiles,
  decodeWatch,
  encodeProgress,
  encodeTiles,
  encodeWatch,
} from './messages.ts';
import { BadSettingsError, readSettings } from './settings-check.ts';
import { decodeSpec, encodeSpec, type SizedSpec } from './spec.ts';

const id = '00112233445566778899aabbccddeeff' as JobId;
const grid = tileGrid(100, 70);
/** Every float of a Tile says which Tile it is of, and its place there. */
const pictureOf = (valueAt: (tile: number, i: number) => number) => ({
  readTile(tile: number, target: Float32Array, offset: number) {
    const floats = tileFloats(grid, tile);
    for (let i = 0; i < floats; i++) target[offset + i] = valueAt(tile, i);
    return floats;
  },
  tileSamples: Uint32Array.of(4, 3, 2, 1),
  tileNoise: Float32Array.of(0.125, 0.5, 0.25, Number.POSITIVE_INFINITY),
});
const picture = pictureOf((tile, i) => tile + i / 7);
const goal = { samples: 4, noise: 0 };
const noiseGoal = { samples: 4, noise: 0.2 };

describe('Tiles on the wire', () => {
  it('arrive at any alignment as they were sent', () => {
    const bytes = encodeTiles(id, grid, goal, [3, 0], picture);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const received of [bytes, shifted.subarray(1)]) {
      expect(decodeJobId(received)).toBe(id);
      const message = decodeTiles(received, grid, goal);
      expect(message?.tiles.map(({ part, samples }) => [part, samples])).toEqual([
        [3, 1],
        [0, 4],
      ]);
      const at = message?.tiles.map(({ offset }) => message.values[offset + 2]);
      expect(at).toEqual([3 + 2 / 7, 2 / 7].map(Math.fround));
    }
  });

  it('bring their noise where the render has a noise goal, and cost nothing more where it has none', () => {
    const bytes = encodeTiles(id, grid, noiseGoal, [3, 0], picture);
    expect(bytes.length).toBe(encodeTiles(id, grid, goal, [3, 0], picture).length + 2 * 4);
    const message = decodeTiles(bytes, grid, noiseGoal);
    expect(message?.tiles.map(({ part, noise }) => [part, noise])).toEqual([
      [3, Number.POSITIVE_INFINITY],
      [0, 0.125],
    ]);
    for (const bad of [-1, Number.NaN]) {
      const damaged = { ...picture, tileNoise: new Float32Array(4).fill(bad) };
      expect(decodeTiles(encodeTiles(id, grid, noiseGoal, [0], damaged), grid, noiseGoal)).toBeUndefined();
    }
  });

  it('without samples bring no pixels', () => {
    const partly = { ...picture, tileSamples: Uint32Array.of(0, 3, 2, 1) };
    const bytes = encodeTiles(id, grid, goal, [0, 3], partly);
    expect(bytes.length).toBe(encodeTiles(id, grid, goal, [3], partly).length + 8);
    const message = decodeTiles(bytes, grid, goal);
    expect(message?.tiles.map(({ part, samples }) => [part, samples])).toEqual([
      [0, 0],
      [3, 1],
    ]);
    expect(message?.values[message.tiles[1]?.offset ?? 0]).toBe(3);
  });

  it('are dropped when cut, out of range, over the samples or not finite', () => {
    const bytes = encodeTiles(id, grid, goal, [3], picture);
    expect(decodeTiles(bytes.subarray(0, bytes.length - 4), grid, goal)).toBeUndefined();
    expect(decodeTiles(bytes, tileGrid(64, 64), goal)).toBeUndefined();
    expect(
      decodeTiles(encodeTiles(id, grid, goal, [0], picture), grid, { ...goal, samples: 3 }),
    ).toBeUndefined();
    const nan = pictureOf(() => Number.NaN);
    expect(decodeTiles(encodeTiles(id, grid, goal, [0], nan), grid, goal)).toBeUndefined();
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeTiles(bytes, grid, goal);
        expect(decodeProgress(bytes)).toBeUndefined();
      }),
    );
  });
});

describe('the wish to see a render', () => {
  it('says what is there already, and of an empty picture nothing', () => {
    const samples = Uint32Array.of(4, 0, 2 ** 32 - 1);
    const wish = decodeWatch(encodeWatch(id, samples));
    expect(wish?.id).toBe(id);
    expect([0, 1, 2, 3].map((tile) => wish?.samplesOf?.(tile))).toEqual([4, 0, 2 ** 32 - 1, 0]);
    const nothing = encodeWatch(id, new Uint32Array(500));
    expect(nothing).toHaveLength(17);
    expect(decodeWatch(nothing)?.samplesOf?.(0)).toBe(0);
  });

  it('says what parts that are alike have in a few bytes, however many frames they make', () => {
    const samples = new Uint32Array(100_000).fill(64, 0, 60_000).fill(3, 60_000, 60_002);
    const bytes = encodeWatch(id, samples);
    expect(bytes.length).toBe(17 + 2 * 8);
    const wish = decodeWatch(bytes);
    expect([0, 59_999, 60_000, 60_001, 60_002].map((part) => wish?.samplesOf?.(part))).toEqual([
      64, 64, 3, 3, 0,
    ]);
  });

  it('may be for the progress alone', () => {
    const wish = decodeWatch(encodeWatch(id, undefined));
    expect(wish?.id).toBe(id);
    expect(wish?.samplesOf).toBeUndefined();
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(20), (bytes, tile) => {
        const wish = decodeWatch(bytes);
        expect(wish === undefined).toBe(bytes.length < 17);
        wish?.samplesOf?.(tile);
      }),
    );
  });
});

describe('progress on the wire', () => {
  const node = newNodeId(seededRandom(1));
  const progress: JobProgress = {
    samplesDone: 5,
    samplesTotal: 1e12,
    noise: 0.25,
    tilesFinished: 3,
    samplesPerSecond: 1.5,
    elapsedSeconds: 2,
    etaSeconds: undefined,
    shares: [{ node, deviceName: 'Laptop', samples: 5, samplesPerSecond: 1.5 }],
    active: [{ part: 3, node }],
    helpers: [
      { node, state: 'fetching', reason: undefined, receivedBytes: 1, totalBytes: 2, checked: 0 },
      { node, state: 'refused', reason: 'it is busy', receivedBytes: 0, totalBytes: 0, checked: 7 },
    ],
  };

  it('arrives as it was sent', () => {
    expect(decodeProgress(encodeProgress(id, progress))).toEqual({ id, progress });
    const withEta = { ...progress, etaSeconds: 7, noise: undefined };
    expect(decodeProgress(encodeProgress(id, withEta))).toEqual({ id, progress: withEta });
  });

  it('of more Nodes than anyone can look at is cut, not refused', () => {
    const random = seededRandom(2);
    const nodes = Array.from({ length: 1500 }, () => newNodeId(random));
    const crowd = {
      ...progress,
      shares: nodes.map((one) => ({
        node: one,
        deviceName: '葉'.repeat(64),
        samples: 2e9,
        samplesPerSecond: 0.1,
      })),
      active: nodes.map((one, part) => ({ part, node: one })),
      helpers: nodes.map((one) => ({
        node: one,
        state: 'blocked' as const,
        reason: '葉'.repeat(300),
        receivedBytes: 2e9,
        totalBytes: 2e9,
        checked: 4e9,
      })),
    };
    const received = decodeProgress(encodeProgress(id, crowd))?.progress;
    expect(received?.shares).toEqual(crowd.shares.slice(0, 1024));
    expect(received?.active).toHaveLength(1024);
    expect(received?.helpers).toHaveLength(1024);
    expect(received?.helpers[0]?.reason).toHaveLength(200);
  });

  it('that holds sixteen million tiny maps costs nothing, nor does such a spec', () => {
    const bomb = new Uint8Array(16 * 1024 * 1024).fill(0x80);
    bomb.set([0xdd, 0x00, 0xff, 0xff, 0xfb]);
    const before = process.memoryUsage().heapUsed;
    for (const bytes of [bomb, bomb.slice(0, 300_000), bomb.slice(0, 8_000)]) {
      expect(decodeProgress(bytes)).toBeUndefined();
      expect(() => decodeSpec(bytes)).toThrow(BadSettingsError);
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1024 * 1024);
  });

  it('is dropped when a row of it is none of ours', () => {
    const [share] = progress.shares;
    if (!share) throw new Error('unreachable');
    const long = { ...progress, shares: [{ ...share, deviceName: 'x'.repeat(65) }] };
    expect(decodeProgress(encodeProgress(id, long))).toBeUndefined();
    for (const change of [{ samplesDone: -1 }, { noise: -1 }, { noise: Number.NaN }, { tilesFinished: -1 }]) {
      expect(decodeProgress(encodeProgress(id, { ...progress, ...change }))).toBeUndefined();
    }
  });
});

describe('the spec of a render', () => {
  const { exposure: _, ...settings } = DEFAULT_SETTINGS;
  const camera = {
    name: 'own',
    position: [0, 1, 2],
    right: [1, 0, 0],
    up: [0, 1, 0],
    back: [0, 0, 1],
    projection: { kind: 'perspective', yfov: 0.7 },
  } as const;
  const sized: SizedSpec = {
    spec: {
      settings: { ...settings, camera },
      scene: 'a'.repeat(64) as BlobHash,
      environmentMap: undefined,
      kernel: 'b'.repeat(64),
    },
    sceneBytes: 120_000_000,
    environmentBytes: undefined,
  };

  it('arrives as it was sent', () => {
    expect(decodeSpec(encodeSpec(sized))).toEqual(sized);
    const mapped: SizedSpec = {
      ...sized,
      spec: {
        ...sized.spec,
        environmentMap: 'c'.repeat(64) as BlobHash,
        settings: { ...settings, environment: { kind: 'builtin', name: 'studio' } },
      },
      environmentBytes: 5000,
    };
    expect(decodeSpec(encodeSpec(mapped))).toEqual(mapped);
  });

  it('is refused with a map that nothing names, a damaged hash, or anything else that is none', () => {
    const { spec } = sized;
    const map = 'c'.repeat(64) as BlobHash;
    for (const bad of [
      { ...spec, environmentMap: map },
      { ...spec, scene: 'x' as BlobHash },
      { ...spec, kernel: '' },
    ]) {
      expect(() => decodeSpec(encodeSpec({ ...sized, spec: bad }))).toThrow(BadSettingsError);
    }
    for (const sceneBytes of [-1, 0.5, 2 ** 40]) {
      expect(() => decodeSpec(encodeSpec({ ...sized, sceneBytes }))).toThrow(/size of the scene/);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => decodeSpec(bytes)).toThrow(BadSettingsError);
      }),
    );
  });

  it('is refused with any setting out of range, and carries no unknown field', () => {
    const bad: Record<string, unknown[]> = {
      width: [0, 8193, 1.5, '5', undefined],
      height: [-1],
      samples: [0, 65_537],
      bounces: [-1, 65],
      seed: [-1, 2 ** 32],
      camera: [
        -1,
        0.5,
        'front',
        { ...camera, back: [0, 0, Number.NaN] },
        { ...camera, projection: { kind: 'perspective', yfov: 4 } },
      ],
      environment: [
        null,
        { kind: 'colour', rgb: [1, 2] },
        { kind: 'colour', rgb: [-1, 0, 0] },
        { kind: 'builtin', name: 5 },
      ],
    };
    for (const [name, values] of Object.entries(bad)) {
      for (const value of values) {
        expect(() => readSettings({ ...settings, [name]: value }), `${name} ${value}`).toThrow(
          BadSettingsError,
        );
      }
    }
    expect(readSettings({ ...settings, extra: 1 })).toEqual(settings);
  });
});
