/** `leafcutter listen`: what arrives for this Node, a line each, for scripts. */
import { Command } from 'commander';
import { deviceInfoOf } from '../farm/index.ts';
import type { Mesh, Message } from '../library/index.node.ts';
import { addMeshOptions, count, EXIT_CODES, type MeshOptions, withMesh } from './mesh-command.ts';
import { printable } from './printable.ts';
import { DEFAULT_MESSAGE } from './send.ts';

interface ListenOptions extends MeshOptions {
  readonly message: string;
  readonly count: number | undefined;
  readonly json: boolean;
}

export function listenCommand(): Command {
  return addMeshOptions(new Command('listen'))
    .description('print the messages that arrive, sent to this Node or to all')
    .option('-m, --message <name>', 'what the messages are called', DEFAULT_MESSAGE)
    .option(
      '-c, --count <number>',
      'end after so many (default: go on until Ctrl+C; then the exit code is 0)',
      count,
    )
    .option('--json', 'print one line of JSON for each, the first one with the id of this Node', false)
    .addHelpText(
      'after',
      `
JSON: {"ready":id} first, then {"from":id,"name":device,"message":name,"isBroadcast":bool,"text":string}, with "base64" in place
of "text" for bytes that are no UTF-8. Without --json the id goes to standard error, and control characters are replaced.
${EXIT_CODES}`,
    )
    .action(listen);
}

async function listen(invite: string, options: ListenOptions): Promise<void> {
  await withMesh(invite, options, async ({ mesh, signal }) => {
    const messages = mesh.messages(options.message, { signal });
    if (options.json) console.log(JSON.stringify({ ready: mesh.id }));
    else console.error(`listening as ${mesh.id}`);
    let heard = 0;
    for await (const message of messages) {
      console.log(options.json ? JSON.stringify(recordOf(mesh, message)) : lineOf(mesh, message));
      if (++heard === options.count) break;
    }
    return 0;
  });
}

export function recordOf(mesh: Pick<Mesh, 'members'>, { from, name, isBroadcast, body }: Message): object {
  const text = utf8(body);
  return {
    from,
    name: nameOf(mesh, from),
    message: name,
    isBroadcast,
    ...(text === undefined ? { base64: Buffer.from(body).toString('base64') } : { text }),
  };
}

export function lineOf(mesh: Pick<Mesh, 'members'>, { from, body }: Message): string {
  const text = utf8(body) ?? `(${body.length} bytes)`;
  return `${from.slice(0, 8)} ${printable(nameOf(mesh, from))}: ${printable(text)}`;
}

function nameOf(mesh: Pick<Mesh, 'members'>, from: string): string {
  return deviceInfoOf(mesh.members().find(({ id }) => id === from)?.attributes ?? {}).name;
}

function utf8(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
