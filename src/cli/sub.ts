/** `leafcutter sub`: what is published to a subject, a line each. */
import { Command } from 'commander';
import { count, EXIT_CODES, type MeshOptions, withMesh } from './mesh-command.ts';
import { addPattern, lineOf, recordOf } from './message-options.ts';

interface SubOptions extends MeshOptions {
  readonly queue: string | undefined;
  readonly count: number | undefined;
  readonly json: boolean;
}

export function subCommand(): Command {
  return addPattern(new Command('sub'))
    .description('print what is published to a subject')
    .option('-q, --queue <name>', 'share what comes with the other members of this queue group')
    .option(
      '-c, --count <number>',
      'end after so many (default: go on until Ctrl+C; then the exit code is 0)',
      count,
    )
    .option('--json', 'print one line of JSON for each, the first one when the subscription is ready', false)
    .addHelpText(
      'after',
      `
JSON: {"ready":id} first, when every Node in reach knows of the subscription; then {"subject":string,"from":id,"text":string}, with
"base64" in place of "text" for bytes that are no UTF-8, and "reply", "headers" {name:[value]} and "lost" (messages that were lost
before this one) where there are any. Without --json the id goes to standard error, and control characters are replaced.
${EXIT_CODES}`,
    )
    .action(sub);
}

async function sub(invite: string, pattern: string, options: SubOptions): Promise<void> {
  const { queue, count: max, json } = options;
  await withMesh(invite, options, async ({ mesh, pubsub, signal }) => {
    const subscription = pubsub.subscribe(pattern, {
      signal,
      ...(queue !== undefined && { queue }),
      ...(max !== undefined && { max }),
    });
    await subscription.ready;
    if (json) console.log(JSON.stringify({ ready: mesh.id }));
    else console.error(`subscribed as ${mesh.id}`);
    for await (const msg of subscription) console.log(json ? JSON.stringify(recordOf(msg)) : lineOf(msg));
    return 0;
  });
}
