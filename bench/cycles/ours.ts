// Leafcutter's side: the library behind `leafcutter render`, with its threads as they are built, and the float picture.
import { existsSync, readFileSync } from 'node:fs';
import { createThreadPool } from '../../src/cli/thread-pool.ts';
import { type RenderPool, renderStill } from '../../src/render/job/index.ts';
import type { GuideImages } from '../../src/render/output/index.ts';
import { BUILTIN_ENVIRONMENTS, encodeScene, readScene } from '../../src/render/scene/index.ts';
import { DEFAULT_SETTINGS } from '../../src/render/settings.ts';
import { systemClock, systemTimers } from '../../src/runtime/index.ts';
import type { Frame, Picture } from './picture.ts';

const root = new URL('../../', import.meta.url);
const kernelFiles = ['kernel.wasm', 'kernel-shared.wasm'].map(
  (name) => new URL(`public/generated/${name}`, root),
);
const threadFile = new URL('dist/node/render-thread-worker.js', root);

export function isBuilt(): boolean {
  return [...kernelFiles, threadFile].every((file) => existsSync(file));
}

/** Clocks over the time between the first Block asked for and now: loading and building are not counted. */
class Stopwatch {
  #wallMs = 0;
  #processor = process.cpuUsage();

  start(): void {
    if (this.#wallMs > 0) return;
    this.#wallMs = performance.now();
    this.#processor = process.cpuUsage();
  }

  read(): { seconds: number; processorSeconds: number } {
    const { user, system } = process.cpuUsage(this.#processor);
    return { seconds: (performance.now() - this.#wallMs) / 1000, processorSeconds: (user + system) / 1e6 };
  }
}

/** All workers load before any renders, so that no one's building is counted as another's rendering. */
function measured(pool: RenderPool, watch: Stopwatch): RenderPool {
  let waiting = pool.size;
  let allLoaded: () => void = () => {};
  const loaded = new Promise<void>((resolve) => {
    allLoaded = resolve;
  });
  return {
    get size() {
      return pool.size;
    },
    setSize: (count) => pool.setSize(count),
    async load(index, load) {
      const info = await pool.load(index, load);
      if (--waiting === 0) allLoaded();
      await loaded;
      return info;
    },
    render(index, block) {
      watch.start();
      return pool.render(index, block);
    },
    guides: (index, block) => pool.guides(index, block),
    another: () => pool.another(),
    close: () => pool.close(),
  };
}

export async function renderOurs(
  glb: Uint8Array,
  environment: string | undefined,
  { width, height, samples, bounces, seed, threads }: Frame,
  options: { readonly guides?: boolean } = {},
): Promise<Picture & { readonly guides: GuideImages | undefined }> {
  const { scene } = await readScene(new Map([['scene.glb', glb]]));
  const asset = BUILTIN_ENVIRONMENTS.find(({ name }) => name === environment);
  const [own, shared] = await Promise.all(kernelFiles.map((file) => WebAssembly.compile(readFileSync(file))));
  if (!own) throw new Error('there is no kernel');
  const pool = createThreadPool({ own, shared }, threadFile);
  pool.setSize(threads);
  const watch = new Stopwatch();
  const start = performance.now();
  try {
    const { means, guides } = await renderStill({
      scene: encodeScene(scene),
      environmentMap: asset && new Uint8Array(readFileSync(new URL(`public/${asset.path}`, root))),
      settings: {
        ...DEFAULT_SETTINGS,
        ...{ width, height, samples, bounces, seed },
        environment: asset ? { kind: 'builtin', name: asset.name } : { kind: 'colour', rgb: [0, 0, 0] },
      },
      pool: measured(pool, watch),
      clock: systemClock,
      timers: systemTimers,
      ...(options.guides && { guides: {} }),
    });
    const time = watch.read();
    const setupSeconds = (performance.now() - start) / 1000 - time.seconds;
    return { ...time, setupSeconds, rgb: means.slice(), guides };
  } finally {
    pool.close();
  }
}
