/** `leafcutter fetch`: the picture of a render that others have, as a file; also of one that this terminal started and left. */
import { Command } from 'commander';
import type { BuiltFiles } from './built-files.ts';
import type { PictureOptions } from './fetch-picture.ts';
import { JOB_ARGUMENT } from './job-text.ts';
import { addMeshOptions, EXIT_CODES } from './mesh-command.ts';
import { addOutputOptions } from './output-options.ts';

/** Without an action: what it does is fetch-picture.ts's. */
export function fetchCommandLine(): Command {
  const command = addMeshOptions(new Command('fetch'))
    .description('get the picture of a job as a PNG or an EXR; of one that is not done, when it is')
    .argument('<job>', JOB_ARGUMENT)
    .requiredOption(
      '-o, --out <file>',
      'the picture to write, .png or .exr; of several frames like frame-####.png, or .mp4 or .webm through ffmpeg',
    )
    .option('--json', 'print one line of JSON instead of text', false)
    .option('--quiet', 'print nothing but errors', false);
  return addOutputOptions(command).addHelpText(
    'after',
    `
Somebody who has it must be there. Ctrl+C ends the waiting, not the job. The hash of the picture is computed here.
${EXIT_CODES}`,
  );
}

export function fetchCommand(built: BuiltFiles): Command {
  return fetchCommandLine().action(async (invite: string, job: string, options: PictureOptions) => {
    const { fetchPicture } = await import('./fetch-picture.ts');
    await fetchPicture(invite, job, options, built);
  });
}
