import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { newNodeId } from '../../wire/index.ts';
import { tileFloats, tileGrid } from '../film/index.ts';
import type { JobId } from './contract.ts';
import { decodeTiles } from './messages.ts';
import { ViewerFeed } from './viewer-feed.ts';

const grid = tileGrid(64 * 30, 64);
const goal = { samples: 8, noise: 0 };
const viewer = newNodeId(seededRandom(1));
const REPORT = Uint8Array.of(1);
const TILE_BYTES = 64 * 64 * 12;

/** A feed of 30 Tiles to one viewer; what comes to it is noted with its time. */
function setUp(deliver: () => Promise<void> = () => Promise.resolve()) {
  const scheduler = new Scheduler();
  const picture = {
    tileSamples: new Uint32Array(grid.tileCount),
    tileNoise: new Float32Array(grid.tileCount),
    readTile: (tile: number) => tileFloats(grid, tile),
    bring: (): Promise<unknown> | undefined => undefined,
  };
  const came: { readonly atMs: number; readonly tiles: readonly number[] }[] = [];
  const reports: Uint8Array[] = [];
  const feed = new ViewerFeed(
    '0'.repeat(32) as JobId,
    { plan: { grid }, goal, picture },
    {
      timers: scheduler,
      sendTiles(_, bytes) {
        const tiles = decodeTiles(bytes, grid, goal)?.tiles.map(({ part }) => part) ?? [];
        came.push({ atMs: scheduler.now(), tiles });
        return deliver();
      },
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
    await scheduler.runFor(80);
    // The first Tile goes at once and alone, the next ten after it.
    expect(came.map(({ tiles }) => tiles.length)).toEqual([1, 10]);
    expect(came[1]?.atMs).toBe((TILE_BYTES + 24) / 6_000);
    feed.finish();
    await scheduler.runFor(1);
    expect(came.map(({ tiles }) => tiles.length)).toEqual([1, 10, 10, 9]);
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
});
