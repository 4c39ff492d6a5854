import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeMesh } from '../../../sim/fake-mesh.testing.ts';
import { seededRandom, setLogSink } from '../../runtime/index.ts';
import type { ArchivedJob, JobArchive, JobId } from '../contract.ts';
import { Farm } from '../farm.ts';
import { SumStore, sumKind, sumsRequest } from '../sums.testing.ts';

beforeAll(() => setLogSink(() => {}));
afterAll(() => setLogSink(undefined));

/** A disk in memory. */
class Disk implements JobArchive {
  readonly jobs = new Map<JobId, ArchivedJob>();
  readonly kept = new Map<JobId, Map<number, Uint8Array>>();
  isFull = false;
  writes = 0;

  async load(): Promise<readonly ArchivedJob[]> {
    return [...this.jobs.values()];
  }
  async *parts(id: JobId) {
    for (const [part, bytes] of this.kept.get(id) ?? []) yield { part, bytes };
  }
  async save(job: ArchivedJob): Promise<boolean> {
    this.writes++;
    if (!this.isFull) this.jobs.set(job.description.id, job);
    return !this.isFull;
  }
  async savePart(id: JobId, part: number, _version: number, bytes: Uint8Array): Promise<boolean> {
    this.writes++;
    if (!this.isFull) this.kept.set(id, (this.kept.get(id) ?? new Map()).set(part, bytes));
    return !this.isFull;
  }
  async isKept(id: JobId): Promise<boolean> {
    return this.jobs.has(id);
  }
  async remove(id: JobId): Promise<void> {
    this.jobs.delete(id);
    this.kept.delete(id);
  }
}

function setUp(seed: number) {
  const mesh = new FakeMesh(seed);
  const add = (workers: number, archive?: Disk) => {
    const { node, host, random } = mesh.add();
    const kinds = [sumKind(host, seededRandom(seed))];
    const farm = new Farm({
      node,
      clock: host,
      timers: host,
      random,
      kinds,
      wallClock: host,
      ...(archive && { archive }),
    });
    farm.setWorkers(workers);
    const storeOf = (id: JobId): SumStore => {
      const store = farm.store(id);
      if (!(store instanceof SumStore)) throw new Error('the results are not here');
      return store;
    };
    return { node, farm, storeOf };
  };
  return { mesh, add };
}

describe('a farm with a disk', () => {
  it('goes on where it was when every tab was closed, without doing again what was saved', async () => {
    const { mesh, add } = setUp(1);
    const disk = new Disk();
    const before = add(2, disk);
    const id = before.farm.submit(sumsRequest(400));
    await mesh.runFor(4_000);
    const { doneCost } = before.storeOf(id);
    mesh.kill(before.node.id);
    await mesh.runFor(5_000);
    const after = add(2, disk);
    await mesh.runUntil(() => after.farm.view(id)?.control.phase === 'done', 30_000);
    const store = after.storeOf(id);
    expect(store.isRight).toBe(true);
    expect(doneCost).toBeGreaterThan(100);
    expect(store.accepted).toBeLessThan(400 - doneCost / 2);
    expect(after.farm.view(id)?.term.number).toBe(2);
  });

  it('keeps the log of a Job over a restart, and says who goes on with it', async () => {
    const { mesh, add } = setUp(5);
    const disk = new Disk();
    const before = add(2, disk);
    const id = before.farm.submit(sumsRequest(400));
    await mesh.runFor(5_000);
    mesh.kill(before.node.id);
    const after = add(2, disk);
    await mesh.runUntil(() => after.farm.view(id)?.control.phase === 'done', 30_000);
    const { events, work } = await after.farm.readLog(id);
    expect(events.map(({ kind }) => kind)).toEqual(['submitted', 'joined', 'led', 'joined', 'done']);
    expect(work.map(({ node }) => node).toSorted()).toEqual([before.node.id, after.node.id].toSorted());
    await mesh.runFor(4_000);
    expect(disk.jobs.get(id)?.log.flatMap((section) => section.events)).toEqual(events);
  });

  it('shows what is done after a restart, and forgets what it is told to forget', async () => {
    const { mesh, add } = setUp(2);
    const disk = new Disk();
    const before = add(2, disk);
    const id = before.farm.submit(sumsRequest(40));
    await mesh.runFor(10_000);
    mesh.kill(before.node.id);
    const after = add(1, disk);
    await mesh.runFor(1_000);
    expect(after.farm.view(id)?.control.phase).toBe('done');
    expect(after.storeOf(id).isRight).toBe(true);
    after.farm.forget(id);
    await mesh.runFor(1_000);
    expect([after.farm.jobs(), disk.jobs.size, disk.kept.size]).toEqual([[], 0, 0]);
  });

  it('does not begin again what ended elsewhere after it was saved here', async () => {
    const { mesh, add } = setUp(3);
    const disk = new Disk();
    const [one, other] = [add(1, disk), add(1)];
    await mesh.meet();
    const id = one.farm.submit(sumsRequest(200));
    await mesh.runFor(4_000);
    mesh.kill(one.node.id);
    await mesh.runUntil(() => other.farm.view(id)?.control.phase === 'done', 60_000);
    const back = add(1, disk);
    await mesh.runFor(4_000);
    expect(back.farm.view(id)?.control.phase).toBe('done');
    expect(back.farm.view(id)?.term).toEqual(other.farm.view(id)?.term);
  });

  it('renders on while the disk takes nothing, and keeps what there is once it has room', async () => {
    const { mesh, add } = setUp(4);
    const disk = new Disk();
    disk.isFull = true;
    const tab = add(2, disk);
    const id = tab.farm.submit(sumsRequest(400));
    await mesh.runUntil(() => tab.farm.view(id)?.control.phase === 'done', 60_000);
    await mesh.runFor(10_000);
    expect(disk.writes).toBeGreaterThan(1); // it may have room again
    expect(disk.writes).toBeLessThan(20);
    disk.isFull = false;
    await mesh.runFor(10_000);
    expect(disk.kept.get(id)?.size).toBe(tab.storeOf(id).partCount);
  });
});
