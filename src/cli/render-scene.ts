/**
 * `leafcutter render`: a scene file to a picture file on this machine, with the reader, kernel, block plan and film of the page, so
 * that the picture's hash is the page's for the same input and settings.
 */
import { cpus } from 'node:os';
import { type LocalRender, renderLocally } from '../render/job/index.ts';
import { encodeScene } from '../render/scene/index.ts';
import { CancelledError, systemClock, systemTimers } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { finishPicture } from './finish-picture.ts';
import { formatOf, needsGuides } from './output-options.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import { checkWritable } from './render-files.ts';
import type { RenderOptions, RenderToFile } from './render-options.ts';
import { RenderProgress } from './render-progress.ts';
import { createThreadPool } from './thread-pool.ts';

/** 128 + SIGINT, as shells expect it. */
const INTERRUPTED = 130;

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderToFile(path: string, options: RenderToFile, built: BuiltFiles): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    formatOf(options);
    await checkWritable(options.out);
    const encoded = await encodedScene(path, options, abort.signal);
    await renderScene(encoded, options, built, abort.signal);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    if (!options.quiet) console.error('leafcutter: interrupted, nothing was written');
    process.exitCode = INTERRUPTED;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

type EncodedScene = Omit<PreparedScene, 'scene' | 'source'> & { readonly bytes: Uint8Array };

/** The FlatScene itself ends here, and its files: beside its bytes it would double the memory for the whole render. */
async function encodedScene(
  path: string,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<EncodedScene> {
  const { scene, source: _, ...rest } = await prepareScene(path, options, signal);
  return { ...rest, bytes: inSharedMemory(encodeScene(scene)) };
}

/** Threads are given such bytes without a copy each. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

async function renderScene(
  { bytes, settings, title, triangles }: EncodedScene,
  options: RenderToFile,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const { workers = cpus().length, denoise = false } = options;
  const environmentMap = await environmentBytes(settings.environment, options.env, built);
  const { modules } = await builtKernel(built);
  const pool = createThreadPool(modules, built.thread);
  pool.setSize(workers);
  const startMs = systemClock.now();
  const progress = new RenderProgress(process.stderr, () => systemClock.now());
  let rendered: LocalRender;
  try {
    rendered = await renderLocally({
      scene: bytes,
      environmentMap,
      settings,
      pool,
      clock: systemClock,
      timers: systemTimers,
      signal,
      ...(needsGuides(formatOf(options), denoise) && { guides: {} }),
      ...(!options.quiet && { onProgress: (now) => progress.show(now) }),
    });
  } finally {
    progress.clear();
    pool.close();
  }
  const { samplesDone, noise } = rendered.progress;
  await finishPicture(
    {
      ...{ title, settings, samplesDone, noise },
      ...rendered,
      seconds: (systemClock.now() - startMs) / 1000,
      counts: { workers, triangles },
    },
    options,
    signal,
  );
}
