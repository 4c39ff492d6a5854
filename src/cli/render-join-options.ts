/** The options of `leafcutter render` for a mesh, and which of its options go together. */
import type { Command } from 'commander';
import { addDiskOptions, type DiskOptions } from './disk-options.ts';
import { addPresenceOptions, EXIT_CODES, type MeshOptions } from './mesh-command.ts';

export interface JoinOptions extends MeshOptions, DiskOptions {
  /** An invite. Undefined: this machine alone. */
  readonly join: string | undefined;
  readonly detach: boolean;
}

const ONLY_ON_A_MESH = ['detach', 'server', 'name', 'timeout', 'disk'];
const NOT_ON_A_MESH = ['turntable', 'watch'];

export function addJoinOptions(command: Command): Command {
  command
    .optionsGroup('On a mesh:')
    .option(
      '--join <invite>',
      'render with everyone in the network of this link (in quotes), shown on every page',
    )
    .option(
      '--detach',
      "do not wait: print the Job's id once another Node keeps it, too; `leafcutter fetch` gets the picture",
      false,
    );
  addDiskOptions(
    command,
    'where it keeps the job and its scene, so that `leafcutter join` goes on with it when this command is killed',
  );
  return addPresenceOptions(command)
    .addHelpText(
      'after',
      `
With --join this machine's workers help as long as the command runs. Ctrl+C ends the Job for everyone; when only the terminal is closed,
it goes on where others have it, and \`leafcutter fetch\` gets it. Killed with nobody else there it lies on the disk: whoever joins with the same
folder goes on with it, \`leafcutter join\` too.
${EXIT_CODES} With --watch Ctrl+C is how it ends: 0.`,
    )
    .hook('preAction', (_, action) => checkTogether(action));
}

/** Ends as every other wrong option does. */
function checkTogether(command: Command): void {
  const { join, detach, out, workers } = command.opts<{
    join?: string;
    detach: boolean;
    out?: string;
    workers?: number;
  }>();
  const refuse = (text: string): never => command.error(`error: ${text}`);
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  if (isGiven('frames') && isGiven('time'))
    refuse('--time is one moment, --frames are several: give one of them');
  if (isGiven('frames') && isGiven('turntable'))
    refuse('--turntable goes around one moment, --frames are several: give one of them');
  if (isGiven('fps') && !isGiven('frames') && !isGiven('turntable'))
    refuse('--fps only goes with --frames <first..last> or --turntable <pictures>');
  if (join === undefined) {
    const lonely = ONLY_ON_A_MESH.find(isGiven);
    if (lonely) refuse(`--${lonely} only goes with --join <invite>`);
    if (workers === 0) refuse('--workers is a whole number from 1 where there is no --join <invite>');
  } else {
    const ownOnly = NOT_ON_A_MESH.find(isGiven);
    if (ownOnly) refuse(`--${ownOnly} does not go with --join: it renders on this machine alone`);
  }
  if (!detach && out === undefined) refuse("required option '-o, --out <file>' not specified");
  if (detach && out !== undefined) {
    refuse(
      '--out does not go with --detach: `leafcutter fetch <invite> <job> --out <file>` writes the picture',
    );
  }
  if (detach && workers !== undefined) {
    refuse(
      '--workers does not go with --detach: this machine does not stay; `leafcutter join` lends workers',
    );
  }
}
