/** The scene that `leafcutter render` was given, read, with the settings that follow from it and from what was asked. */
import { basename } from 'node:path';
import {
  drawnTriangles,
  type FlatScene,
  packFiles,
  type ReadSceneOptions,
  type SceneFile,
  type SceneFiles,
  type SceneSource,
} from '../render/scene/index.ts';
import { type FrameRange, frameTime, type RenderSettings } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { filesBeside } from './files-beside.ts';
import type { TellOptions } from './finish-picture.ts';
import { readWhole } from './input-file.ts';
import type { PictureOptions } from './render-options.ts';
import { choicesOf, settingsOf } from './render-settings.ts';
import { createThreadReader } from './thread-reader.ts';

export interface PreparedScene {
  readonly scene: FlatScene;
  readonly file: Omit<SceneFile, 'scene' | 'sourceFiles'>;
  readonly settings: RenderSettings;
  readonly title: string;
  readonly triangles: number;
  /** For others to read; undefined where they might read another scene. */
  source(): SceneSource | undefined;
}

export interface Preparation {
  readonly signal: AbortSignal;
  /** Of its animation. */
  readonly frames?: FrameRange | undefined;
  /** Is told of each file that makes the scene, before it is read or missed. */
  readonly onFile?: ((path: string) => void) | undefined;
  /** The built read-thread-worker: signals are heard while it reads. */
  readonly reader: URL;
}

/** What is not shown is said on standard error. @throws LeafcutterError, CancelledError */
export async function prepareScene(
  path: string,
  options: PictureOptions & Pick<TellOptions, 'quiet'>,
  { signal, frames, onFile, reader }: Preparation,
): Promise<PreparedScene> {
  onFile?.(path);
  const files = new Map([[basename(path), await readWhole(path, signal)]]);
  const { readFiles } = createThreadReader(reader);
  const given: GivenFiles = {
    files,
    beside: filesBeside(path, onFile),
    read: (all, { onProgress, signal: _, beside, ...choice }) => readFiles(all, choice, signal, beside),
  };
  const prepared = await prepareFiles(given, options, { signal, frames });
  if (!options.quiet) for (const warning of prepared.scene.warnings) console.error(`note: ${warning}`);
  return prepared;
}

/** Files in memory, and where to look for what they name besides. */
export interface GivenFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  beside(uri: string): Promise<Uint8Array | undefined>;
  /** As `readScene`, on a thread of its own. */
  read(files: ReadonlyMap<string, Uint8Array>, options: ReadSceneOptions): Promise<SceneFile>;
}

/** The same of files that are in memory. @throws LeafcutterError, CancelledError */
export async function prepareFiles(
  given: GivenFiles,
  options: PictureOptions,
  { signal, frames }: Pick<Preparation, 'signal' | 'frames'>,
): Promise<PreparedScene> {
  const { files, read } = given;
  const { found, beside } = remembered(given.beside);
  // Of several frames the first one speaks for all: its camera, its focus, its light.
  const reading = { ...choicesOf(options), ...(frames && { time: frameTime(frames, 0) }) };
  const file = await read(files, { ...reading, beside, signal });
  if (frames && (file.animations.length === 0 || reading.animation === null)) {
    throw new LeafcutterError('no-animation', 'nothing moves in this scene: render it without --frames');
  }
  const { scene, title, sourceFiles } = file;
  return {
    ...{ scene, file, title, settings: settingsOf(file, options), triangles: drawnTriangles(scene) },
    source: () => sourceFiles && { files: packFiles(sourceFiles, { files, beside: found }), reading },
  };
}

/** What was found beside the scene, by the URIs that it was looked for by. */
function remembered(beside: GivenFiles['beside']): {
  readonly found: SceneFiles['beside'];
  readonly beside: typeof beside;
} {
  const found = new Map<string, Uint8Array>();
  return {
    found,
    async beside(uri) {
      const bytes = await beside(uri);
      if (bytes) found.set(uri, bytes);
      return bytes;
    },
  };
}
