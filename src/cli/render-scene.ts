/**
 * `leafcutter render`: a scene file to a picture file on this machine, with the reader, kernel, block plan and film of the page, so
 * that the picture's hash is the page's for the same input and settings.
 */
import { basename } from 'node:path';
import { type LocalRender, renderLocally } from '../render/job/index.ts';
import { drawnTriangles, encodeScene, readScene } from '../render/scene/index.ts';
import type { RenderSettings } from '../render/settings.ts';
import { CancelledError, systemClock, systemTimers } from '../runtime/index.ts';
import { type BuiltFiles, builtFile } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { filesBeside } from './files-beside.ts';
import { formatOf, needsGuides, type PictureFormat } from './output-options.ts';
import { checkWritable, readWhole, writeWhole } from './render-files.ts';
import type { RenderOptions } from './render-options.ts';
import { denoised, encodePicture, exposureOf } from './render-output.ts';
import { formatNoise, formatRate, formatSeconds, RenderProgress } from './render-progress.ts';
import { choicesOf, settingsOf } from './render-settings.ts';
import { createThreadPool } from './thread-pool.ts';

/** 128 + SIGINT, as shells expect it. */
const INTERRUPTED = 130;

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderToFile(path: string, options: RenderOptions, built: BuiltFiles): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const format = formatOf(options);
    await checkWritable(options.out);
    const prepared = await prepareScene(path, options, abort.signal);
    await renderScene(prepared, options, format, built, abort.signal);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    if (!options.quiet) console.error('leafcutter: interrupted, nothing was written');
    process.exitCode = INTERRUPTED;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

interface PreparedScene {
  /** Encoded. */
  readonly bytes: Uint8Array;
  readonly settings: RenderSettings;
  readonly title: string;
  readonly triangles: number;
}

/** The FlatScene itself ends here: beside its bytes it would double the memory for the whole render. */
async function prepareScene(
  path: string,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<PreparedScene> {
  const files = new Map([[basename(path), await readWhole(path)]]);
  const file = await readScene(files, { ...choicesOf(options), beside: filesBeside(path), signal });
  const { scene, title } = file;
  if (!options.quiet) for (const warning of scene.warnings) console.error(`note: ${warning}`);
  return {
    bytes: inSharedMemory(encodeScene(scene)),
    settings: settingsOf(file, options),
    title,
    triangles: drawnTriangles(scene),
  };
}

/** Threads are given such bytes without a copy each. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

async function renderScene(
  { bytes, settings, title, triangles }: PreparedScene,
  options: RenderOptions,
  format: PictureFormat,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const { size, workers, denoise = false } = options;
  const { samples, noise: goal } = settings;
  const environmentMap = await environmentBytes(settings.environment, options.env, built);
  const compile = async (name: string): Promise<WebAssembly.Module> =>
    WebAssembly.compile(await builtFile(`generated/${name}`, built));
  const modules = { own: await compile('kernel.wasm'), shared: await compile('kernel-shared.wasm') };
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
      ...(needsGuides(format, denoise) && { guides: {} }),
      ...(!options.quiet && { onProgress: (now) => progress.show(now) }),
    });
  } finally {
    progress.clear();
    pool.close();
  }
  const seconds = (systemClock.now() - startMs) / 1000;
  const { width, height } = size;
  const { hash, averageSamples } = rendered;
  const picture = { ...rendered, width, height, title };
  const final = denoise ? await denoised(picture, signal) : picture;
  const exposure = exposureOf(final, format);
  await writeWhole(options.out, encodePicture(final, format, denoise));
  const { samplesDone, noise } = rendered.progress;
  const samplesPerSecond = samplesDone / seconds;
  // With a goal `samples` is only the most a pixel gets; some more were rendered and came too late to be of use.
  const reached = goal > 0 && {
    noise: noise === undefined ? null : Number(formatNoise(noise)),
    averageSamples: Math.round(averageSamples * 10) / 10,
  };
  if (options.json) {
    const told = { ...(format.kind === 'png' && { exposure }), ...reached };
    const line = { seconds, samplesPerSecond, hash, width, height, samples, workers, triangles, ...told };
    console.log(JSON.stringify(line));
  } else if (!options.quiet) {
    console.log(
      `${options.out}: ${width}x${height}, ${samples} samples, ${triangles} triangles, ${workers} workers`,
    );
    if (reached) {
      console.log(`noise ${reached.noise ?? 'unknown'}, ${reached.averageSamples} samples on average`);
    }
    if (exposure !== 0) console.log(`exposure ${exposure > 0 ? '+' : ''}${exposure} stops`);
    console.log(`${formatSeconds(seconds)}, ${formatRate(samplesPerSecond)}`);
    console.log(`hash ${hash}`);
  }
}
