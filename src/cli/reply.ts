/** `leafcutter reply`: serves a subject from a script: a fixed answer, or the question back. */
import { Command } from 'commander';
import { count, EXIT_CODES, withMesh } from './mesh-command.ts';
import {
  addHeaders,
  addPattern,
  type HeaderOptions,
  lineOf,
  payloadOf,
  recordOf,
} from './message-options.ts';
import { printable } from './printable.ts';

interface ReplyOptions extends HeaderOptions {
  readonly queue: string;
  readonly count: number | undefined;
  readonly json: boolean;
}

export function replyCommand(): Command {
  return addHeaders(addPattern(new Command('reply')))
    .description('answer the requests to a subject')
    .argument('[text]', 'the answer; without it each question comes back')
    .option(
      '-q, --queue <name>',
      'of several that serve the subject, one of this group answers',
      'leafcutter-reply',
    )
    .option(
      '-c, --count <number>',
      'end after so many (default: go on until Ctrl+C; then the exit code is 0)',
      count,
    )
    .option('--json', 'print one line of JSON for each question, as `leafcutter sub --json`', false)
    .addHelpText('after', EXIT_CODES)
    .action(reply);
}

async function reply(
  invite: string,
  pattern: string,
  text: string | undefined,
  options: ReplyOptions,
): Promise<void> {
  const { queue, count: max, header: headers, json } = options;
  const answer = text === undefined ? undefined : await payloadOf(text);
  await withMesh(invite, options, async ({ mesh, pubsub, signal }) => {
    const subscription = pubsub.subscribe(pattern, { queue, signal, ...(max !== undefined && { max }) });
    await subscription.ready;
    if (json) console.log(JSON.stringify({ ready: mesh.id }));
    else console.error(`serving as ${mesh.id}`);
    for await (const msg of subscription) {
      console.log(json ? JSON.stringify(recordOf(msg)) : lineOf(msg));
      if (msg.reply === '') continue;
      // Whoever asked may have left: that is no reason to end.
      const answered = pubsub.publish(msg.reply, answer ?? msg.data, { headers, ack: true, signal });
      await answered.catch(({ message }: Error) =>
        console.error(`leafcutter: not answered: ${printable(message)}`),
      );
    }
    return 0;
  });
}
