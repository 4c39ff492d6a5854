/**
 * One scene of `leafcutter render`: from its files to its pictures on this machine, with the reader, kernel, block plan and film of the page,
 * so that a picture's hash is the page's for the same input and settings.
 */
import { cpus } from 'node:os';
import { type LocalRender, type RenderPool, renderLocally } from '../render/job/index.ts';
import { encodeScene, type FlatCamera } from '../render/scene/index.ts';
import type { RenderSettings } from '../render/settings.ts';
import { systemClock, systemTimers } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { finishPicture } from './finish-picture.ts';
import { formatOf, needsGuides } from './output-options.ts';
import { picturePath } from './output-pattern.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import type { RenderToFile } from './render-options.ts';
import { RenderProgress } from './render-progress.ts';
import { createThreadPool } from './thread-pool.ts';
import { orbited } from './turntable.ts';

export interface SceneRender {
  readonly path: string;
  /** Of its pictures; `options.out` is the pattern. */
  readonly name: string;
  /** There are other scenes: what is told names this one. */
  readonly isOneOfSeveral: boolean;
  /** Is told of each file that makes the picture, before it is read or missed. */
  readonly onFile?: (path: string) => void;
}

/** @throws LeafcutterError for what a person can mend: says what and how; CancelledError */
export async function renderScene(
  scene: SceneRender,
  options: RenderToFile,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const { path, name, isOneOfSeveral, onFile } = scene;
  const { workers = cpus().length, denoise = false, turntable, quiet } = options;
  const { bytes, views, settings, title, triangles } = await encodedScene(scene, options, signal);
  if (options.env?.kind === 'file') onFile?.(options.env.name);
  const environmentMap = await environmentBytes(settings.environment, options.env, built);
  const { modules } = await builtKernel(built);
  const pool = createThreadPool(modules, built.thread);
  pool.setSize(workers);
  try {
    let look = options;
    for (const [index, camera] of views.entries()) {
      const number = turntable === undefined ? undefined : { value: index + 1, last: turntable };
      const out = picturePath(options.out, name, number);
      const startMs = systemClock.now();
      const ofView = { ...settings, camera };
      const input = { scene: bytes, environmentMap, settings: ofView, signal };
      const rendered = await renderHere(pool, input, {
        hasGuides: needsGuides(formatOf(options), denoise),
        label: quiet ? undefined : isOneOfSeveral || number ? out : '',
      });
      const { samplesDone, noise } = rendered.progress;
      const exposure = await finishPicture(
        {
          ...{ title, settings: ofView, samplesDone, noise },
          ...rendered,
          seconds: (systemClock.now() - startMs) / 1000,
          counts: { workers, triangles },
          ...((isOneOfSeveral || number) && { scene: path }),
        },
        { ...look, out },
        signal,
      );
      // One exposure for all around: one that suits each by itself would flicker.
      if (look.exposure === 'auto' && /\.png$/i.test(out)) look = { ...look, exposure };
    }
  } finally {
    pool.close();
  }
}

interface EncodedScene extends Pick<PreparedScene, 'settings' | 'title' | 'triangles'> {
  readonly bytes: Uint8Array;
  /** One a picture. */
  readonly views: readonly RenderSettings['camera'][];
}

/** The FlatScene itself ends here, and its files: beside its bytes it would double the memory for the whole render. */
async function encodedScene(
  { path, onFile }: SceneRender,
  options: RenderToFile,
  signal: AbortSignal,
): Promise<EncodedScene> {
  const { scene, settings, title, triangles } = await prepareScene(path, options, signal, onFile);
  const { camera } = settings;
  const start: FlatCamera | undefined = typeof camera === 'number' ? scene.cameras[camera] : camera;
  const { turntable = 1 } = options;
  const views = Array.from({ length: turntable }, (_, i) =>
    // The first is the plain picture, to the bit.
    i === 0 || !start ? camera : orbited(start, scene.bounds, i / turntable),
  );
  return { settings, title, triangles, views, bytes: inSharedMemory(encodeScene(scene)) };
}

/** Threads are given such bytes without a copy each. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** @param told `label`: what the progress begins with; undefined: none is shown */
async function renderHere(
  pool: RenderPool,
  input: Pick<Parameters<typeof renderLocally>[0], 'scene' | 'environmentMap' | 'settings' | 'signal'>,
  { hasGuides, label }: { readonly hasGuides: boolean; readonly label: string | undefined },
): Promise<LocalRender> {
  const progress = new RenderProgress(process.stderr, () => systemClock.now(), label);
  try {
    return await renderLocally({
      ...input,
      ...{ pool, clock: systemClock, timers: systemTimers },
      ...(hasGuides && { guides: {} }),
      ...(label !== undefined && { onProgress: (now) => progress.show(now) }),
    });
  } finally {
    progress.clear();
  }
}
