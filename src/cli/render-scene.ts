/**
 * One scene of `leafcutter render`: from its files to its pictures on this machine, with the reader, kernel, block plan and film of the page,
 * so that a picture's hash is the page's for the same input and settings. Several pictures (the frames of its animation, or the views of a
 * turntable) are one render: while the last Blocks of one are made the next has begun.
 */
import { cpus } from 'node:os';
import { renderLocally } from '../render/job/index.ts';
import { encodeScene, type SceneSource } from '../render/scene/index.ts';
import { frameCount, frameTime, type RenderSettings } from '../render/settings.ts';
import { systemClock, systemTimers } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { fileSetAside } from './file-set-aside.ts';
import { PictureFinisher } from './finish-picture.ts';
import { checkNoSource } from './output-file.ts';
import { formatOf, needsGuides } from './output-options.ts';
import { picturePaths } from './output-pattern.ts';
import { type Preparation, type PreparedScene, prepareScene } from './prepared-scene.ts';
import type { ChosenScene } from './render-each.ts';
import { framesOf, type RenderToFile, sequenceOf } from './render-options.ts';
import { RenderProgress } from './render-progress.ts';
import { createThreadPool } from './thread-pool.ts';
import { createThreadReader } from './thread-reader.ts';
import { turntableViews } from './turntable.ts';

export interface SceneRender extends ChosenScene {
  /** Is told of each file that makes the pictures, before it is read or missed. */
  readonly onFile?: (path: string) => void;
}

/**
 * @param options `out` is the pattern, as `checkedPattern` returned it
 * @throws LeafcutterError for what a person can mend: says what and how; CancelledError
 */
export async function renderScene(
  { path, name, isOneOfSeveral, onFile }: SceneRender,
  options: RenderToFile,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const { workers = cpus().length, denoise = false, out } = options;
  const sources = new Set<string>();
  const tellFile = (file: string): void => {
    sources.add(file);
    onFile?.(file);
  };
  const { bytes, source, views, settings, title, triangles } = await encodedScene(path, options, {
    signal,
    onFile: tellFile,
    reader: built.reader,
  });
  if (options.env?.kind === 'file') tellFile(options.env.name);
  const frames = sequenceOf(options);
  checkNoSource(out, picturePaths(out, name, frames), sources);
  const environmentMap = await environmentBytes(settings.environment, options.env, built, signal);
  const { modules } = await builtKernel(built);
  const animation = framesOf(options);
  const { readSource: read } = createThreadReader(built.reader);
  const sceneOf = async (frame: number): Promise<Uint8Array> => {
    if (frame === 0 || !source || !animation) return bytes;
    const { files, reading } = source;
    const posed = await read({ files, reading: { ...reading, time: frameTime(animation, frame) } }, signal);
    return inSharedMemory(posed.bytes);
  };
  const finisher = new PictureFinisher(
    { title, settings, frames, name, scene: isOneOfSeveral ? path : undefined },
    options,
    built,
  );
  const pool = createThreadPool(modules, built.thread);
  pool.setSize(workers);
  const aside = fileSetAside();
  const startMs = systemClock.now();
  const label = isOneOfSeveral ? finisher.file : '';
  const progress = new RenderProgress(process.stderr, () => systemClock.now(), label);
  try {
    const { samplesDone, noise } = await renderLocally({
      ...{ sceneOf, environmentMap, settings, pool, signal, setAside: aside.setAside },
      cameraOf: (frame) => views[frame] ?? settings.camera,
      frames: frameCount(frames ? { frames } : {}),
      clock: systemClock,
      timers: systemTimers,
      ...(needsGuides(formatOf(options), denoise) && { guides: {} }),
      ...(!options.quiet && { onProgress: (measure) => progress.show(measure) }),
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

interface EncodedScene extends Pick<PreparedScene, 'settings' | 'title' | 'triangles'> {
  readonly bytes: Uint8Array;
  /** Its files, where there are more frames to be read from them. */
  readonly source: SceneSource | undefined;
  /** Of a turntable one a picture; otherwise none. */
  readonly views: readonly RenderSettings['camera'][];
}

/** The FlatScene itself ends here, and its files: beside its bytes it would double the memory for the whole render. */
async function encodedScene(
  path: string,
  options: RenderToFile,
  preparation: Omit<Preparation, 'frames'>,
): Promise<EncodedScene> {
  const frames = framesOf(options);
  const prepared = await prepareScene(path, options, { ...preparation, frames });
  const { scene, settings, title, triangles } = prepared;
  return {
    ...{ settings, title, triangles },
    source: frames && prepared.source(),
    views: turntableViews(scene, settings.camera, options.turntable ?? 0),
    bytes: inSharedMemory(encodeScene(scene)),
  };
}

/** Threads are given such bytes without a copy each. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
