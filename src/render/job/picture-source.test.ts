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
  let failures = 0;
  const source = new PictureSource({
    clock: scheduler,
    timers: scheduler,
    candidates: () => candidates,
    async ask(node) {
      asked.push(node);
      if (!have.has(node)) throw new Error('not here');
    },
    failed: () => {
      failures++;
    },
  });
  source.watch.start();
  return { scheduler, source, asked, failures: () => failures };
}

describe('where a picture comes from', () => {
  it('is asked of one after the other until one has it, who is asked again', async () => {
    const { scheduler, source, asked, failures } = setUp([a, b, c], new Set([b]));
    await scheduler.runFor(6_000);
    expect(asked.slice(0, 3)).toEqual([a, b, b]);
    expect(failures()).toBe(1);
    expect([a, b, c].map((node) => source.isFrom(node))).toEqual([false, true, false]);
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

  it('is nowhere where nobody is', () => {
    expect(setUp([], new Set()).source.isNowhere).toBe(true);
  });
});
