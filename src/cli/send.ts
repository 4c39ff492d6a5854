/** `leafcutter send`: a text from a script to one Node, or to all. */
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { LeafcutterError } from '../runtime/index.ts';
import { findNode } from './find-node.ts';
import { addMeshOptions, EXIT_CODES, type MeshOptions, withMesh } from './mesh-command.ts';
import { settled } from './settled.ts';

interface SendOptions extends MeshOptions {
  readonly message: string;
}

/** What `send` and `listen` call a message where nobody says. */
export const DEFAULT_MESSAGE = 'text';
const EVERYONE = 'all';

export function sendCommand(): Command {
  return addMeshOptions(new Command('send'))
    .description('send a text to a Node, or to all')
    .argument('<node>', `its id, the first 8 characters of it, or "${EVERYONE}"`)
    .argument('<text>', 'what to send; "-" reads standard input to its end, whatever bytes it has')
    .option(
      '-m, --message <name>',
      'what the message is called: who listens for that name gets it',
      DEFAULT_MESSAGE,
    )
    .addHelpText(
      'after',
      `
To one Node it is done when its application has the message (up to 16 MiB), to all when the message has left (up to 1 MiB).
${EXIT_CODES}`,
    )
    .action(send);
}

async function send(invite: string, node: string, text: string, options: SendOptions): Promise<void> {
  const body = text === '-' ? new Uint8Array(await buffer(process.stdin)) : text;
  await withMesh(invite, options, async ({ mesh, signal }) => {
    const timeoutMs = 1000 * options.timeout;
    if (node === EVERYONE) {
      await settled(mesh, signal);
      if (mesh.members().length === 1) {
        throw new LeafcutterError('alone', 'nobody else is in the network: there is nobody to send it to');
      }
      await mesh.broadcast(options.message, body, { signal });
      return 0;
    }
    const { id } = await findNode(mesh, node, { timeoutMs, signal });
    await mesh.send(id, options.message, body, { timeoutMs, signal });
    return 0;
  });
}
