/** `leafcutter jobs`: what a Network renders, and has rendered. */
import { Command } from 'commander';
import { type FarmWork, withFarm } from './job-command.ts';
import { jobRows, jobsTable } from './jobs-table.ts';
import { addMeshOptions, EXIT_CODES, type MeshOptions } from './mesh-command.ts';
import { pause } from './pause.ts';
import { settled } from './settled.ts';

interface JobsOptions extends MeshOptions {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Who leads a Job tells a newcomer at once, and everyone every two seconds: the first may be lost, or be late on a busy machine. */
const BEAT_MS = 2_500;

/** Between two looks of `--watch`: their coordinators tell how far they are every two seconds. */
const LOOK_EVERY_MS = 2_000;

export function jobsCommand(): Command {
  return addMeshOptions(new Command('jobs'))
    .description(
      'print the jobs of a network: state, how far they are, who leads them and who keeps the second copy',
    )
    .option('--json', 'print one line of JSON', false)
    .option('--watch', 'print again every two seconds, until Ctrl+C (then the exit code is 0)', false)
    .addHelpText(
      'after',
      `
A job belongs to nobody: whoever leads it may leave, and another one goes on with it, first of all the keeper of the second copy.
JSON: {"network":name,"jobs":[{id, title, kind, phase, reason, done from 0 to 1, priority, coordinator, coordinatorName, standby,
standbyName, checked, liars:[{node, name, withdrawn from 0 to 1}], submittedAt}]}, the newest first; phase is running, paused, done, cancelled or failed; null is nobody, or nothing.
checked: results that other devices have found right; liars: whose results were wrong, and what was taken back because of it.
${EXIT_CODES}`,
    )
    .action(jobs);
}

async function jobs(invite: string, options: JobsOptions): Promise<void> {
  await withFarm(invite, options, async ({ mesh, farm, signal }) => {
    const print = (): void => {
      const rows = jobRows(farm.jobs(), mesh.members());
      console.log(options.json ? JSON.stringify({ network: mesh.networkName, jobs: rows }) : jobsTable(rows));
    };
    await jobsKnown({ mesh, farm, signal });
    print();
    while (options.watch && !signal.aborted) {
      await pause(LOOK_EVERY_MS, signal);
      if (signal.aborted) break;
      if (!options.json) console.log('');
      print();
    }
    return 0;
  });
}

/** Resolves when whoever leads a Job has had the time to say so, and neither a member nor a Job has been heard of for a moment. */
async function jobsKnown({ mesh, farm, signal }: Omit<FarmWork, 'pubsub' | 'broker'>): Promise<void> {
  const known = new Set<string>();
  const untilMs = performance.now() + BEAT_MS;
  await settled(mesh, signal, (more) =>
    farm.events.on('changed', ({ id }) => {
      if (known.has(id)) return;
      known.add(id);
      more();
    }),
  );
  const leftMs = untilMs - performance.now();
  if (mesh.members().length > 1 && leftMs > 0) await pause(leftMs, signal);
}
