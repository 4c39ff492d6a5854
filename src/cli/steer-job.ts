/** `leafcutter pause`, `resume`, `cancel` and `requeue`: what anyone in a Network may ask of any Job. It holds for everyone. */
import { Command } from 'commander';
import type { JobPhase, JobView } from '../farm/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { findJob } from './find-job.ts';
import { JOB_ARGUMENT, jobName, shareDone } from './job-text.ts';
import { addMeshOptions, EXIT_CODES, type MeshOptions } from './mesh-command.ts';
import { percent } from './numbers.ts';

type Wish = 'pause' | 'resume' | 'cancel' | 'requeue';

const WISHES: Readonly<Record<Wish, { readonly phase: JobPhase; readonly description: string }>> = {
  pause: { phase: 'paused', description: 'let a job rest, for everyone; what is done stays' },
  resume: { phase: 'running', description: 'go on with a paused job' },
  cancel: { phase: 'cancelled', description: 'end a job, for everyone' },
  requeue: { phase: 'running', description: 'go on with a cancelled or failed job, from where it was' },
};

interface SteerOptions extends MeshOptions {
  readonly json: boolean;
}

export function steerCommands(): readonly Command[] {
  return (Object.keys(WISHES) as Wish[]).map((wish) =>
    addMeshOptions(new Command(wish))
      .description(WISHES[wish].description)
      .argument('<job>', JOB_ARGUMENT)
      .option('--json', 'print one line of JSON instead of text', false)
      .addHelpText(
        'after',
        `\nJSON: {"job":id,"title":title,"phase":phase,"done":from 0 to 1}.\n${EXIT_CODES}`,
      )
      .action((invite: string, job: string, options: SteerOptions) => steer(wish, invite, job, options)),
  );
}

async function steer(wish: Wish, invite: string, text: string, options: SteerOptions): Promise<void> {
  const { withFarm } = await import('./job-command.ts');
  await withFarm(invite, options, async ({ farm, rollCall, signal }) => {
    const timeoutMs = 1000 * options.timeout;
    const found = await findJob({ farm, rollCall }, text, { timeoutMs, signal });
    await farm.wish(found.id, { type: wish });
    const job = farm.view(found.id);
    if (!job) throw new LeafcutterError('no-such-job', `${jobName(found)} was forgotten meanwhile`);
    const told = outcome(wish, job);
    console.log(options.json ? JSON.stringify(recordOf(job)) : told);
    return 0;
  });
}

/** @throws LeafcutterError `job-not-so` where it could not be done */
export function outcome(wish: Wish, job: JobView): string {
  const { phase } = job.control;
  const what = jobName(job.description);
  if (phase === WISHES[wish].phase) return `${what}: ${phase}, ${percent(shareDone(job))} done`;
  const instead = phase === 'cancelled' || phase === 'failed' ? '; `leafcutter requeue` goes on with it' : '';
  throw new LeafcutterError('job-not-so', `${what} is ${phase}: there is nothing to ${wish}${instead}`);
}

function recordOf(job: JobView): object {
  const { id, title } = job.description;
  return { job: id, title, phase: job.control.phase, done: shareDone(job) };
}
