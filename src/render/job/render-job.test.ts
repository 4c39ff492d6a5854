/** Stages of one render, with roles that are given by hand: what the farm does is tested there. */
import { describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { CancelledError } from '../../runtime/index.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { newNodeId } from '../../wire/index.ts';
import { filmHash, inMemory } from '../film/index.ts';
import type { MeshRenderJob } from './render-job.ts';
import { RenderStore } from './render-store.ts';
import { copy, ID, plan, random, render, Stages, settings } from './stages.testing.ts';

quietVirtualTime();

/** One leads, one looks on. */
function pair() {
  const stages = new Stages(new Scheduler());
  const [leader, viewer] = [stages.add(), stages.add()];
  const store = new RenderStore(plan, settings, inMemory);
  const stores = new Map([[leader.id, store]]);
  stages.tell(stores);
  return { stages, leader, viewer, store, stores };
}

const pictured = ({ reel }: RenderStore) => ({
  ...{ width: settings.width, height: settings.height },
  readTile: (tile: number, target: Float32Array, offset: number) => reel.readTile(tile, target, offset),
});
const total = (job: MeshRenderJob) => job.film.tileSamples.reduce((sum, samples) => sum + samples, 0);
const everything = () => {
  const store = new RenderStore(plan, settings, inMemory);
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
    expect([...viewer.job.film.tileSamples]).toEqual([...store.reel.tileSamples]);
    expect(viewer.job.progress).toMatchObject({ samplesDone: store.doneCost, shares: [{ node: leader.id }] });
    render(store, viewer.id, 8);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done' && leader.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(leader.job.hash);
    expect(await viewer.job.finished).toBe(await filmHash(pictured(everything())));
    expect(viewer.job.progress.samplesDone).toBe(viewer.job.progress.samplesTotal);
    // What was on its way says less than the whole picture.
    viewer.job.progressArrived(leader.id, { ...viewer.job.progress, samplesDone: 1 });
    expect(viewer.job.progress.samplesDone).toBe(viewer.job.progress.samplesTotal);
  });

  it('goes on from its second copy when the one that leads is gone, and no stage steps back', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    const third = stages.add();
    const second = new RenderStore(plan, settings, inMemory);
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
    expect(third.job.hash).toBe(await filmHash(pictured(everything())));
  });

  it('shows the truth when whoever leads now has fewer samples', async () => {
    const { stages, leader, viewer, store } = pair();
    const third = stages.add();
    stages.tell(new Map([[leader.id, store]]));
    render(store, leader.id, 0, 10);
    await stages.scheduler.runFor(2_000);
    const fewer = new RenderStore(plan, settings, inMemory);
    render(fewer, leader.id, 0, 5);
    stages.gone.add(leader.id);
    stages.term = { number: 2, node: viewer.id };
    stages.tell(new Map([[viewer.id, fewer]]));
    expect([...viewer.job.film.tileSamples]).toEqual([...fewer.reel.tileSamples]);
    await stages.scheduler.runFor(2_000);
    expect([...third.job.film.tileSamples]).toEqual([...fewer.reel.tileSamples]);
    expect(third.job.progress.samplesDone).toBe(fewer.doneCost);
  });

  it('is not sent to the second copy, which has it already; but its end is, should it be missing there', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    const second = new RenderStore(plan, settings, inMemory);
    stores.set(viewer.id, second);
    stages.standby = viewer.id;
    stages.tell(stores);
    await stages.scheduler.runFor(100);
    render(store, leader.id, 0, 8);
    copy(store, second);
    await stages.scheduler.runFor(3_000);
    expect(stages.tileMessages).toBe(0);
    expect(viewer.job.progress.samplesDone).toBe(store.doneCost);
    expect(total(viewer.job)).toBe(total(leader.job));
    render(store, leader.id, 8);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(leader.job.hash);
  });

  it('is shown whole to who comes when all results are gone, by one that has the picture', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    render(store, leader.id);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    const { hash } = viewer.job;
    stages.gone.add(leader.id);
    const newcomer = stages.add();
    const late = stages.add();
    // The newcomer leads, with nothing.
    stages.term = { number: 2, node: newcomer.id };
    stages.tell(new Map([[newcomer.id, new RenderStore(plan, settings, inMemory)]]));
    await stages.scheduler.runUntil(() => newcomer.job.state === 'done' && late.job.state === 'done', 10_000);
    expect([newcomer.job.hash, late.job.hash, viewer.job.hash]).toEqual([hash, hash, hash]);
    const samplesDone = 100 * 70 * settings.samples;
    expect(late.job.progress).toMatchObject({ samplesDone, samplesTotal: samplesDone, tilesFinished: 4 });
  });

  it('is awaited, not rendered for ever, when nobody has the picture of a render that is done', async () => {
    const { stages, leader, viewer } = pair();
    await stages.scheduler.runFor(100);
    stages.gone.add(leader.id);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.term = { number: 2, node: viewer.id };
    stages.tell(new Map());
    await stages.scheduler.runFor(3_000);
    expect([viewer.job.state, viewer.job.reason]).toEqual([
      'waiting',
      expect.stringMatching(/whole picture/),
    ]);
  });

  it('stays whole on a stage that takes the lead with nothing else', async () => {
    const { stages, leader, viewer, store, stores } = pair();
    render(store, leader.id);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(stores);
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    const before = total(viewer.job);
    stages.gone.add(leader.id);
    stages.term = { number: 2, node: viewer.id };
    for (const empty of [undefined, new RenderStore(plan, settings, inMemory)]) {
      stages.tell(new Map(empty ? [[viewer.id, empty]] : []));
      await stages.scheduler.runFor(1_000);
      expect(total(viewer.job)).toBe(before);
      expect(viewer.job.progress.samplesDone).toBe(100 * 70 * settings.samples);
    }
  });

  it('costs a worker without a window no picture, and is led by it all the same', async () => {
    const stages = new Stages(new Scheduler());
    const [worker, viewer] = [stages.add(false), stages.add()];
    const store = new RenderStore(plan, settings, inMemory);
    const stores = new Map([[viewer.id, store]]);
    stages.term = { number: 2, node: viewer.id };
    stages.tell(stores);
    await stages.scheduler.runFor(100);
    render(store, viewer.id, 0, 8);
    await stages.scheduler.runFor(2_000);
    expect([total(worker.job), stages.tileMessages]).toEqual([0, 0]);
    expect(worker.job.progress.samplesDone).toBe(store.doneCost);

    const second = new RenderStore(plan, settings, inMemory);
    copy(store, second);
    stages.term = { number: 3, node: worker.id };
    stages.tell(new Map([[worker.id, second]]));
    await stages.scheduler.runFor(100);
    render(second, worker.id, 8);
    stages.control = { ...stages.control, version: 2, phase: 'done' };
    stages.tell(new Map([[worker.id, second]]));
    await stages.scheduler.runUntil(() => viewer.job.state === 'done', 5_000);
    expect(viewer.job.hash).toBe(await filmHash(pictured(everything())));
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
    expect(await leader.job.finished).toBe(await filmHash(pictured(everything())));
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
    viewer.job.takesPart();
    expect(told).toEqual([
      'preparing another version 2',
      'preparing another version 4',
      'preparing undefined 4',
    ]);
    viewer.job.close();
    expect(viewer.job.state).toBe('waiting');
    await expect(viewer.job.finished).rejects.toBeInstanceOf(CancelledError);
  });
});
