/**
 * `leafcutter render` of one scene or several, one after the other: where each picture goes, and that one scene which fails does not stop
 * the others.
 */
import { basename, extname } from 'node:path';
import type { FrameRange } from '../render/settings.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import { errorLine } from './error-line.ts';
import type { TellOptions } from './finish-picture.ts';
import { counted } from './numbers.ts';
import { checkWritable, makeFolderOf } from './output-file.ts';
import type { OutputOptions } from './output-options.ts';
import { isNamed, patternOf, picturePath, sceneNames } from './output-pattern.ts';
import { checkSink } from './picture-sink.ts';
import { isFolder, scenePaths } from './scene-paths.ts';

export interface ChosenScene {
  readonly path: string;
  /** Of its pictures. */
  readonly name: string;
  /** A folder's scenes are several, however many are in it today. */
  readonly isOneOfSeveral: boolean;
}

/** @throws LeafcutterError `no-scenes` */
export async function chosenScenes(given: readonly string[]): Promise<readonly ChosenScene[]> {
  const paths = await scenePaths(given);
  const names = sceneNames(paths);
  const isOneOfSeveral = paths.length > 1 || (await Promise.all(given.map(isFolder))).includes(true);
  return paths.map((path, i) => ({ path, name: names[i] ?? path, isOneOfSeveral }));
}

/**
 * The pattern of the pictures' names: before hours of rendering it is sure that they can be written.
 * @param frames of each scene
 * @throws LeafcutterError `bad-output`, `no-ffmpeg`, `output-unwritable`
 */
export async function checkedPattern(
  options: OutputOptions,
  scenes: readonly ChosenScene[],
  frames: FrameRange | undefined,
): Promise<string> {
  const { out } = options;
  const areSeveral = scenes.some(({ isOneOfSeveral }) => isOneOfSeveral);
  const named = patternOf(out, (await isFolder(out)) || (areSeveral && extname(out) === ''));
  const pattern = await checkSink({ ...options, out: named }, frames);
  if (scenes.length > 1 && !isNamed(pattern)) {
    const mended = `'${out.slice(0, out.length - extname(out).length)}-*${extname(out)}'`;
    throw new LeafcutterError(
      'bad-output',
      `${scenes.length} scenes would all become ${out}; give a folder, or a * for the scene's name, like -o ${mended}`,
    );
  }
  for (const { name } of scenes) {
    const path = picturePath(pattern, name, frames?.first);
    // A folder that was named for the pictures is made for them; a lone picture's that is not there is a slip.
    if (named !== out && areSeveral) await makeFolderOf(path);
    await checkWritable(path);
  }
  return pattern;
}

/**
 * @param render of one scene
 * @throws CancelledError, and with a single scene what `render` does
 */
export async function renderEach(
  scenes: readonly ChosenScene[],
  render: (scene: ChosenScene) => Promise<void>,
  { json, quiet }: TellOptions,
): Promise<void> {
  let failed = 0;
  for (const scene of scenes) {
    try {
      await render(scene);
    } catch (error) {
      if (error instanceof CancelledError || !scene.isOneOfSeveral) throw error;
      tellFailure(scene, error, json);
      failed++;
    }
  }
  // Told to stop when the last was written, it did its work all the same.
  process.exitCode = failed > 0 ? 1 : 0;
  if (scenes.length > 1 && !quiet) {
    console.error(`${scenes.length - failed} of ${counted(scenes.length, 'scene')} rendered`);
  }
}

/** On standard error, and to programs in the order of the pictures, too. */
export function tellFailure({ path, isOneOfSeveral }: ChosenScene, error: unknown, json: boolean): void {
  const line = errorLine(error).replace(/^leafcutter: /, '');
  const own = `${basename(path)}: `;
  const reason = line.startsWith(own) ? line.slice(own.length) : line;
  console.error(`leafcutter: ${isOneOfSeveral && !line.includes(path) ? `${path}: ${reason}` : line}`);
  if (json) console.log(JSON.stringify({ scene: path, error: line }));
}
