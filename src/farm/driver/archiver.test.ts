import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { SimulatedHost } from '../../transport/simulated/host.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { ArchivedJob, JobArchive, JobId, JobPhase, ResultStore } from '../contract.ts';
import { FIRST_CONTROL } from '../control.ts';
import { named } from '../description.ts';
import { AttributedStore } from '../trust/attributed-store.ts';
import { Liars } from '../trust/liars.ts';
import { decodeAttributed } from '../trust/part-codec.ts';
import { Archiver } from './archiver.ts';

const me = newNodeId(seededRandom(1));
const description = named({
  kind: 'sums',
  title: 'job',
  taskCount: 20,
  spec: new Uint8Array(),
  submitter: me,
  submittedAtMs: 1,
});
const { id } = description;

/** A store of twenty parts whose versions are set by hand. */
class Versions implements ResultStore {
  versions = new Array<number>(20).fill(0);
  readonly totalCost = 20;
  readonly doneCost = 0;
  readonly partCount = 20;
  cost = (): number => 1;
  isSettled = (): boolean => false;
  accept(): void {}
  version = (part: number): number => this.versions[part] ?? 0;
  encodePart = (part: number): Uint8Array => new Uint8Array([part, this.version(part)]);
  mergePart(): void {}
  partOf = (task: number): number => task;
  resetPart(): void {}
  pieceCount = (): number => 0;
  piece = (_: number, result: Uint8Array): Uint8Array => result;
  close(): void {}
}

let scheduler = new Scheduler();
let store = new Versions();
let isFull = false;
let isBroken = false;
let isKept = true;
let onDisk: readonly ArchivedJob[] = [];
let restored: (readonly [JobId, boolean])[] = [];
/** Jobs whose kind cannot come. */
let unheardOf = new Set<JobId>();
let logVersion = 0;
let phase: JobPhase = 'running';
let standby: NodeId | undefined;
let isAttended = true;
let offered: string[] = [];
let archiver: Archiver;

beforeEach(() => {
  scheduler = new Scheduler();
  store = new Versions();
  isFull = false;
  isBroken = false;
  isKept = true;
  [onDisk, restored] = [[], []];
  unheardOf = new Set();
  phase = 'running';
  [standby, isAttended] = [undefined, true];
  offered = [];
  const kept = new AttributedStore(store, new Liars(me));
  const archive: JobArchive = {
    load: async () => onDisk,
    async *parts(of) {
      if (of === id) throw new Error('unreadable');
      yield* [];
    },
    save: async () => {
      offered.push('head');
      if (isBroken) throw new Error('broken');
      return !isFull;
    },
    savePart: async (_, part, version, bytes) => {
      offered.push(`${part} v${version} ${[...decodeAttributed(bytes).bytes]}`);
      return !isFull;
    },
    isKept: async () => isKept,
    remove: async () => void offered.push('remove'),
  };
  archiver = new Archiver({
    archive,
    timers: new SimulatedHost(scheduler),
    job: () => ({
      description,
      control: { ...FIRST_CONTROL, phase },
      term: { number: 1, node: me },
      ...{ standby, isAttended },
      liars: [],
      log: [{ term: { number: 1, node: me }, version: logVersion, omitted: 0, events: [], work: [] }],
    }),
    store: () => kept,
    makeStore: async (job) => {
      if (unheardOf.has(job.description.id)) throw new Error('the server is away');
      return kept;
    },
    restored: (job, results) => restored.push([job.description.id, results !== undefined]),
  });
});

describe('an archiver', () => {
  it('offers what has changed, with its version, once', async () => {
    store.versions[3] = 2;
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered).toEqual(['head', '3 v2 3,2']);
    store.versions[3] = 5;
    store.versions[7] = 1;
    archiver.changed(id);
    await scheduler.runFor(10_000);
    expect(offered).toEqual(['head', '3 v2 3,2', '3 v5 3,5', '7 v1 7,1']);
  });

  it('offers a part that changes all the time when it has twice as much, or after 15 seconds, and at once when the Job is not worked on any more', async () => {
    for (let second = 1; second <= 45; second++) {
      store.versions[3] = second;
      archiver.changed(id);
      await scheduler.runFor(1000);
    }
    expect(offered.filter((one) => one !== 'head')).toEqual(
      [3, 6, 12, 24, 39].map((second) => `3 v${second} 3,${second}`),
    );
    store.versions[3] = 46;
    phase = 'paused';
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered.at(-1)).toBe('3 v46 3,46');
  });

  it('offers what another Node has, too, every 15 seconds, and as otherwise once that one has left', async () => {
    standby = newNodeId(seededRandom(2));
    const until = async (end: number): Promise<void> => {
      for (let second = (store.versions[3] ?? 0) + 1; second <= end; second++) {
        store.versions[3] = second;
        archiver.changed(id);
        await scheduler.runFor(1000);
      }
    };
    const parts = () => offered.filter((one) => one !== 'head');
    await until(16);
    store.versions[7] = 1;
    await until(32);
    expect(parts()).toEqual(['3 v15 3,15', '3 v30 3,30', '7 v1 7,1']);
    store.versions[8] = 1;
    isAttended = false;
    await until(34);
    expect(parts().slice(3)).toEqual(['8 v1 8,1']);
    [standby, isAttended] = [undefined, true];
    store.versions[9] = 1;
    await until(37);
    expect(parts().slice(4)).toEqual(['9 v1 9,1']);
  });

  it('offers the head again when something was written into the log', async () => {
    archiver.changed(id);
    await scheduler.runFor(3000);
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered).toEqual(['head']);
    logVersion++;
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered).toEqual(['head', 'head']);
  });

  it('offers again, a few seconds later, what the disk did not take, and not all of it when it takes nothing', async () => {
    archiver.changed(id);
    await scheduler.runFor(3000);
    store.versions.fill(1);
    isFull = true;
    offered = [];
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered).toHaveLength(8);
    isFull = false;
    offered = [];
    await scheduler.runFor(3000);
    expect(offered).toHaveLength(20);
    await scheduler.runFor(30_000);
    expect(offered).toHaveLength(20);
  });

  it('offers no part of a Job whose head was not taken', async () => {
    isFull = true;
    store.versions.fill(1);
    archiver.changed(id);
    await scheduler.runFor(3000);
    expect(offered).toEqual(['head']);
    archiver.close();
    await scheduler.runFor(30_000);
    expect(offered).toEqual(['head']);
  });
});

describe('a Job that somebody else removed from the disk', () => {
  const keepAll = async (): Promise<void> => {
    store.versions.fill(1);
    archiver.changed(id);
    await scheduler.runFor(3_000);
    offered = [];
    isKept = false;
  };
  const change = async (): Promise<void> => {
    store.versions[3] = 2 * (store.versions[3] ?? 0);
    archiver.changed(id);
    await scheduler.runFor(3_000);
  };

  it('is offered again, all of it, while it is worked on', async () => {
    await keepAll();
    for (let look = 0; look < 5; look++) await change();
    expect(offered.filter((one) => one === 'head')).toHaveLength(1);
    expect(new Set(offered.map((one) => one.split(' ')[0])).size).toBe(1 + 20);
    isKept = true;
    offered = [];
    for (let look = 0; look < 5; look++) await change();
    expect(offered.every((one) => one.startsWith('3 v'))).toBe(true);
  });

  it('is offered again, all of it, no later where another Node has it, too', async () => {
    standby = newNodeId(seededRandom(2));
    for (const hasChangedHead of [false, true]) {
      isKept = true;
      store.versions = store.versions.map((version) => version + 1);
      for (let look = 0; look < 6; look++) await change();
      isKept = false;
      offered = [];
      if (hasChangedHead) logVersion++;
      for (let look = 0; look < 5; look++) await change();
      expect(new Set(offered.map((one) => one.split(' ')[0])).size).toBe(1 + 20);
    }
  });

  it('is offered again, all of it, when its head has changed, too', async () => {
    await keepAll();
    logVersion++;
    await change();
    expect(offered.map((one) => one.split(' ')[0])).toEqual(['head', ...store.versions.keys()].map(String));
  });

  it('stays forgotten when it is over', async () => {
    await keepAll();
    phase = 'done';
    for (let look = 0; look < 5; look++) await change();
    expect(offered.filter((one) => one.includes(' v') && !one.startsWith('3 v'))).toEqual([]);
  });
});

describe('a part that cannot be read', () => {
  it('keeps neither the other parts from the disk nor another Job, and is offered when it can', async () => {
    store.versions.fill(1);
    const { encodePart } = store;
    let isUnreadable = true;
    store.encodePart = (part) => {
      if (part === 2 && isUnreadable) throw new Error('unreadable');
      return encodePart(part);
    };
    const other = named({ ...description, title: 'another' }).id;
    for (const one of [id, other]) archiver.changed(one);
    await archiver.flush();
    const partsOffered = (): readonly string[] => offered.filter((one) => one.includes(' v'));
    expect(partsOffered()).toHaveLength(2 * 19);
    expect(offered.filter((one) => one === 'head')).toHaveLength(2);
    isUnreadable = false;
    offered = [];
    await scheduler.runFor(60_000);
    expect(partsOffered()).toEqual(['2 v1 2,1', '2 v1 2,1']);
  });
});

describe('a Job that cannot be written', () => {
  it('keeps no other one from the disk, and is offered again', async () => {
    const ids = [id, named({ ...description, title: 'another' }).id];
    isBroken = true;
    for (const one of ids) archiver.changed(one);
    await archiver.flush();
    expect(offered).toEqual(['head', 'head']);
    isBroken = false;
    await scheduler.runFor(3_000);
    expect(offered).toHaveLength(4);
  });
});

describe('results on a disk that cannot be read', () => {
  it('are not here, but what is readable is, and all other Jobs are', async () => {
    const other = named({ ...description, title: 'another' });
    const known = { control: FIRST_CONTROL, term: { number: 1, node: me }, liars: [], log: [] };
    onDisk = [description, other].map((one) => ({ description: one, ...known }));
    await archiver.load();
    expect(restored).toEqual([
      [id, true],
      [other.id, true],
    ]);
  });
});

describe('a Job on the disk whose kind cannot come', () => {
  const other = named({ ...description, title: 'another' });
  beforeEach(() => {
    const known = { control: FIRST_CONTROL, term: { number: 1, node: me }, liars: [], log: [] };
    onDisk = [description, other].map((one) => ({ description: one, ...known }));
    unheardOf.add(id);
  });

  it('holds up no other, and is here as soon as it can', async () => {
    await archiver.load();
    expect(restored).toEqual([[other.id, true]]);
    await scheduler.runFor(60_000);
    expect(restored).toHaveLength(1);
    unheardOf.clear();
    await scheduler.runFor(20_000);
    expect(restored.slice(1)).toEqual([[id, true]]);
  });

  it('does not come back where it was forgotten meanwhile', async () => {
    await archiver.load();
    archiver.removed(id);
    unheardOf.clear();
    await scheduler.runFor(60_000);
    expect(restored).toEqual([[other.id, true]]);
  });
});
