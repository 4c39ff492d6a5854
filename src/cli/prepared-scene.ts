/** The scene that `leafcutter render` was given, read, with the settings that follow from it and from what was asked. */
import { basename } from 'node:path';
import { drawnTriangles, type FlatScene, readScene } from '../render/scene/index.ts';
import type { RenderSettings } from '../render/settings.ts';
import { filesBeside } from './files-beside.ts';
import { readWhole } from './render-files.ts';
import type { RenderOptions } from './render-options.ts';
import { choicesOf, settingsOf } from './render-settings.ts';

export interface PreparedScene {
  readonly scene: FlatScene;
  readonly settings: RenderSettings;
  readonly title: string;
  readonly triangles: number;
}

/** What is not shown is said on standard error. @throws LeafcutterError, CancelledError */
export async function prepareScene(
  path: string,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<PreparedScene> {
  const files = new Map([[basename(path), await readWhole(path)]]);
  const file = await readScene(files, { ...choicesOf(options), beside: filesBeside(path), signal });
  const { scene, title } = file;
  if (!options.quiet) for (const warning of scene.warnings) console.error(`note: ${warning}`);
  return { scene, title, settings: settingsOf(file, options), triangles: drawnTriangles(scene) };
}
