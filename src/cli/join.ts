/** `leafcutter join`: this machine's workers for everyone in a network, without a window. */
import { Command, Option } from 'commander';
import type { BuiltFiles } from './built-files.ts';
import { addDiskOptions } from './disk-options.ts';
import { LOG_LEVELS } from './line-log.ts';
import { addMeshOptions } from './mesh-command.ts';
import { MAX_THREADS, whole } from './render-options.ts';
import type { WorkerOptions } from './worker.ts';

/** Without an action: what it does is worker.ts's. */
export function joinCommandLine(): Command {
  const command = addMeshOptions(new Command('join'))
    .description("lend this machine's workers to every render of a network, without a window, until Ctrl+C")
    .option('--workers <number>', 'threads (default: one per core)', whole(1, MAX_THREADS))
    .addOption(
      new Option(
        '--log, --log-level <level>',
        'what to write to standard error (default: info, with --json warn)',
      ).choices(LOG_LEVELS),
    );
  return addDiskOptions(
    command,
    'where it keeps jobs and scenes, so that it goes on with them when it is begun again',
  )
    .option(
      '--json',
      'print one line of JSON for each thing that happens, and for the state every five seconds',
      false,
    )
    .addHelpText(
      'after',
      `
On a terminal the last line says how it goes; in a log there is a line for each thing that happens, and one a minute.
Ctrl+C and SIGTERM give what is in work back to the others, who go on with it, wait up to ten seconds until one of them has what only
this Node had, and say goodbye; Ctrl+C once more, a second later, does not wait.

What it leads and keeps for others lies on the disk, and the scenes: at most 1 GiB of a network, readable by nobody else. Killed and begun again
it goes on with them. A disk that is full or cannot be written is told of once, and does without.

JSON: {"type":"joined","network":name,"node":id,"workers":n} first; then "member-joined", "member-left" (node, name, reason), "job" (id,
title, state, reason: where it stands, or why this Node takes no part), "status" (members, workers, jobs with how far they are from 0 to 1,
samplesPerSecond, samplesDone, isServerReached, memoryBytes); {"type":"leaving"} last.

Exit codes: 0 stopped, 1 could not join (one line on stderr says why).`,
    );
}

export function joinCommand(built: BuiltFiles): Command {
  return joinCommandLine().action(async (invite: string, options: WorkerOptions) => {
    const { work } = await import('./worker.ts');
    await work(invite, options, built);
  });
}
