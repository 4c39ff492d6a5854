import { describe, expect, it } from 'vitest';
import type { KernelSceneInfo, KernelView } from '../kernel/index.ts';
import { type LoadedScene, SceneSharing, type WaysToLoad } from './scene-sharing.ts';

const info: KernelSceneInfo = {
  triangles: 1,
  emissiveTriangles: 0,
  bvhNodes: 1,
  bvhMilliseconds: 0,
  instances: 0,
  memoryBytes: 0,
};
const view: KernelView = {
  width: 1,
  height: 1,
  bounces: 0,
  seed: 0,
  camera: {
    name: '',
    position: [0, 0, 0],
    right: [1, 0, 0],
    up: [0, 1, 0],
    back: [0, 0, 1],
    projection: { kind: 'orthographic', ymag: 1 },
  },
};

function loaded(): LoadedScene {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return { info, shared: { scene: { memory, state: 16, end: 64 }, view } };
}

/** Says what was asked for, in order. */
class Ways implements WaysToLoad {
  readonly log: string[] = [];
  outcomes: (() => Promise<LoadedScene>)[] = [];

  first(): Promise<LoadedScene> {
    this.log.push('first');
    return this.outcomes.shift()?.() ?? Promise.resolve(loaded());
  }
  async attach({ region }: { region: number }): Promise<void> {
    this.log.push(`attach ${region}`);
  }
  async alone(): Promise<KernelSceneInfo> {
    this.log.push('alone');
    return info;
  }
}

describe('sharing a scene', () => {
  it('loads it once, and gives every other worker a region that nobody had', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    await Promise.all([sharing.load(load, ways), sharing.load(load, ways), sharing.load(load, ways)]);
    // The second worker died and is there again.
    await sharing.load(load, ways);
    expect(ways.log).toEqual(['first', 'attach 0', 'attach 1', 'attach 2']);
  });

  it('keeps Jobs apart', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    await sharing.load({}, ways);
    await sharing.load({}, ways);
    expect(ways.log).toEqual(['first', 'first']);
  });

  it('goes on with another worker when the first dies while it loads', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    ways.outcomes = [() => Promise.reject(new Error('the worker was stopped'))];
    const outcomes = await Promise.allSettled([
      sharing.load(load, ways),
      sharing.load(load, ways),
      sharing.load(load, ways),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(ways.log).toEqual(['first', 'first', 'attach 0']);
  });

  it('ends when nobody can load it', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    const refuse = () => Promise.reject(new Error('the scene is damaged'));
    ways.outcomes = [refuse, refuse, refuse];
    const loads = [1, 2, 3].map(() => sharing.load(load, ways));
    const outcomes = await Promise.allSettled(loads);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('gives everyone a copy where there is no shared memory', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    ways.outcomes = [async () => ({ info, shared: undefined })];
    const load = {};
    await sharing.load(load, ways);
    await sharing.load(load, ways);
    expect(ways.log).toEqual(['first', 'alone']);
  });
});
