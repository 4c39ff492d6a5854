import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { newNodeId } from '../../wire/index.ts';
import { tileFloats, tileGrid } from '../film/index.ts';
import type { JobId } from './contract.ts';
import { decodeTiles, PREVIEW_MARK } from './messages.ts';
import { decodePreviews } from './preview-tiles.ts';
import { COMPARED_AT_A_TIME, ViewerFeed } from './viewer-feed.ts';

const grid = tileGrid(64 * 30, 64);
const goal = { samples: 20, noise: 0 };
const viewer = newNodeId(seededRandom(1));
const REPORT = Uint8Array.of(1);
const GLIMPSE_BYTES = 32 * 32 * 4;
const PREVIEW_BYTES = 64 * 64 * 4;
const TILE_BYTES = 64 * 64 * 12;

/** A feed of 30 Tiles to one viewer, a sample a Block; what comes to it is noted with its time. */
function setUp(deliver: () => Promise<void> = () => Promise.resolve()) {
  const scheduler = new Scheduler();
  const picture = {
    tileSamples: new Uint32Array(grid.tileCount),
    tileNoise: new Float32Array(grid.tileCount),
    readTile: (tile: number) => tileFloats(grid, tile),
    bring: (): Promise<unknown> | undefined => undefined,
  };
  const came: { readonly atMs: number; readonly tiles: readonly number[]; readonly bytes: number }[] = [];
  const note = (bytes: Uint8Array, message: ReturnType<typeof decodeTiles>): Promise<void> => {
    const tiles = message?.tiles.map(({ part }) => part) ?? [];
    came.push({ atMs: scheduler.now(), tiles, bytes: bytes.length });
    return deliver();
  };
  const reports: Uint8Array[] = [];
  const feed = new ViewerFeed(
    '0'.repeat(32) as JobId,
    { plan: { grid }, goal, picture, blocksIn: (part) => picture.tileSamples[part] ?? 0 },
    {
      timers: scheduler,
      sendTiles: (_, bytes) => note(bytes, decodeTiles(bytes, grid, goal)),
      sendPreviews: (_, bytes) => note(bytes, decodePreviews(bytes, grid, goal)),
      async sendProgress(_, bytes) {
        reports.push(bytes);
      },
    },
  );
  const change = (...tiles: readonly number[]): void => {
    for (const tile of tiles) {
      picture.tileSamples[tile] = (picture.tileSamples[tile] ?? 0) + 1;
      feed.partChanged(tile);
    }
  };
  const all = () => came.flatMap(({ tiles }) => tiles);
  return { scheduler, picture, feed, came, reports, change, all };
}

const nothing = () => 0;

describe('the picture on its way to another stage', () => {
  it('comes as fast as the cap allows while it is rendered, and at full speed when it is not', async () => {
    const { scheduler, feed, came, change } = setUp();
    feed.add(viewer, nothing, REPORT);
    change(...Array.from({ length: 30 }, (_, i) => i));
    await scheduler.runFor(4);
    // The first Tile goes at once and alone, the next ten after it.
    expect(came.map(({ tiles }) => tiles.length)).toEqual([1, 10]);
    expect(came[1]?.atMs).toBe((GLIMPSE_BYTES + 24) / 6_000);
    feed.finish();
    await scheduler.runFor(1);
    expect(came.map(({ tiles }) => tiles.length)).toEqual([1, 10, 10, 10, 10]);
  });

  it('is glimpses of each Tile, then previews for a twelfth of what its results cost, and the finished Tile once', async () => {
    const { scheduler, feed, came, change } = setUp();
    feed.add(viewer, nothing, REPORT);
    for (let samples = 0; samples < goal.samples; samples++) {
      change(0);
      await scheduler.runFor(1_000);
    }
    const header = 24;
    const glimpses = new Array(2).fill(GLIMPSE_BYTES);
    const previews = new Array(4).fill(PREVIEW_BYTES);
    expect(came.map(({ bytes }) => bytes - header)).toEqual([...glimpses, ...previews, TILE_BYTES]);
    expect(2 * GLIMPSE_BYTES + 4 * PREVIEW_BYTES).toBeLessThanOrEqual((goal.samples * TILE_BYTES) / 12);
    feed.finish();
    await scheduler.runFor(1_000);
    expect(came).toHaveLength(7);
  });

  it('is the Tile as it is when nothing more comes for now, where only a preview of it was sent', async () => {
    const { scheduler, feed, came, change } = setUp();
    feed.add(viewer, nothing, REPORT);
    change(0);
    await scheduler.runFor(1_000);
    feed.finish();
    await scheduler.runFor(1_000);
    expect(came.map(({ tiles, bytes }) => [tiles, bytes])).toEqual([
      [[0], GLIMPSE_BYTES + 24],
      [[0], TILE_BYTES + 24],
    ]);
  });

  it('is not sent again to a viewer that says which preview it has, before there is more or nothing more comes', async () => {
    const { scheduler, feed, came, change } = setUp();
    change(0, 0, 0, 0);
    feed.add(viewer, (tile) => (tile === 0 ? 4 + PREVIEW_MARK : 0), REPORT);
    await scheduler.runFor(1_000);
    expect(came).toEqual([]);
    feed.finish();
    await scheduler.runFor(1_000);
    expect(came.map(({ bytes }) => bytes - 24)).toEqual([TILE_BYTES]);
    feed.add(viewer, (tile) => (tile === 0 ? 4 : 0), REPORT);
    await scheduler.runFor(1_000);
    expect(came).toHaveLength(1);
  });

  it('comes again as a preview when a question says that the last one did not', async () => {
    const { scheduler, feed, came, change } = setUp();
    feed.add(viewer, nothing, REPORT);
    change(0, 0, 0, 0);
    await scheduler.runFor(1_000);
    const sent = came.length;
    feed.add(viewer, nothing, REPORT);
    await scheduler.runFor(1_000);
    expect(came.slice(sent).map(({ bytes }) => bytes - 24)).toEqual([PREVIEW_BYTES]);
  });

  it('is not sent twice because a question crossed it on its way', async () => {
    let arrived: () => void = () => {};
    const { scheduler, feed, change, all } = setUp(
      () =>
        new Promise((resolve) => {
          arrived = resolve;
        }),
    );
    feed.finish();
    feed.add(viewer, nothing, REPORT);
    change(0);
    feed.add(viewer, nothing, REPORT);
    arrived();
    await scheduler.runFor(1_000);
    expect(all()).toEqual([0]);
    change(0);
    await scheduler.runFor(1_000);
    expect(all()).toEqual([0, 0]);
  });

  it('begins again with a Tile that has lost its samples', async () => {
    const { scheduler, feed, picture, came, change } = setUp();
    feed.add(viewer, nothing, REPORT);
    for (let samples = 0; samples < 4; samples++) change(0);
    await scheduler.runFor(1_000);
    picture.tileSamples[0] = 0;
    feed.partChanged(0);
    await scheduler.runFor(1_000);
    change(0);
    await scheduler.runFor(1_000);
    expect(came.map(({ bytes }) => bytes - 24)).toEqual([GLIMPSE_BYTES, GLIMPSE_BYTES, 0, GLIMPSE_BYTES]);
  });

  it('is one message at a time, and of a Tile that changes meanwhile only the newest', async () => {
    let arrived: () => void = () => {};
    const { scheduler, feed, change, all } = setUp(
      () =>
        new Promise((resolve) => {
          arrived = resolve;
        }),
    );
    feed.add(viewer, nothing, REPORT);
    feed.finish();
    change(0);
    change(0, 1, 0, 1);
    await scheduler.runFor(10_000);
    expect(all()).toEqual([0]);
    arrived();
    await scheduler.runFor(10);
    expect(all()).toEqual([0, 0, 1]);
  });

  it('is what the viewer says that it lacks, or has too much of', async () => {
    const { scheduler, feed, change, all } = setUp();
    change(0, 1, 2);
    feed.finish();
    feed.add(viewer, (tile) => [1, 0, 7, 0, 5][tile] ?? 0, REPORT);
    await scheduler.runFor(10);
    expect(all()).toEqual([1, 2, 4]);
  });

  it('is not sent again when a later question says that it came', async () => {
    const { scheduler, feed, picture, change, all } = setUp();
    feed.add(viewer, nothing, REPORT);
    change(0, 1, 2);
    expect(all()).toEqual([0]);
    feed.add(viewer, (tile) => picture.tileSamples[tile] ?? 0, REPORT);
    await scheduler.runFor(1_000);
    expect(all()).toEqual([0]);
  });

  it('is tried again a second after it was not taken', async () => {
    const { scheduler, feed, came, change } = setUp(() => Promise.reject(new Error('frozen')));
    feed.add(viewer, nothing, REPORT);
    change(3);
    await scheduler.runFor(1_500);
    expect(came.map(({ tiles }) => tiles)).toEqual([[3], [3]]);
    feed.remove(viewer);
    await scheduler.runFor(5_000);
    expect(came).toHaveLength(2);
  });

  it('is left out where only the progress is wanted, which comes at once', async () => {
    const { scheduler, feed, reports, change, all } = setUp();
    change(0);
    feed.add(viewer, undefined, REPORT);
    change(1);
    await scheduler.runFor(1_000);
    expect(all()).toEqual([]);
    expect(reports).toEqual([REPORT]);
    feed.progressChanged(() => Uint8Array.of(2));
    await scheduler.runFor(1);
    expect(reports).toHaveLength(2);
  });

  it('costs little for a question about very many Tiles, however often it is asked, and lacks none of them in the end', async () => {
    const frames = 100_000;
    const parts = frames * grid.tileCount;
    const scheduler = new Scheduler();
    const came: number[] = [];
    const picture = {
      tileSamples: new Uint32Array(parts).fill(goal.samples),
      tileNoise: new Float32Array(parts),
      readTile: (part: number) => tileFloats(grid, part % grid.tileCount),
      bring: () => undefined,
    };
    const feed = new ViewerFeed(
      '0'.repeat(32) as JobId,
      { plan: { grid }, goal, picture, blocksIn: () => goal.samples },
      {
        timers: scheduler,
        async sendTiles(_, bytes) {
          came.push(...(decodeTiles(bytes, grid, goal, frames)?.tiles.map(({ part }) => part) ?? []));
        },
        sendPreviews: () => Promise.reject(new Error('all are finished')),
        sendProgress: () => Promise.resolve(),
      },
    );
    feed.finish();
    let compared = 0;
    const lacked = [1_000_000, 1_000_001, parts - 1];
    const samplesOf = (part: number): number => {
      compared++;
      return lacked.includes(part) ? 0 : goal.samples;
    };
    for (let question = 0; question < 1_000; question++) feed.add(viewer, samplesOf, REPORT);
    expect(compared).toBeLessThanOrEqual(COMPARED_AT_A_TIME);
    await scheduler.runFor(10_000);
    expect(came).toEqual(lacked);
    expect(compared).toBeLessThanOrEqual(parts + COMPARED_AT_A_TIME);
  });
});
