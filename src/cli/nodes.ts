/** `leafcutter nodes`: who is in a Network, and how they are reached from here. */
import { Command } from 'commander';
import { addMeshOptions, EXIT_CODES, type MeshOptions, withMesh } from './mesh-command.ts';
import { nodeRows, nodesTable } from './nodes-table.ts';
import { pause } from './pause.ts';
import { settled } from './settled.ts';

interface NodesOptions extends MeshOptions {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Between two looks of `--watch`: round trips and what was heard change all the time. */
const LOOK_EVERY_MS = 1_000;

export function nodesCommand(): Command {
  return addMeshOptions(new Command('nodes'))
    .description('print the members of a network, with round trip, loss, path and hops as seen from here')
    .option('--json', 'print one line of JSON', false)
    .option('--watch', 'print again every second, until Ctrl+C (then the exit code is 0)', false)
    .addHelpText(
      'after',
      `
path: host is from address to address, reflexive through a NAT, relay over a TURN server; only for neighbours (1 hop).
${EXIT_CODES}`,
    )
    .action(nodes);
}

async function nodes(invite: string, options: NodesOptions): Promise<void> {
  await withMesh(invite, options, async ({ mesh, signal }) => {
    const print = async (): Promise<void> => {
      const rows = await nodeRows(mesh);
      if (options.json) console.log(JSON.stringify({ network: mesh.networkName, nodes: rows }));
      else console.log(nodesTable(rows));
    };
    await settled(mesh, signal);
    await print();
    while (options.watch && !signal.aborted) {
      await pause(LOOK_EVERY_MS, signal);
      if (signal.aborted) break;
      if (!options.json) console.log('');
      await print();
    }
    return 0;
  });
}
