import { describe, expect, it } from 'vitest';
import { farmTabs, phaseOf, storeOf, submit } from '../../../sim/farm-tabs.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import type { ArchivedJob, JobArchive, JobId } from '../contract.ts';
import { Farm } from '../farm.ts';
import { sumKind, sumsRequest } from '../sums.testing.ts';

quietVirtualTime();

/** Tabs of which some have the kind of all Jobs only when it is asked for. */
function setUp(seed: number) {
  const { mesh, random, add } = farmTabs(seed);
  const addLate = (workers: number, comes: (attempt: number) => Promise<void>, archive?: JobArchive) => {
    const { node, host, random: own } = mesh.add();
    const asked: string[] = [];
    const farm: Farm = new Farm({
      ...{ node, clock: host, timers: host, random: own, wallClock: host },
      ...(archive && { archive }),
      async bringKind(name) {
        asked.push(name);
        await comes(asked.length);
        bring();
      },
    });
    const bring = (): void => farm.register(sumKind(host, random));
    farm.setWorkers(workers);
    return { node, farm, asked, bring };
  };
  return { mesh, add, addLate };
}

/** In memory. */
function disk(): JobArchive {
  const jobs = new Map<JobId, ArchivedJob>();
  const kept = new Map<number, Uint8Array>();
  return {
    load: async () => [...jobs.values()],
    async *parts() {
      for (const [part, bytes] of kept) yield { part, bytes };
    },
    async save(job) {
      jobs.set(job.description.id, job);
      return true;
    },
    async savePart(_, part, __, bytes) {
      kept.set(part, bytes);
      return true;
    },
    isKept: async () => true,
    remove: async () => {},
  };
}

describe('a kind of Job that comes late', () => {
  it('is asked for with the first Job of it, which is not known before, and nothing said meanwhile is lost', async () => {
    const { mesh, add, addLate } = setUp(1);
    const owner = add(1);
    let come = (): void => {};
    const late = addLate(0, () => new Promise((resolve) => (come = resolve)));
    await mesh.meet();
    expect(late.asked).toEqual([]);
    const { id } = submit(owner, 400);
    await mesh.runFor(3_000);
    expect(late.asked).toEqual(['sum']);
    expect(late.farm.jobs()).toEqual([]);
    come();
    // It lends nothing, so it is the last that the second copy is given to: once it has said that it cannot, it is not asked again.
    await mesh.runUntil(() => owner.farm.view(id)?.standby === late.node.id, 20_000);
    await mesh.runFor(3_000);
    expect(storeOf(late, id).doneCost).toBeGreaterThan(0);
    await mesh.runUntil(() => phaseOf(late, id) === 'done', 60_000);
    expect(late.asked).toEqual(['sum']);
  });

  it('is asked for again where it could not come', async () => {
    const { mesh, add, addLate } = setUp(2);
    const owner = add(1);
    const late = addLate(1, async (attempt) => {
      if (attempt === 1) throw new Error('the server is away');
    });
    await mesh.meet();
    const { id, sums } = submit(owner, 400);
    await mesh.runUntil(() => phaseOf(late, id) === 'done', 60_000);
    expect(late.asked).toEqual(['sum', 'sum']);
    expect(sums.doneBy.get(late.node.id)).toBeGreaterThan(0);
  });

  it('is asked for by a Job on the disk, before its results are read', async () => {
    const { mesh, addLate } = setUp(3);
    const archive = disk();
    const before = addLate(2, async () => {}, archive);
    before.bring();
    const id = before.farm.submit(sumsRequest(400));
    await mesh.runFor(4_000);
    mesh.kill(before.node.id);
    const late = addLate(0, async () => {}, archive);
    await mesh.runFor(1_000);
    expect(late.asked).toEqual(['sum']);
    expect(storeOf(late, id).doneCost).toBeGreaterThan(0);
  });
});
