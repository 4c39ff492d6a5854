/** `leafcutter req`: a question to whoever serves a subject, and the answers. */
import { Command } from 'commander';
import { LeafcutterError } from '../runtime/index.ts';
import { count, EXIT_CODES, withMesh } from './mesh-command.ts';
import {
  addHeaders,
  addSubject,
  answerLineOf,
  type HeaderOptions,
  payloadOf,
  recordOf,
} from './message-options.ts';
import { settled } from './settled.ts';

interface ReqOptions extends HeaderOptions {
  readonly replies: number;
  readonly json: boolean;
}

export function reqCommand(): Command {
  return addHeaders(addSubject(new Command('req')))
    .description('ask whoever serves a subject, and print the answer')
    .argument('[text]', 'the question; "-" reads standard input to its end', '')
    .option('--replies <number>', 'wait for so many answers', count, 1)
    .option('--json', 'print one line of JSON for each answer, as `leafcutter sub --json`', false)
    .addHelpText(
      'after',
      `
Where nobody serves the subject it ends at once; where nobody answers, after --timeout.
${EXIT_CODES}`,
    )
    .action(req);
}

async function req(invite: string, subject: string, text: string, options: ReqOptions): Promise<void> {
  const payload = await payloadOf(text);
  const { replies, timeout, header: headers, json } = options;
  await withMesh(invite, options, async ({ mesh, pubsub, signal }) => {
    await settled(mesh, signal);
    const answers = pubsub.requestMany(subject, payload, {
      ...{ headers, signal },
      maxMessages: replies,
      maxWaitMs: 1000 * timeout,
    });
    let heard = 0;
    for await (const msg of answers) {
      console.log(json ? JSON.stringify(recordOf(msg)) : answerLineOf(msg));
      heard++;
    }
    if (heard < replies) {
      const came =
        heard === 0
          ? 'nobody answered, though somebody subscribes'
          : `only ${heard} of ${replies} answers came`;
      throw new LeafcutterError(
        'no-answer',
        `"${subject}": ${came}; give it more than ${timeout} s with --timeout`,
      );
    }
    return 0;
  });
}
