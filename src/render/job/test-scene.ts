/** For tests only: a small real scene, and a pool that runs without threads. */
import { seededRandom, type Timers, uniform } from '../../runtime/index.ts';
import { TILE_SIZE, tileGrid } from '../film/index.ts';
import type { BlockBounds, KernelSceneInfo } from '../kernel/index.ts';
import type { FlatMaterial, FlatScene } from '../scene/index.ts';
import { PLAIN_MATERIAL } from '../scene/test-material.ts';
import { type RenderedBlock, type RenderPool, type SceneLoad, WorkerFailedError } from './pool.ts';
import { WorkerSession } from './worker-session.ts';

function material(changes: Partial<FlatMaterial>): FlatMaterial {
  const own = { name: 'material', baseColor: [0.8, 0.4, 0.2, 1], roughness: 0.6, doubleSided: true } as const;
  return { ...PLAIN_MATERIAL, ...own, ...changes };
}

/** A floor and a light over it, seen from the front. */
export function tinyScene(): FlatScene {
  const quad = (y: number, size: number): number[] => [
    -size,
    y,
    -size,
    size,
    y,
    -size,
    size,
    y,
    size,
    -size,
    y,
    size,
  ];
  return {
    positions: Float32Array.from([...quad(0, 2), ...quad(1.5, 0.4)]),
    normals: Float32Array.from([...Array(4).fill([0, 1, 0]), ...Array(4).fill([0, -1, 0])].flat()),
    tangents: new Float32Array(),
    colors: new Float32Array(),
    uv0: new Float32Array(16),
    uv1: new Float32Array(),
    indices: Uint32Array.of(0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7),
    triangleMaterials: Uint32Array.of(0, 0, 1, 1),
    meshes: [],
    instanceMeshes: new Uint32Array(),
    instanceTransforms: new Float32Array(),
    lights: [],
    materials: [material({}), material({ name: 'light', emissive: [8, 8, 6] })],
    textures: [],
    images: [],
    cameras: [
      {
        name: 'front',
        position: [0, 1, 4],
        right: [1, 0, 0],
        up: [0, 1, 0],
        back: [0, 0, 1],
        projection: { kind: 'perspective', yfov: 0.8 },
      },
    ],
    bounds: { min: [-2, 0, -2], max: [2, 1.5, 2] },
    warnings: [],
  };
}

/** What is known of a scene that was loaded by nobody. */
const NO_INFO: KernelSceneInfo = {
  triangles: 0,
  emissiveTriangles: 0,
  bvhNodes: 0,
  bvhMilliseconds: 0,
  instances: 0,
  memoryBytes: 0,
};

export interface VirtualPoolOptions {
  readonly timers: Timers;
  /** Virtual ms per Block. */
  readonly blockMs: () => number;
  readonly render: (load: SceneLoad, block: BlockBounds) => Promise<Float32Array> | Float32Array;
  /** @default none: it fails */
  readonly guides?: VirtualPoolOptions['render'];
}

/** Workers that take virtual time. */
export class VirtualPool implements RenderPool {
  size = 0;
  protected readonly options: VirtualPoolOptions;
  readonly #loads = new Map<number, SceneLoad>();

  constructor(options: VirtualPoolOptions) {
    this.options = options;
  }

  setSize(count: number): void {
    this.size = count;
  }

  async load(index: number, load: SceneLoad): Promise<KernelSceneInfo> {
    this.#loads.set(index, load);
    return NO_INFO;
  }

  async render(index: number, block: BlockBounds): Promise<RenderedBlock> {
    const load = this.#loads.get(index);
    if (!load) throw new WorkerFailedError('no scene was loaded');
    const sums = await this.options.render(load, block);
    const elapsedMs = this.options.blockMs();
    return new Promise((resolve) => {
      this.options.timers.after(elapsedMs, () => resolve({ sums, elapsedMs }));
    });
  }

  async guides(index: number, block: BlockBounds): Promise<RenderedBlock> {
    const load = this.#loads.get(index);
    const { guides } = this.options;
    if (!load || !guides || index >= this.size) throw new WorkerFailedError('no scene was loaded');
    return { sums: await guides(load, block), elapsedMs: 0 };
  }

  another(): VirtualPool {
    return new VirtualPool(this.options);
  }

  close(): void {
    this.size = 0;
  }
}

/** Of what `fakeSums` makes its numbers: multiplied by this, modulo 2^32. */
const MIX = 0x9e3779b1;
const SAMPLE_STEP = Math.imul(15485863, MIX);

/** Pure, quick, and never the same for two pixels or samples: adds up in a way that shows any mistake of order. */
export function fakeSums({ seed }: SceneLoad, block: BlockBounds): Float32Array {
  const sums = new Float32Array(block.width * block.height * 3);
  let at = 0;
  for (let y = block.y; y < block.y + block.height; y++) {
    for (let x = block.x; x < block.x + block.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let mixed = Math.imul(
          x * 7919 + y * 104729 + channel * 31 + block.firstSample * 15485863 + seed,
          MIX,
        );
        let sum = 0;
        for (let sample = 0; sample < block.sampleCount; sample++) {
          sum = Math.fround(sum + (mixed >>> (mixed & 31)));
          mixed = (mixed + SAMPLE_STEP) | 0;
        }
        sums[at++] = sum;
      }
    }
  }
  return sums;
}

/** Grey of 0.5 with noise that differs from Tile to Tile: the first is calm, the last hopeless. */
export function unevenSums({ seed, width, height }: SceneLoad, block: BlockBounds): Float32Array {
  const grid = tileGrid(width, height);
  const tile = Math.floor(block.y / TILE_SIZE) * grid.tilesAcross + Math.floor(block.x / TILE_SIZE);
  const spread = tile === grid.tileCount - 1 ? 5 : 0.05 * (tile + 1);
  const random = seededRandom(seed + tile * 7919 + block.firstSample * 104729);
  const sums = new Float32Array(block.width * block.height * 3);
  const [mean, noise] = [block.sampleCount * 0.5, spread * Math.sqrt(block.sampleCount) * 4];
  for (let i = 0; i < sums.length; i++) sums[i] = mean + noise * (uniform(random) - 0.5);
  return sums;
}

/** The real kernel, one instance per scene. */
export function kernelSums(
  module: WebAssembly.Module,
  call: 'render' | 'guides' = 'render',
): VirtualPoolOptions['render'] {
  const sessions = new Map<SceneLoad, Promise<WorkerSession>>();
  return async (load, block) => {
    let session = sessions.get(load);
    if (!session) {
      const fresh = new WorkerSession({ own: module, shared: undefined });
      session = fresh.load(load).then(() => fresh);
      sessions.set(load, session);
    }
    return (await session)[call](block).sums.slice();
  };
}
