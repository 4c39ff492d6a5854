/** `leafcutter jobs`: what a Network renders, and has rendered; with `--log` what happened to one of it. */
import { Command } from 'commander';
import { deviceInfoOf } from '../farm/index.ts';
import type { Member } from '../library/index.node.ts';
import { findJob } from './find-job.ts';
import type { FarmWork } from './job-command.ts';
import { logLines, logRecord } from './job-log.ts';
import { jobRows, jobsTable } from './jobs-table.ts';
import { addMeshOptions, EXIT_CODES, type MeshOptions } from './mesh-command.ts';
import { pause } from './pause.ts';

interface JobsOptions extends MeshOptions {
  readonly json: boolean;
  readonly watch: boolean;
  /** The id of one Job. */
  readonly log?: string;
}

/** Between two looks of `--watch`: their coordinators tell how far they are every two seconds. */
const LOOK_EVERY_MS = 2_000;

export function jobsCommand(): Command {
  return addMeshOptions(new Command('jobs'))
    .description(
      'print the jobs of a network: state, how far they are, who leads them and who keeps the second copy',
    )
    .option('--log <job>', 'print instead what happened to that job, and what each device did for it')
    .option('--json', 'print one line of JSON', false)
    .option('--watch', 'print again every two seconds, until Ctrl+C (then the exit code is 0)', false)
    .addHelpText(
      'after',
      `
A job belongs to nobody: whoever leads it may leave, and another one goes on with it, first of all the keeper of the second copy.
JSON: {"network":name,"jobs":[{id, title, kind, phase, reason, done from 0 to 1, priority, coordinator, coordinatorName, standby,
standbyName, checked, liars:[{node, name, withdrawn from 0 to 1}], submittedAt}]}, the newest first; phase is running, paused, done, cancelled or failed; null is nobody, or nothing.
checked: results that other devices have found right; liars: whose results were wrong, and what was taken back because of it.

--log --json: {"network":name,"job":id,"title":title,"events":[{at, kind, node, name, detail}],"omitted":n,"work":[{node, name, tasks,
failures, expired}]}; kind is submitted, led (took the lead), paused, resumed, requeued, cancelled, priority, done, failed; of a device
joined, failure, expired (did not bring so many tasks in time), blocked, refused, wrong, left. Of a long log "omitted" lie after the first.
${EXIT_CODES}`,
    )
    .action(jobs);
}

async function jobs(invite: string, options: JobsOptions): Promise<void> {
  const { withFarm } = await import('./job-command.ts');
  await withFarm(invite, options, async (context) => {
    const { signal } = context;
    const print = await (options.log === undefined
      ? listing(context, options)
      : logging(context, options.log, options));
    if (!signal.aborted) await print();
    while (options.watch && !signal.aborted) {
      await pause(LOOK_EVERY_MS, signal);
      if (signal.aborted) break;
      if (!options.json) console.log('');
      await print();
    }
    return 0;
  });
}

/** Once everyone has told of the Jobs that it leads. */
async function listing(
  { mesh, farm, rollCall, signal }: FarmWork,
  { json, timeout }: JobsOptions,
): Promise<() => void> {
  const silent = await rollCall({ timeoutMs: 1000 * timeout, signal });
  const nameOf = namesAmong(() => mesh.members());
  for (const node of silent) {
    console.error(`note: ${nameOf(node) ?? node} did not say in time which jobs it leads`);
  }
  return () => {
    const rows = jobRows(farm.jobs(), mesh.members());
    console.log(json ? JSON.stringify({ network: mesh.networkName, jobs: rows }) : jobsTable(rows));
  };
}

async function logging(
  { mesh, farm, rollCall, signal }: FarmWork,
  text: string,
  { json, timeout }: JobsOptions,
): Promise<() => Promise<void>> {
  const { id, title } = await findJob({ farm, rollCall }, text, { timeoutMs: 1000 * timeout, signal });
  const nameOf = namesAmong(() => mesh.members());
  return async () => {
    const log = await farm.readLog(id);
    const job = { id, title };
    console.log(
      json
        ? JSON.stringify({ network: mesh.networkName, ...logRecord(job, log, nameOf) })
        : logLines(job, log, nameOf),
    );
  };
}

const namesAmong =
  (members: () => readonly Member[]) =>
  (node: string): string | undefined => {
    const member = members().find(({ id }) => id === node);
    return member && deviceInfoOf(member.attributes).name;
  };
