/** What `leafcutter info` is asked for. */
import { Command } from 'commander';
import { addLookOptions } from './look-options.ts';
import { addPictureOptions, type PictureOptions, SCENE_FILE } from './render-options.ts';

export interface InfoOptions extends PictureOptions {
  readonly json: boolean;
  /** Whether memory and time are measured. */
  readonly measure: boolean;
}

/** Without an action: what it does is describe-scene.ts's. */
export function infoCommandLine(): Command {
  const command = new Command('info')
    .description(
      'print what is in a scene, what of it is not shown, and the memory and time that a render of it takes',
    )
    .argument('<scene>', SCENE_FILE)
    .option('--json', 'print one line of JSON', false)
    .option(
      '--no-measure',
      'leave out memory and time, for which some of it is loaded and rendered for a second',
    );
  return addLookOptions(addPictureOptions(command, false)).addHelpText(
    'after',
    `
Memory and time are of a render with these very options on this machine. They are measured: the scene is loaded into the workers, which
render a small picture of the same view for a second; the rate that they reach is taken for that of the whole picture. With a noise
goal the time is the longest that it may take.`,
  );
}
