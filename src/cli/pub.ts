/** `leafcutter pub`: one message, or several, to whoever subscribes to its subject. */
import { Command } from 'commander';
import type { Taken } from '../services/pubsub/index.ts';
import { count, EXIT_CODES, withMesh } from './mesh-command.ts';
import { addHeaders, addSubject, type HeaderOptions, payloadOf, subjectOf } from './message-options.ts';
import { settled } from './settled.ts';

interface PubOptions extends HeaderOptions {
  readonly reply: string | undefined;
  readonly count: number;
  readonly json: boolean;
}

export function pubCommand(): Command {
  return addHeaders(addSubject(new Command('pub')))
    .description('publish to whoever subscribes to a subject')
    .argument('<text>', 'what to publish; "-" reads standard input to its end, whatever bytes it has')
    .option('--reply <subject>', 'where answers go', subjectOf)
    .option('-c, --count <number>', 'so many times', count, 1)
    .option('--json', 'print one line of JSON for each: {"subscriptions":number,"nodes":number}', false)
    .addHelpText(
      'after',
      `
It is done when every subscription in reach has taken it (up to 1 MiB); when there is none, it is not.
${EXIT_CODES}`,
    )
    .action(pub);
}

async function pub(invite: string, subject: string, text: string, options: PubOptions): Promise<void> {
  const payload = await payloadOf(text);
  const { reply, header: headers, count: times, json } = options;
  await withMesh(invite, options, async ({ mesh, pubsub, signal }) => {
    await settled(mesh, signal);
    const publishOptions = { headers, ack: true, signal, ...(reply !== undefined && { reply }) };
    for (let i = 0; i < times && !signal.aborted; i++) {
      const taken = await pubsub.publish(subject, payload, publishOptions);
      console.log(json ? JSON.stringify(taken) : lineOf(taken));
    }
    return 0;
  });
}

function lineOf({ subscriptions, nodes }: Taken): string {
  return `taken by ${subscriptions} ${subscriptions === 1 ? 'subscription' : 'subscriptions'} on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
}
