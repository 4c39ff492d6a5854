/**
 * `leafcutter render`: a scene file to a picture file on this machine, with the reader, kernel, block plan and film of the page, so
 * that the picture's hash is the page's for the same input and settings.
 */
import { cpus } from 'node:os';
import { renderLocally } from '../render/job/index.ts';
import { encodeScene, type SceneSource } from '../render/scene/index.ts';
import { frameCount, frameTime } from '../render/settings.ts';
import { CancelledError, systemClock, systemTimers } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { fileSetAside } from './file-set-aside.ts';
import { PictureFinisher } from './finish-picture.ts';
import { formatOf, needsGuides } from './output-options.ts';
import { checkSink } from './picture-sink.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import { checkWritable } from './render-files.ts';
import { framesOf, type RenderOptions, type RenderToFile } from './render-options.ts';
import { RenderProgress } from './render-progress.ts';
import { createThreadPool } from './thread-pool.ts';
import { createThreadReader } from './thread-reader.ts';

/** 128 + SIGINT, as shells expect it. */
const INTERRUPTED = 130;

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderToFile(path: string, options: RenderToFile, built: BuiltFiles): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await checkSink(options, framesOf(options));
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

type EncodedScene = Omit<PreparedScene, 'scene' | 'source'> & {
  readonly bytes: Uint8Array;
  /** Its files, where there are more frames to be read from them. */
  readonly source: SceneSource | undefined;
};

/** The FlatScene itself ends here, and its files: beside its bytes it would double the memory for the whole render. */
async function encodedScene(
  path: string,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<EncodedScene> {
  const { scene, source, ...rest } = await prepareScene(path, options, signal);
  const files = framesOf(options) && source();
  return { ...rest, source: files, bytes: inSharedMemory(encodeScene(scene)) };
}

/** Threads are given such bytes without a copy each. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

async function renderScene(
  { bytes, source, settings, title, triangles }: EncodedScene,
  options: RenderToFile,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const { workers = cpus().length, denoise = false } = options;
  const frames = framesOf(options);
  const environmentMap = await environmentBytes(settings.environment, options.env, built);
  const { modules } = await builtKernel(built);
  const read = createThreadReader(built.reader);
  const sceneOf = async (frame: number): Promise<Uint8Array> => {
    if (frame === 0 || !source || !frames) return bytes;
    const { files, reading } = source;
    const posed = await read({ files, reading: { ...reading, time: frameTime(frames, frame) } }, signal);
    return inSharedMemory(posed.bytes);
  };
  const pool = createThreadPool(modules, built.thread);
  pool.setSize(workers);
  const aside = fileSetAside();
  const startMs = systemClock.now();
  const progress = new RenderProgress(process.stderr, () => systemClock.now());
  const finisher = new PictureFinisher({ title, settings, frames }, options);
  try {
    const { samplesDone, noise } = await renderLocally({
      ...{ sceneOf, environmentMap, settings, pool, signal, setAside: aside.setAside },
      frames: frameCount(frames ? { frames } : {}),
      clock: systemClock,
      timers: systemTimers,
      ...(needsGuides(formatOf(options), denoise) && { guides: {} }),
      ...(!options.quiet && { onProgress: (now) => progress.show(now) }),
      async onFrame(frame) {
        progress.clear();
        await finisher.take(frame, signal);
      },
    });
    const seconds = (systemClock.now() - startMs) / 1000;
    await finisher.finish({ seconds, samplesDone, noise, counts: { workers, triangles } });
  } catch (error) {
    await finisher.abandon();
    throw error;
  } finally {
    progress.clear();
    pool.close();
    await aside.close();
  }
}
