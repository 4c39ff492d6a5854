/** Stages of one render, with roles that are given by hand: what the farm does is tested there. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withoutWebCrypto } from '../../../sim/farm-world.ts';
import type { JobControl, JobRole, JobView } from '../../farm/index.ts';
import { CancelledError, seededRandom, setLogSink } from '../../runtime/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { blockPlan, filmHash } from '../film/index.ts';
import { DEFAULT_SETTINGS, type RenderSpec } from '../settings.ts';
import type { JobId } from './contract.ts';
import { decodeProgress, decodeWatch } from './messages.ts';
import { MeshRenderJob } from './render-job.ts';
import { RenderStore } from './render-store.ts';

beforeAll(() => {
  vi.stubGlobal('crypto', withoutWebCrypto());
  setLogSink(() => {});
});
afterAll(() => {
  vi.unstubAllGlobals();
  setLogSink(undefined);
});

const settings = { ...DEFAULT_SETTINGS, width: 100, height: 70, samples: 12 };
const plan = blockPlan(100, 70, 12);
const spec = { settings } as unknown as RenderSpec;
const random = seededRandom(1);
const ID = '0'.repeat(32) as JobId;

/** Adds Tasks of the plan to a store, as if that Node had done them. */
function render(store: RenderStore, by: NodeId, from = 0, to = plan.taskCount): void {
  for (let task = from; task < to; task++) {
    const { width, height } = plan.block(task);
    const sums = Float32Array.from({ length: width * height * 3 }, (_, i) => (task + 1) / (1 + (i % 977)));
    store.accept(task, new Uint8Array(sums.buffer), { node: by, index: 0 });
  }
}

function copy(from: RenderStore, to: RenderStore): void {
  for (let tile = 0; tile < from.partCount; tile++) {
    if (from.version(tile) > to.version(tile)) to.mergePart(tile, from.encodePart(tile));
  }
}

class Stages {
  readonly scheduler = new Scheduler();
  readonly jobs = new Map<NodeId, MeshRenderJob>();
  readonly gone = new Set<NodeId>();
  tileMessages = 0;
  control: JobControl = { version: 1, phase: 'running', reason: undefined, priority: 2 };
  term = { number: 1, node: newNodeId(random) };
  isAttended = true;
  standby: NodeId | undefined;

  add(isViewer = true): { readonly id: NodeId; readonly job: MeshRenderJob } {
    const id = this.jobs.size === 0 ? this.term.node : newNodeId(random);
    const soon = <T>(deliver: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.scheduler.after(20, () => {
          try {
            resolve(deliver());
          } catch (error) {
            reject(error as Error);
          }
        });
      });
    const to = (target: NodeId): MeshRenderJob | undefined =>
      this.gone.has(target) ? undefined : this.jobs.get(target);
    const job = new MeshRenderJob(this.view(id, 'member'), spec, {
      ...{ clock: this.scheduler, timers: this.scheduler, self: id, isViewer },
      deviceName: (node) => node.slice(0, 4),
      ask: (coordinator, body) =>
        soon(() => {
          const watch = decodeWatch(body);
          const asked = to(coordinator);
          if (!watch || !asked) throw new Error('nobody is there');
          asked.watchedBy(id, watch);
        }),
      sendTiles: (viewer, bytes) =>
        soon(() => {
          this.tileMessages++;
          to(viewer)?.tilesArrived(id, bytes);
        }),
      sendProgress: (viewer, bytes) =>
        soon(() => {
          const message = decodeProgress(bytes);
          if (message) to(viewer)?.progressArrived(id, message.progress);
        }),
      guides: () => Promise.reject(new Error('none')),
      wish: () => Promise.resolve(),
    });
    this.jobs.set(id, job);
    return { id, job };
  }

  view(_node: NodeId, role: JobRole): JobView {
    const description = {
      ...{ id: ID, kind: 'render', title: 'duck.glb', taskCount: plan.taskCount, spec: new Uint8Array() },
      ...{ submitter: this.term.node, submittedAtMs: 0 },
    };
    const { control, term, isAttended, standby } = this;
    const costs = { doneCost: 0, totalCost: 100 * 70 * 12 };
    return { description, control, term, role, isAttended, standby, ...costs, helpers: [], active: [] };
  }

  /** Tells everyone where the Job stands; `stores`: who has results. */
  tell(stores: ReadonlyMap<NodeId, RenderStore>): void {
    for (const [node, job] of this.jobs) {
      if (this.gone.has(node)) continue;
      const store = stores.get(node);
      const isLeader = node === this.term.node && this.isAttended;
      job.viewChanged(this.view(node, isLeader ? 'coordinator' : store ? 'standby' : 'member'), store);
    }
  }
}

/** One leads, one looks on. */
function pair() {
  const stages = new Stages();
  const [leader, viewer] = [stages.add(), stages.add()];
  const store = new RenderStore(plan, settings);
  const stores = new Map([[leader.id, store]]);
  stages.tell(stores);
  return { stages, leader, viewer, store, stores };
}

const total = (job: MeshRenderJob) => job.film.tileSamples.reduce((sum, samples) => sum + samples, 0);
const everything = () => {
  const store = new RenderStore(plan, settings);
  render(store, newNodeId(random));
  return store;
};

describe('a render on several stages', () => {
  it('is the same on the one that looks on as on the one that leads, and is done with one hash', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    expect([leader.job.state, viewer.job.state]).toEqual(['preparing', 'preparing']);
    render(store, leader.id, 0, 8);
    await stages.scheduler.runFor(2_000);
    expect([leader.job.state, viewer.job.state]).toEqual(['rendering', 'rendering']);
    expect([...viewer.job.film.tileSamples]).toEqual([...store.film.tileSamples]);
    expect(viewer.job.progress).toMatchObject({ samplesDone: store.doneCost, shares: [{ node: leader.id }] });
    render(store, viewer.id, 8);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done' && leader.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(leader.job.hash);
    expect(await viewer.job.finished).toBe(await filmHash(everything().film));
    expect(viewer.job.progress.samplesDone).toBe(viewer.job.progress.samplesTotal);
  });

  it('goes on from its second copy when the one that leads is gone, and no stage steps back', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    const third = stages.add();
    const second = new RenderStore(plan, settings);
    stores.set(viewer.id, second);
    stages.standby = viewer.id;
    stages.tell(stores);
    render(store, leader.id, 0, 10);
    copy(store, second);
    await stages.scheduler.runFor(2_000);
    const before = total(third.job);
    expect(before).toBe(total(leader.job));
    expect([leader.job.isOnlyHere, viewer.job.isOnlyHere, third.job.isOnlyHere]).toEqual([
      false,
      false,
      false,
    ]);

    stages.gone.add(leader.id);
    stores.delete(leader.id);
    stages.isAttended = false;
    stages.tell(stores);
    expect([viewer.job.state, third.job.state]).toEqual(['waiting', 'waiting']);
    expect([viewer.job.isOnlyHere, viewer.job.coordinator]).toEqual([true, undefined]);
    expect(third.job.reason).toMatch(/nobody in reach leads/);

    stages.isAttended = true;
    stages.standby = undefined;
    stages.term = { number: 2, node: viewer.id };
    const seen: number[] = [];
    third.job.events.on('tiles', () => seen.push(total(third.job)));
    stages.tell(stores);
    await stages.scheduler.runFor(100);
    render(second, third.id, 0);
    await stages.scheduler.runFor(2_000);
    expect(third.job.coordinator).toBe(viewer.id);
    expect(Math.min(...seen)).toBeGreaterThan(before);
    // Who had rendered before the change is not forgotten.
    expect(viewer.job.progress.shares.map(({ node }) => node)).toEqual([leader.id, third.id]);
    expect(viewer.job.progress.elapsedSeconds).toBeGreaterThan(3.5);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => third.job.state === 'done' && viewer.job.state === 'done', 5_000);
    expect(third.job.hash).toBe(await filmHash(everything().film));
  });

  it('shows the truth when whoever leads now has fewer samples', async () => {
    const { stages, leader, viewer, store } = pair();
    const third = stages.add();
    stages.tell(new Map([[leader.id, store]]));
    render(store, leader.id, 0, 12);
    await stages.scheduler.runFor(2_000);
    const fewer = new RenderStore(plan, settings);
    render(fewer, leader.id, 0, 5);
    stages.gone.add(leader.id);
    stages.term = { number: 2, node: viewer.id };
    stages.tell(new Map([[viewer.id, fewer]]));
    expect([...viewer.job.film.tileSamples]).toEqual([...fewer.film.tileSamples]);
    await stages.scheduler.runFor(2_000);
    expect([...third.job.film.tileSamples]).toEqual([...fewer.film.tileSamples]);
    expect(third.job.progress.samplesDone).toBe(fewer.doneCost);
  });

  it('is not sent to the second copy, which has it already; but its end is, should it be missing there', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    const second = new RenderStore(plan, settings);
    stores.set(viewer.id, second);
    stages.standby = viewer.id;
    stages.tell(stores);
    await stages.scheduler.runFor(100);
    render(store, leader.id, 0, 16);
    copy(store, second);
    await stages.scheduler.runFor(3_000);
    expect(stages.tileMessages).toBe(0);
    expect(viewer.job.progress.samplesDone).toBe(store.doneCost);
    expect(total(viewer.job)).toBe(total(leader.job));
    render(store, leader.id, 16);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(leader.job.hash);
  });

  it('costs a worker without a window no picture, and is led by it all the same', async () => {
    const stages = new Stages();
    const [worker, viewer] = [stages.add(false), stages.add()];
    const store = new RenderStore(plan, settings);
    const stores = new Map([[viewer.id, store]]);
    stages.term = { number: 2, node: viewer.id };
    stages.tell(stores);
    await stages.scheduler.runFor(100);
    render(store, viewer.id, 0, 8);
    await stages.scheduler.runFor(2_000);
    expect([total(worker.job), stages.tileMessages]).toEqual([0, 0]);
    expect(worker.job.progress.samplesDone).toBe(store.doneCost);

    const second = new RenderStore(plan, settings);
    copy(store, second);
    stages.term = { number: 3, node: worker.id };
    stages.tell(new Map([[worker.id, second]]));
    await stages.scheduler.runFor(100);
    render(second, worker.id, 8);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(new Map([[worker.id, second]]));
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(await filmHash(everything().film));
    expect([worker.job.state, worker.job.hash, total(worker.job)]).toEqual(['done', undefined, 0]);
  });

  it('believes nobody but the one that leads', async () => {
    const { stages, viewer, store } = pair();
    const stranger = newNodeId(random);
    await stages.scheduler.runFor(500);
    const progress = { ...viewer.job.progress, samplesDone: 77 };
    viewer.job.progressArrived(stranger, progress);
    expect(viewer.job.progress.samplesDone).not.toBe(77);
    render(store, stranger, 0, 4);
    await stages.scheduler.runFor(1_000);
    const before = total(viewer.job);
    viewer.job.tilesArrived(stranger, new Uint8Array(16));
    expect(total(viewer.job)).toBe(before);
    expect(() => viewer.job.watchedBy(stranger, { id: ID, samplesOf: undefined })).toThrow(
      'coordinated elsewhere',
    );
  });

  it('rests while it is paused: nothing is reported but to those who ask, and the time stands still', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    render(store, leader.id, 0, 4);
    await stages.scheduler.runFor(1_000);
    stages.control = { ...stages.control, version: 2, phase: 'paused' };
    stages.tell(stores);
    expect([leader.job.state, viewer.job.state]).toEqual(['paused', 'paused']);
    const reports: number[] = [];
    leader.job.events.on('progress', () => reports.push(1));
    const { elapsedSeconds } = leader.job.progress;
    await stages.scheduler.runFor(60_000);
    expect(reports).toEqual([]);
    stages.control = { ...stages.control, version: 3, phase: 'running' };
    stages.tell(stores);
    await stages.scheduler.runFor(1_000);
    expect(leader.job.progress.elapsedSeconds - elapsedSeconds).toBeGreaterThan(0.7);
    expect(leader.job.progress.elapsedSeconds - elapsedSeconds).toBeLessThan(1.1);
  });

  it('has a fresh end when it is taken up again', async () => {
    const { stages, leader, stores } = pair();
    stages.control = { ...stages.control, version: 2, phase: 'cancelled', reason: 'it was cancelled' };
    stages.tell(stores);
    await expect(leader.job.finished).rejects.toBeInstanceOf(CancelledError);
    stages.control = { ...stages.control, version: 3, phase: 'running', reason: undefined };
    stages.tell(stores);
    render(stores.get(leader.id) as RenderStore, leader.id);
    stages.control = { ...stages.control, version: 4, phase: 'done' };
    stages.tell(stores);
    expect(await leader.job.finished).toBe(await filmHash(everything().film));
  });

  it('says so once when its state, its reason or who leads it changes, and not otherwise', async () => {
    const { stages, viewer, stores } = pair();
    await stages.scheduler.runFor(100);
    const told: string[] = [];
    viewer.job.events.on('state', (state) =>
      told.push(`${state} ${viewer.job.reason} ${viewer.job.priority}`),
    );
    stages.tell(stores);
    viewer.job.refused('another version');
    viewer.job.refused('another version');
    stages.control = { ...stages.control, version: 2, priority: 4 };
    stages.tell(stores);
    expect(told).toEqual(['preparing another version 2', 'preparing another version 4']);
    viewer.job.close();
    expect(viewer.job.state).toBe('waiting');
    await expect(viewer.job.finished).rejects.toBeInstanceOf(CancelledError);
  });
});
