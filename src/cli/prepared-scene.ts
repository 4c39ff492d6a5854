/** The scene that `leafcutter render` was given, read, with the settings that follow from it and from what was asked. */
import { basename } from 'node:path';
import {
  drawnTriangles,
  type FlatScene,
  packFiles,
  readScene,
  type SceneFiles,
  type SceneSource,
} from '../render/scene/index.ts';
import { frameTime, type RenderSettings } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { filesBeside } from './files-beside.ts';
import { readWhole } from './render-files.ts';
import { framesOf, type RenderOptions } from './render-options.ts';
import { choicesOf, settingsOf } from './render-settings.ts';

export interface PreparedScene {
  readonly scene: FlatScene;
  readonly settings: RenderSettings;
  readonly title: string;
  readonly triangles: number;
  /** For others to read; undefined where they might read another scene. */
  source(): SceneSource | undefined;
}

/** What is not shown is said on standard error. @throws LeafcutterError, CancelledError */
export async function prepareScene(
  path: string,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<PreparedScene> {
  const files = new Map([[basename(path), await readWhole(path)]]);
  const { found, beside } = remembered(filesBeside(path));
  const frames = framesOf(options);
  // Of several frames the first one speaks for all: its camera, its focus, its light.
  const reading = { ...choicesOf(options), ...(frames && { time: frameTime(frames, 0) }) };
  const file = await readScene(files, { ...reading, beside, signal });
  if (frames && (file.animations.length === 0 || reading.animation === null)) {
    throw new LeafcutterError('no-animation', 'nothing moves in this scene: render it without --frames');
  }
  const { scene, title, sourceFiles } = file;
  if (!options.quiet) for (const warning of scene.warnings) console.error(`note: ${warning}`);
  return {
    ...{ scene, title, settings: settingsOf(file, options), triangles: drawnTriangles(scene) },
    source: () => sourceFiles && { files: packFiles(sourceFiles, { files, beside: found }), reading },
  };
}

/** What was found beside the scene, by the URIs that it was looked for by. */
function remembered(beside: ReturnType<typeof filesBeside>): {
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
