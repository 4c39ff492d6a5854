import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { PictureSource } from './picture-source.ts';

const random = seededRandom(1);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];

/** `have`: who answers. */
function setUp(candidates: readonly NodeId[], have: Set<NodeId>) {
  const scheduler = new Scheduler();
  const asked: NodeId[] = [];
  const askedForTiles: boolean[] = [];
  let failures = 0;
  let wantsTiles = false;
  const source = new PictureSource({
    clock: scheduler,
    timers: scheduler,
    candidates: () => candidates,
    wantsTiles: () => wantsTiles,
    async ask(node, withTiles) {
      asked.push(node);
      askedForTiles.push(withTiles);
      if (!have.has(node)) throw new Error('not here');
    },
    failed: () => {
      failures++;
    },
  });
  source.follow(true);
  return {
    ...{ scheduler, source, asked, askedForTiles, failures: () => failures },
    want(tiles: boolean) {
      wantsTiles = tiles;
      source.follow(true);
    },
  };
}

describe('where a picture comes from', () => {
  it('is asked of one after the other until one has it, who is asked again', async () => {
    const { scheduler, source, asked, failures } = setUp([a, b, c], new Set([b]));
    await scheduler.runFor(6_000);
    expect(asked.slice(0, 3)).toEqual([a, b, b]);
    expect(failures()).toBe(1);
    expect([a, b, c].map((node) => source.hears(node))).toEqual([false, true, false]);
    expect(source.isNowhere).toBe(false);
  });

  it('is nowhere once all were asked for nothing, and somewhere as soon as one has it', async () => {
    const have = new Set<NodeId>();
    const { scheduler, source, asked, failures } = setUp([a, b], have);
    await scheduler.runFor(500);
    expect(source.isNowhere).toBe(false);
    await scheduler.runFor(1_000);
    expect([source.isNowhere, failures()]).toEqual([true, 2]);
    have.add(a);
    await scheduler.runFor(1_000);
    expect(asked).toEqual([a, b, a]);
    expect(source.isNowhere).toBe(false);
  });

  it('is asked at once for what is wanted now, but not again for what is on its way', async () => {
    const { scheduler, asked, askedForTiles, want } = setUp([a], new Set([a]));
    await scheduler.runFor(100);
    want(true);
    want(true);
    await scheduler.runFor(100);
    expect(askedForTiles).toEqual([false, true]);
    want(false);
    expect(askedForTiles).toEqual([false, true, false]);
    expect(new Set(asked)).toEqual(new Set([a]));
  });

  it('is not asked while it sends, nor any more when nothing is needed; whoever else sends does not count', async () => {
    const { scheduler, source, asked } = setUp([a, b], new Set([a, b]));
    for (let i = 0; i < 4; i++) {
      await scheduler.runFor(1_500);
      source.hears(a);
    }
    expect(asked).toEqual([a]);
    await scheduler.runFor(1_500);
    source.hears(b);
    await scheduler.runFor(1_500);
    expect(asked).toEqual([a, a]);
    source.follow(false);
    await scheduler.runFor(10_000);
    expect(asked).toEqual([a, a]);
  });

  it('is asked anew when it may have lost sight of us, by whom it may come from only', async () => {
    const { scheduler, source, asked } = setUp([a], new Set([a]));
    await scheduler.runFor(100);
    source.lostSight(b);
    expect(asked).toEqual([a]);
    source.lostSight(a);
    expect(asked).toEqual([a, a]);
    await scheduler.runFor(100);
    source.lostSight(undefined);
    expect(asked).toEqual([a, a, a]);
  });

  it('is nowhere where nobody is', () => {
    expect(setUp([], new Set()).source.isNowhere).toBe(true);
  });
});
