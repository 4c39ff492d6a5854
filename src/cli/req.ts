/** `leafcutter req`: a question to whoever serves a subject, and the answers. */
import { Command } from 'commander';
import { NoAnswerError } from '../services/pubsub/index.ts';
import { count, EXIT_CODES, withMesh } from './mesh-command.ts';
import {
  addHeaders,
  addSubject,
  type HeaderOptions,
  lineOf,
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
  const { replies, header: headers, json } = options;
  const timeoutMs = 1000 * options.timeout;
  await withMesh(invite, options, async ({ mesh, pubsub, signal }) => {
    await settled(mesh, signal);
    const answers = pubsub.requestMany(subject, payload, {
      ...{ headers, signal },
      maxMessages: replies,
      maxWaitMs: timeoutMs,
    });
    let heard = 0;
    for await (const msg of answers) {
      console.log(json ? JSON.stringify(recordOf(msg)) : lineOf(msg));
      heard++;
    }
    if (heard === 0) throw new NoAnswerError(subject, timeoutMs);
    return heard < replies ? 1 : 0;
  });
}
