import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeMesh } from '../../../sim/fake-mesh.testing.ts';
import { seededRandom, setLogSink } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { ArchivedJob, JobArchive, JobId } from '../contract.ts';
import { endedControl, FIRST_CONTROL } from '../control.ts';
import { named } from '../description.ts';
import { Farm } from '../farm.ts';
import { SumStore, sumKind, sumsRequest } from '../sums.testing.ts';
import { type Archivable, Archiver } from './archiver.ts';

const warnings: string[] = [];
beforeAll(() =>
  setLogSink((level, text) => {
    if (level === 'warn') warnings.push(text);
  }),
);
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
  async save(job: ArchivedJob): Promise<void> {
    this.#write();
    this.jobs.set(job.description.id, job);
  }
  async savePart(id: JobId, part: number, bytes: Uint8Array): Promise<void> {
    this.#write();
    this.kept.set(id, (this.kept.get(id) ?? new Map()).set(part, bytes));
  }
  async remove(id: JobId): Promise<void> {
    this.jobs.delete(id);
    this.kept.delete(id);
  }
  #write(): void {
    this.writes++;
    if (this.isFull) throw new Error('the disk is full');
  }
}

function setUp(seed: number) {
  const mesh = new FakeMesh(seed);
  const add = (workers: number, archive?: Disk) => {
    const { node, host } = mesh.add();
    const kinds = [sumKind(host, seededRandom(seed))];
    const farm = new Farm({
      node,
      clock: host,
      timers: host,
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

  it('keeps how a Job went on after its results were let go of here', async () => {
    const disk = new Disk();
    const description = named({ ...sumsRequest(8), submitter: newNodeId(seededRandom(1)), submittedAtMs: 1 });
    let job: Archivable = {
      description,
      control: FIRST_CONTROL,
      term: { number: 1, node: description.submitter },
      role: 'standby',
    };
    let store: SumStore | undefined = new SumStore(description);
    const archiver = new Archiver({
      ...{ archive: disk, timers: { after: () => () => {} } },
      ...{ job: () => job, store: () => store, makeStore: () => undefined, restored() {} },
    });
    archiver.changed(description.id);
    await archiver.flush();
    expect(disk.jobs.get(description.id)?.control.phase).toBe('running');
    store = undefined;
    job = { ...job, control: endedControl(FIRST_CONTROL, 'done', undefined), role: 'member' };
    archiver.changed(description.id);
    await archiver.flush();
    expect(disk.jobs.get(description.id)?.control.phase).toBe('done');
  });

  it('says once that the disk is full, and the Job goes on', async () => {
    const { mesh, add } = setUp(4);
    const disk = new Disk();
    disk.isFull = true;
    warnings.length = 0;
    const tab = add(2, disk);
    const id = tab.farm.submit(sumsRequest(400));
    await mesh.runUntil(() => tab.farm.view(id)?.control.phase === 'done', 60_000);
    await mesh.runFor(10_000);
    expect(warnings.filter((text) => text.includes('the disk is full'))).toHaveLength(1);
    expect(disk.writes).toBeGreaterThan(1); // it may have room again
  });
});
