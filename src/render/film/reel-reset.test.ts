/** A Reel some of whose parts turn out to be wrong: they are begun anew, and the pictures come out the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemory } from './finished-frames.ts';
import { noisyBlocks } from './noisy-blocks.testing.ts';
import { blockPlan } from './plan.ts';
import { Reel } from './reel.ts';

/** Two Tiles; with a goal the first is finished early. */
const FRAMES = 5;
const GOAL = 0.046;
const plan = blockPlan(100, 40, 80, { frames: FRAMES, noise: GOAL });
const SPREADS = [0.02, 5];
const PIXEL_SAMPLES = 100 * 40 * 80 * FRAMES;

const SUMS = noisyBlocks(plan, SPREADS);

/** All that is open, in the order of Tasks. */
function render(reel: Reel, taskCount = plan.taskCount): void {
  for (let task = 0; task < taskCount; task++) {
    if (reel.isSettled(plan.frameOf(task), plan.tileOf(task), plan.blockOf(task))) continue;
    reel.add(plan.block(task), SUMS[task] ?? new Float32Array());
  }
}

const hashes = (reel: Reel): Promise<readonly (string | undefined)[]> =>
  Promise.all(Array.from({ length: FRAMES }, (_, frame) => reel.finished.hash(frame)));

describe.each([0, GOAL])('a Reel with a noise goal of %f', (noise) => {
  const truth = new Reel(plan, noise, inMemory);
  render(truth);

  it('has the same pictures whichever parts are begun anew, whenever', async () => {
    const reset = fc.record({
      after: fc.integer({ min: 1, max: plan.taskCount }),
      part: fc.integer({ min: 0, max: plan.partCount - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(reset, { maxLength: 8 }), async (resets) => {
        const reel = new Reel(plan, noise, inMemory);
        for (const { after, part } of resets) {
          render(reel, after);
          const before = reel.tileSamples.slice();
          const changed = reel.resetPart(part);
          expect(reel.prefix(part)).toBe(0);
          expect(changed).toEqual([...before.keys()].filter((at) => before[at] !== reel.tileSamples[at]));
        }
        render(reel);
        expect(reel.isComplete).toBe(true);
        expect(reel.samplesDone).toBe(truth.samplesDone);
        expect(reel.samplesNeeded).toBe(truth.samplesNeeded);
        expect(await hashes(reel)).toEqual(await hashes(truth));
      }),
      { numRuns: 12 },
    );
  });

  it('keeps the other Tiles of a finished frame', () => {
    const reel = new Reel(plan, noise, inMemory);
    render(reel);
    const kept = plan.grid.tileCount + 1;
    const before = new Float32Array(3 * 64 * 64);
    const floats = reel.readTile(kept, before, 0);
    expect(reel.resetPart(plan.grid.tileCount)).toEqual([plan.grid.tileCount]);
    expect(reel.isComplete).toBe(false);
    const after = new Float32Array(3 * 64 * 64);
    expect(reel.readTile(kept, after, 0)).toBe(floats);
    expect(after).toEqual(before);
    expect(reel.isSettled(1, 1, 0)).toBe(true);
    expect(reel.isSettled(1, 0, 0)).toBe(false);
  });

  it('begins all of a finished frame anew whose means are not in memory', async () => {
    const reel = new Reel(plan, noise, inMemory);
    render(reel);
    reel.finished.letGo(2);
    const parts = [2 * plan.grid.tileCount, 2 * plan.grid.tileCount + 1];
    expect(reel.resetPart(parts[1] ?? 0)).toEqual(parts);
    if (noise === 0) expect(reel.samplesDone).toBe((PIXEL_SAMPLES * (FRAMES - 1)) / FRAMES);
    render(reel);
    expect(await hashes(reel)).toEqual(await hashes(truth));
  });
});
