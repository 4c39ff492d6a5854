import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { plainStore } from '../../farm/plain-store.testing.ts';
import { CancelledError, integerBelow, seededRandom, setLogSink } from '../../runtime/index.ts';
import { develop } from '../film/index.ts';
import { DEFAULT_SETTINGS, type RenderSettings } from '../settings.ts';
import { around, firstJob, type RenderNodeOptions, renderNode } from './render-node.testing.ts';
import { fakeSums, kernelSums, tinyScene, VirtualPool, type VirtualPoolOptions } from './test-scene.ts';

quietVirtualTime();

const settings: RenderSettings = { ...DEFAULT_SETTINGS, width: 150, height: 100, samples: 12, seed: 5 };

interface NodeOptions extends RenderNodeOptions {
  readonly blockMs?: number;
}

function setUp(seed: number, render: VirtualPoolOptions['render'] = fakeSums) {
  const mesh = new FarmWorld(seed);
  const random = seededRandom(seed + 77);
  const add = ({ blockMs = 40, ...options }: NodeOptions = {}) => {
    const tab = mesh.add();
    const pool = new VirtualPool({ timers: tab.host, blockMs: around(random, blockMs), render });
    return renderNode(tab, pool, options);
  };
  const submit = (farm: ReturnType<typeof add>['farm'], changes: Partial<RenderSettings> = {}) =>
    farm.submit({ title: 'tiny.glb', scene: tinyScene(), settings: { ...settings, ...changes } });
  return { mesh, random, add, submit };
}

async function hashAlone(
  changes: Partial<RenderSettings> = {},
  render = fakeSums as VirtualPoolOptions['render'],
) {
  const { mesh, add, submit } = setUp(99, render);
  const job = await submit(add().farm, changes);
  await mesh.runUntil(() => job.state === 'done');
  return job.hash;
}

describe('a render on the mesh', () => {
  it('has the same hash on every stage as one Node alone, whatever dies, joins and leaves', async () => {
    const expected = await hashAlone();
    for (let seed = 0; seed < 3; seed++) {
      const { mesh, random, add, submit } = setUp(seed);
      const starter = add();
      const others = Array.from({ length: 1 + integerBelow(random, 4) }, () =>
        add({ workers: integerBelow(random, 3), blockMs: 20 + integerBelow(random, 100) }),
      );
      await mesh.meet();
      const job = await submit(starter.farm);
      for (let round = 0; round < 4; round++) {
        await mesh.runFor(50 + integerBelow(random, 300));
        const dice = integerBelow(random, 3);
        if (dice === 0) others.push(add({ workers: 2 }));
        if (dice === 1) {
          const [victim] = others.splice(integerBelow(random, others.length), 1);
          if (victim) mesh.kill(victim.node.id);
        }
        if (dice === 2) others[0]?.farm.setWorkerCount(integerBelow(random, 4));
      }
      await mesh.runUntil(
        () => job.state === 'done' && others.every(({ farm }) => farm.jobs[0]?.state === 'done'),
      );
      for (const { farm } of [starter, ...others]) expect(firstJob(farm).hash, `seed ${seed}`).toBe(expected);
      expect(job.progress.samplesDone).toBe(150 * 100 * 12);
      expect(job.progress.shares.reduce((sum, share) => sum + share.samples, 0)).toBe(150 * 100 * 12);
      expect(await job.finished).toBe(expected);
    }
  });

  it('is the same with the real kernel, alone and shared with deaths and a late joiner', async () => {
    const module = await WebAssembly.compile(
      await readFile(new URL('../../../public/generated/kernel.wasm', import.meta.url)),
    );
    const changes = { width: 96, height: 80, samples: 5, bounces: 3 };
    const expected = await hashAlone(changes, kernelSums(module));
    const { mesh, add, submit } = setUp(3, kernelSums(module));
    const [starter, victim] = [add(), add({ workers: 2 })];
    await mesh.meet();
    const job = await submit(starter.farm, changes);
    await mesh.runFor(150);
    mesh.kill(victim.node.id);
    const late = add({ workers: 1 });
    await mesh.runUntil(() => job.state === 'done' && late.farm.jobs[0]?.state === 'done');
    expect(job.hash).toBe(expected);
    expect(firstJob(late.farm).hash).toBe(expected);
    expect(develop(job.film).some((value) => value > 0)).toBe(true);
  });

  it('is shown whole to a Node that comes when it is over', async () => {
    const { mesh, add, submit } = setUp(4);
    const starter = add();
    const job = await submit(starter.farm);
    await mesh.runUntil(() => job.state === 'done');
    const late = add();
    await mesh.runUntil(() => late.farm.jobs[0]?.state === 'done');
    expect(firstJob(late.farm).hash).toBe(job.hash);
    expect(firstJob(late.farm).title).toBe('tiny.glb');
    expect(develop(firstJob(late.farm).film)).toEqual(develop(job.film));
  });

  it('shows the same progress elsewhere, with shares, active Tiles and speed', async () => {
    const { mesh, add, submit } = setUp(5);
    const [starter, other] = [add(), add({ workers: 2 })];
    await mesh.meet();
    const job = await submit(starter.farm, { samples: 800 });
    await mesh.runFor(1_500);
    const seen = firstJob(other.farm).progress;
    expect(firstJob(other.farm).state).toBe('rendering');
    expect(seen.shares.map(({ node }) => node).sort()).toEqual([starter.node.id, other.node.id].sort());
    expect(seen.samplesPerSecond).toBeGreaterThan(0);
    expect(seen.etaSeconds).toBeGreaterThan(0);
    expect(seen.active.length).toBeGreaterThan(0);
    expect(Math.abs(seen.samplesDone - job.progress.samplesDone)).toBeLessThan(
      job.progress.samplesTotal / 10,
    );
    const events: number[] = [];
    job.events.on('progress', () => events.push(mesh.now()));
    await mesh.runFor(1_000);
    expect(events.length).toBeLessThanOrEqual(11);
  });

  it('says what those were called who rendered some of it and left, also where another led meanwhile', async () => {
    const { mesh, add, submit } = setUp(41);
    const [starter, other, helper] = [add({ blockMs: 400 }), add({ blockMs: 400 }), add({ blockMs: 400 })];
    await mesh.meet();
    await submit(starter.farm, { width: 100, height: 64, samples: 800 });
    await mesh.runFor(1_500);
    mesh.kill(helper.id);
    await mesh.runFor(5_000);
    mesh.kill(starter.id);
    const job = firstJob(other.farm);
    await mesh.runUntil(() => job.state === 'done');
    const names = new Map(job.progress.shares.map(({ node, deviceName }) => [node, deviceName]));
    expect([starter, other, helper].map(({ id }) => names.get(id))).toEqual(['tab 0', 'tab 1', 'tab 2']);
  });

  it('is not helped by a Node with another kernel, which sees the picture and says why', async () => {
    const { mesh, add, submit } = setUp(6);
    const [starter, stranger] = [add(), add({ kernelHash: 'cd'.repeat(32) })];
    await mesh.meet();
    const job = await submit(starter.farm);
    await mesh.runUntil(() => job.state === 'done' && firstJob(stranger.farm).state === 'done');
    expect(job.progress.shares.map(({ node }) => node)).toEqual([starter.node.id]);
    expect(firstJob(stranger.farm).reason).toContain('another version');
    expect(firstJob(stranger.farm).hash).toBe(job.hash);
  });

  it('is cancelled everywhere from any Node, and its promise says so', async () => {
    const { mesh, add, submit } = setUp(7);
    const [starter, other] = [add(), add()];
    await mesh.meet();
    const job = await submit(starter.farm, { samples: 4000 });
    await mesh.runFor(500);
    void firstJob(other.farm).cancel();
    await mesh.runUntil(() => job.state === 'cancelled' && firstJob(other.farm).state === 'cancelled');
    await expect(job.finished).rejects.toBeInstanceOf(CancelledError);
    expect(job.hash).toBeUndefined();
  });

  it('goes on without the tab that started it, and with its bits, whenever that dies', async () => {
    const changes = { width: 100, height: 64, samples: 160 };
    const expected = await hashAlone(changes);
    for (const share of [0, 0.1, 0.33, 0.8]) {
      const { mesh, add, submit } = setUp(20 + 100 * share);
      const starter = add();
      const others = [add({ workers: 2 }), add(), add({ workers: 0 })];
      await mesh.meet();
      const job = await submit(starter.farm, changes);
      const hasScene = () => others.some(({ blobs }) => blobs.has(job.spec.scene));
      await mesh.runUntil(() => hasScene() && job.progress.samplesDone >= share * job.progress.samplesTotal);
      mesh.kill(starter.node.id);
      await mesh.runUntil(() => others.every(({ farm }) => farm.jobs[0]?.state === 'done'));
      for (const { farm } of others) {
        const seen = firstJob(farm);
        expect(seen.hash, `killed at ${share}`).toBe(expected);
        expect([seen.isOwn, seen.submitter]).toEqual([false, starter.node.id]);
        expect(seen.coordinator).not.toBe(starter.node.id);
      }
    }
  });

  it('waits, and says for what, where the one with the scene is gone before anybody had it', async () => {
    const { mesh, add, submit } = setUp(8);
    const [starter, other] = [add(), add({ workers: 0 })];
    await mesh.meet();
    await submit(starter.farm, { samples: 400 });
    await mesh.runFor(1_000);
    mesh.kill(starter.node.id);
    other.farm.setWorkerCount(1);
    await mesh.runUntil(() => firstJob(other.farm).state === 'waiting');
    await mesh.runUntil(() => firstJob(other.farm).reason?.includes('can work on this render') ?? false);
    expect(firstJob(other.farm).reason).toContain('open it and render it anew, or wait for one');
  });

  it('is paused, resumed, cancelled and taken up again from any Node, and keeps what it has', async () => {
    const changes = { width: 100, height: 64, samples: 800 };
    const expected = await hashAlone(changes);
    const { mesh, add, submit } = setUp(12);
    const [starter, other] = [add({ blockMs: 200 }), add({ blockMs: 200 })];
    await mesh.meet();
    const job = await submit(starter.farm, changes);
    await mesh.runFor(800);
    const seen = firstJob(other.farm);
    void seen.pause();
    await mesh.runUntil(() => job.state === 'paused' && seen.state === 'paused');
    await mesh.runFor(2_000);
    const { samplesDone } = job.progress;
    await mesh.runFor(5_000);
    expect(job.progress.samplesDone).toBe(samplesDone);
    void seen.resume();
    await mesh.runUntil(() => job.progress.samplesDone > samplesDone);
    void seen.setPriority(4);
    await mesh.runUntil(() => job.priority === 4);
    void seen.cancel();
    await mesh.runUntil(() => job.state === 'cancelled' && seen.state === 'cancelled');
    await mesh.runFor(2_000);
    const kept = job.progress.samplesDone;
    void seen.requeue();
    await mesh.runUntil(() => job.state === 'rendering' && seen.state === 'rendering');
    expect(job.progress.samplesDone).toBeGreaterThanOrEqual(kept);
    await mesh.runUntil(() => job.state === 'done' && seen.state === 'done');
    expect([job.hash, seen.hash]).toEqual([expected, expected]);
  });

  it('is safe with a second copy, and not before', async () => {
    const { mesh, add, submit } = setUp(13);
    const starter = add();
    const job = await submit(starter.farm, { samples: 400 });
    await mesh.runFor(2_000);
    expect(job.isOnlyHere).toBe(true);
    const other = add();
    await mesh.runUntil(() => !job.isOnlyHere);
    expect(firstJob(other.farm).isOnlyHere).toBe(false);
    mesh.kill(other.node.id);
    await mesh.runUntil(() => job.isOnlyHere);
  });

  it('is no longer listed where it is removed, and goes on elsewhere', async () => {
    const { mesh, add, submit } = setUp(14);
    const [starter, other] = [add(), add()];
    await mesh.meet();
    const job = await submit(starter.farm, { samples: 100 });
    await mesh.runFor(500);
    other.farm.remove(job.id);
    expect(other.farm.jobs).toEqual([]);
    await mesh.runUntil(() => job.state === 'done');
    expect(job.hash).toBe(await hashAlone({ samples: 100 }));
  });

  it('stays with its person when others have more of them than a Node keeps', async () => {
    const { mesh, add, submit } = setUp(17);
    const [person, other] = [add(), add()];
    await mesh.meet();
    const job = await submit(person.farm);
    await mesh.runUntil(() => job.state === 'done');
    for (let i = 0; i < 20; i++) await (await submit(other.farm, { seed: i })).cancel();
    await mesh.runFor(5_000);
    expect(person.farm.jobs.length).toBeLessThan(20);
    expect(person.farm.jobs).toContain(job);
  });

  it('keeps the scene for the next render of it', async () => {
    const { mesh, add, submit } = setUp(9);
    const [starter, other] = [add(), add()];
    await mesh.meet();
    const job = await submit(starter.farm);
    await mesh.runUntil(() => job.state === 'done');
    await mesh.runFor(1_000);
    expect(other.blobs.has(job.spec.scene)).toBe(true);
  });

  it('is not listed where it cannot be understood, which is said once, however often it changes', async () => {
    const { mesh, add } = setUp(15);
    const [starter, other] = [add(), add()];
    starter.jobs.register({
      name: 'render',
      store: ({ taskCount }) => plainStore(taskCount),
      open: async () => ({
        prepare: async () => {},
        run: () =>
          new Promise((resolve) => {
            mesh.network.scheduler.after(50, () => resolve({ bytes: new Uint8Array(), elapsedMs: 50 }));
          }),
        close() {},
      }),
    });
    await mesh.meet();
    const said: string[] = [];
    setLogSink((level, text) => void (level === 'warn' && said.push(text)));
    let changes = 0;
    other.jobs.events.on('changed', () => changes++);
    const spec = Uint8Array.of(1);
    const id = starter.jobs.submit({ kind: 'render', title: 'x', taskCount: 200, spec });
    await mesh.runUntil(() => other.jobs.view(id)?.control.phase === 'done');
    setLogSink(() => {});
    expect(changes).toBeGreaterThan(1);
    expect([starter.farm.jobs, other.farm.jobs]).toEqual([[], []]);
    expect(said.filter((text) => text.includes('cannot be shown'))).toHaveLength(2);
  });

  it('brings its environment as it was given to all who help', async () => {
    const { mesh, add } = setUp(16);
    const [starter, other] = [add(), add()];
    await mesh.meet();
    const environmentMap = Uint8Array.of(1, 2, 3);
    const environment = { kind: 'builtin', name: 'studio' } as const;
    const job = await starter.farm.submit({
      ...{ title: 'tiny.glb', scene: tinyScene(), environmentMap },
      settings: { ...settings, environment },
    });
    await mesh.runUntil(() => job.state === 'done');
    expect(job.progress.shares).toHaveLength(2);
    const hash = job.spec.environmentMap;
    if (hash === undefined) throw new Error('the environment has no name');
    expect(await other.blobs.get(hash, { holders: [] })).toEqual(environmentMap);
  });

  it('is refused with settings out of range, naming the one', async () => {
    const { add, submit } = setUp(10);
    const { farm } = add();
    await expect(submit(farm, { width: 0 })).rejects.toThrow('width');
    await expect(submit(farm, { samples: 1.5 })).rejects.toThrow('samples');
    await expect(submit(farm, { camera: 3 })).rejects.toThrow('no camera 3');
    await expect(submit(farm, { environment: { kind: 'builtin', name: 'x' } })).rejects.toThrow('map');
    expect(farm.jobs).toEqual([]);
  });

  it('waits with no worker anywhere and goes on when one is lent', async () => {
    const { mesh, add, submit } = setUp(11);
    const [starter, other] = [add({ workers: 0 }), add({ workers: 0 })];
    await mesh.meet();
    const job = await submit(starter.farm);
    await mesh.runFor(5_000);
    expect(job.state).toBe('preparing');
    other.farm.setWorkerCount(1);
    await mesh.runUntil(() => job.state === 'done');
    expect(job.progress.shares.map(({ node }) => node)).toEqual([other.node.id]);
  });
});
