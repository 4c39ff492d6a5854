/** `leafcutter render` on this machine: its scenes once, or with --watch again whenever their files change. */
import { CancelledError } from '../runtime/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { FileWatch } from './file-watch.ts';
import { counted } from './numbers.ts';
import { pause } from './pause.ts';
import { type ChosenScene, checkedPattern, chosenScenes, renderEach, tellFailure } from './render-each.ts';
import { type RenderToFile, sequenceOf } from './render-options.ts';
import { renderScene } from './render-scene.ts';
import { withStopSignals } from './stop-signals.ts';

/** Two looks in a row decide that a file is whole: what is saved is seen after half a second. */
const LOOK_MS = 250;

/** @throws LeafcutterError for what a person can mend: says what and how */
export async function renderHere(
  given: readonly string[],
  options: RenderToFile,
  built: BuiltFiles,
): Promise<void> {
  await withStopSignals(async (signal) => {
    try {
      const scenes = await chosenScenes(given);
      const all = { ...options, out: await checkedPattern(options, scenes, sequenceOf(options)) };
      if (options.watch) await watchScenes(scenes, all, built, signal);
      else await renderEach(scenes, (scene) => renderScene(scene, all, built, signal), options);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      if (!options.quiet) console.error('leafcutter: interrupted, what was not done is not written');
    }
  });
  if (options.watch) process.exitCode = 0;
}

/** Until `signal` aborts, which is how it is meant to end. A scene that fails is tried again when its files change. */
async function watchScenes(
  scenes: readonly ChosenScene[],
  options: RenderToFile,
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<void> {
  const watched = scenes.map((scene) => ({ scene, watch: new FileWatch() }));
  let due = watched;
  while (!signal.aborted) {
    for (const { scene, watch } of due) {
      await unlessChanged(watch, signal, async (stop) => {
        const onFile = (path: string): void => watch.note(path);
        await renderScene({ ...scene, onFile }, options, built, stop).catch((error: unknown) => {
          if (!(error instanceof CancelledError)) tellFailure(scene, error, options.json);
        });
      });
    }
    if (due.length > 0 && !options.quiet && !signal.aborted) {
      const files = watched.reduce((sum, { watch }) => sum + watch.size, 0);
      console.error(`watching ${counted(files, 'file')}; Ctrl+C ends`);
    }
    await pause(LOOK_MS, signal);
    due = watched.filter(({ watch }) => watch.look() === 'changed');
  }
}

/** What is rendered from files that are no longer so is not worth its end. */
async function unlessChanged(
  watch: FileWatch,
  signal: AbortSignal,
  render: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  let isChanged: boolean;
  do {
    isChanged = false;
    watch.forget();
    const change = new AbortController();
    const looking = setInterval(() => {
      isChanged ||= watch.look() === 'changed';
      if (isChanged) change.abort();
    }, LOOK_MS);
    try {
      await render(AbortSignal.any([signal, change.signal]));
    } finally {
      clearInterval(looking);
    }
  } while (isChanged && !signal.aborted);
}
