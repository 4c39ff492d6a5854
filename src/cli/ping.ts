/** `leafcutter ping`: how long an empty message takes until a Node has it and says so, over whatever way messages go now. */
import { Command } from 'commander';
import type { Mesh, NodeId } from '../library/index.node.ts';
import { messageOf } from '../runtime/index.ts';
import { findNode } from './find-node.ts';
import { addMeshOptions, count, EXIT_CODES, type MeshOptions, seconds, withMesh } from './mesh-command.ts';
import { medianOf } from './numbers.ts';
import { pause } from './pause.ts';

interface PingOptions extends MeshOptions {
  readonly count: number;
  /** Seconds. */
  readonly interval: number;
  readonly json: boolean;
}

/** Nobody has to listen for it: what finds no handler is acknowledged and dropped. */
const MESSAGE = 'ping';

export function pingCommand(): Command {
  return addMeshOptions(new Command('ping'))
    .description('measure the round trip of messages to a Node')
    .argument('<node>', 'its id, or the first 8 characters of it')
    .option('-c, --count <number>', 'how many', count, 4)
    .option('-i, --interval <seconds>', 'between two', seconds, 1)
    .option('--json', 'print one line of JSON at the end instead of text', false)
    .addHelpText(
      'after',
      `\nAn answer is an acknowledgement; relays count as part of the way. Exit code 1 when none came.${EXIT_CODES}`,
    )
    .action(ping);
}

async function ping(invite: string, text: string, options: PingOptions): Promise<void> {
  await withMesh(invite, options, async ({ mesh, signal }) => {
    const timeoutMs = 1000 * options.timeout;
    const { id } = await findNode(mesh, text, { timeoutMs, signal });
    const times: number[] = [];
    let sent = 0;
    while (sent < options.count && !signal.aborted) {
      const beganMs = performance.now();
      sent++;
      const outcome = await once(mesh, id, timeoutMs, signal);
      if (signal.aborted) break;
      if (typeof outcome === 'number') times.push(outcome);
      if (!options.json) {
        const hops = mesh.members().find((member) => member.id === id)?.hops;
        console.log(
          typeof outcome === 'number'
            ? `${sent}: ${outcome.toFixed(1)} ms, ${hops ?? '?'} ${hops === 1 ? 'hop' : 'hops'}`
            : `${sent}: ${outcome}`,
        );
      }
      const leftMs = 1000 * options.interval - (performance.now() - beganMs);
      if (sent < options.count && leftMs > 0) await pause(leftMs, signal);
    }
    report(id, sent, times, options.json);
    return times.length > 0 ? 0 : 1;
  });
}

/** The round trip in ms, or why there was none. */
async function once(
  mesh: Mesh,
  target: NodeId,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number | string> {
  const beganMs = performance.now();
  try {
    await mesh.send(target, MESSAGE, '', { timeoutMs, signal });
    return performance.now() - beganMs;
  } catch (error) {
    return messageOf(error);
  }
}

function report(id: NodeId, sent: number, times: readonly number[], isJson: boolean): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const median = medianOf(sorted);
  const rounded = (ms: number | undefined): number | null =>
    ms === undefined ? null : Number(ms.toFixed(2));
  if (isJson) {
    const rttMs = { least: rounded(least), median: rounded(median), most: rounded(most) };
    console.log(JSON.stringify({ node: id, sent, answered: times.length, rttMs }));
  } else {
    const figures =
      least === undefined
        ? ''
        : `; least ${rounded(least)}, median ${rounded(median)}, most ${rounded(most)} ms`;
    console.log(`${id.slice(0, 8)}: ${times.length} of ${sent} answered${figures}`);
  }
}
