import { describe, expect, it } from 'vitest';
import { CREW_IS_ABANDONED, CREW_STATE } from '../kernel/assembly/layout.ts';
import type { BuildSite } from '../kernel/index.page.ts';
import type { KernelSceneInfo, KernelView } from '../kernel/index.ts';
import {
  type BuildHelp,
  type LoadedScene,
  type PlacedScene,
  SceneSharing,
  type WaysToLoad,
} from './scene-sharing.ts';

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

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const loaded: LoadedScene = { info, scene: { memory, state: 16, end: 64 }, view };
const CREW = 1024;

/** Whoever waits at the site is told. */
function isAbandoned({ crew }: BuildSite): boolean {
  return new Int32Array(memory.buffer)[(crew + CREW_STATE) / 4] === CREW_IS_ABANDONED;
}

/** Says what was asked for, in order. */
class Ways implements WaysToLoad {
  readonly log: string[] = [];
  readonly site: BuildSite = { memory, crew: CREW };
  placed: (() => Promise<PlacedScene | undefined>)[] = [];
  built: (() => Promise<LoadedScene>)[] = [];
  helped: (() => Promise<void>)[] = [];

  constructor() {
    new Uint8Array(memory.buffer).fill(0);
  }
  async place(): Promise<PlacedScene | undefined> {
    this.log.push('place');
    return this.placed.length ? this.placed.shift()?.() : { site: this.site };
  }
  async build(): Promise<LoadedScene> {
    this.log.push('build');
    return (await this.built.shift()?.()) ?? loaded;
  }
  async help({ helper }: BuildHelp): Promise<void> {
    this.log.push(`help ${helper}`);
    await this.helped.shift()?.();
  }
  async attach({ region }: { region: number }): Promise<void> {
    this.log.push(`attach ${region}`);
  }
  async alone(): Promise<KernelSceneInfo> {
    this.log.push('alone');
    return info;
  }
}

const refuse = () => Promise.reject(new Error('the worker was stopped'));

describe('sharing a scene', () => {
  it('loads it once, all build it, and every other worker gets a region that nobody had', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    await Promise.all([sharing.load(load, ways), sharing.load(load, ways), sharing.load(load, ways)]);
    // The second worker died and is there again: what is built needs no help.
    await sharing.load(load, ways);
    expect(ways.log).toEqual([
      ...['place', 'build', 'help 0', 'help 1'],
      ...['attach 0', 'attach 1', 'attach 2'],
    ]);
    expect(isAbandoned(ways.site)).toBe(false);
  });

  it('keeps Jobs apart', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    await sharing.load({}, ways);
    await sharing.load({}, ways);
    expect(ways.log).toEqual(['place', 'build', 'place', 'build']);
  });

  it('goes on with another worker when the first dies while it places the scene', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    ways.placed = [refuse];
    const outcomes = await Promise.allSettled([sharing.load(load, ways), sharing.load(load, ways)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(ways.log).toEqual(['place', 'place', 'build']);
  });

  it('lets the helpers of one that dies while it builds go, and goes on with one of them', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    ways.built = [refuse];
    let isLetGo = false;
    ways.helped = [
      async () => {
        for (let i = 0; i < 20 && !isAbandoned(ways.site); i++) await Promise.resolve();
        isLetGo = isAbandoned(ways.site);
      },
    ];
    const outcomes = await Promise.allSettled([sharing.load(load, ways), sharing.load(load, ways)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(isLetGo).toBe(true);
    expect(ways.log).toEqual(['place', 'build', 'help 0', 'place', 'build']);
  });

  it('tells the one who builds when a helper dies', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    ways.helped = [refuse];
    ways.built = [
      async () => {
        for (let i = 0; i < 20 && !isAbandoned(ways.site); i++) await Promise.resolve();
        return loaded;
      },
    ];
    const outcomes = await Promise.allSettled([sharing.load(load, ways), sharing.load(load, ways)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(isAbandoned(ways.site)).toBe(true);
  });

  it('lets no more help than there is room for', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    await Promise.all(Array.from({ length: 12 }, () => sharing.load(load, ways)));
    expect(ways.log.filter((line) => line.startsWith('help'))).toHaveLength(7);
    expect(ways.log.filter((line) => line.startsWith('attach'))).toHaveLength(11);
  });

  it('ends when nobody can load it', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    const load = {};
    ways.placed = [refuse, refuse, refuse];
    const loads = [1, 2, 3].map(() => sharing.load(load, ways));
    const outcomes = await Promise.allSettled(loads);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('gives everyone a copy where there is no shared memory', async () => {
    const sharing = new SceneSharing();
    const ways = new Ways();
    ways.placed = [async () => undefined];
    const load = {};
    await sharing.load(load, ways);
    await sharing.load(load, ways);
    expect(ways.log).toEqual(['place', 'alone', 'alone']);
  });
});
