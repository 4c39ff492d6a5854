/**
 * `leafcutter serve`: page, PeerServer and registry on one port, until Ctrl+C. Prints where to point browsers on this
 * machine and on the others.
 */
import { networkInterfaces } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pageAddresses } from './serve-addresses.ts';

const DEFAULT_PORT = 9000;

interface ServeOptions {
  readonly port: number;
  readonly host: string;
}

/** @param pageFolder the built page (`dist/page`). */
export function serveCommand(pageFolder: string): Command {
  return new Command('serve')
    .description('serve the page and the meeting point of the tabs, on one port, until Ctrl+C')
    .addOption(
      new Option('-p, --port <number>', 'port to listen on; 0 takes a free one')
        .env('PORT')
        .default(DEFAULT_PORT)
        .argParser(parsePort),
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 is all of them', '0.0.0.0')
    .addHelpText(
      'after',
      `
Every machine that opens the page takes part; nothing is installed on it. Pages opened over plain http from
other machines work: WebRTC needs no secure context. They only run without shared memory and without the
clipboard; serve through an https proxy to have both.`,
    )
    .action((options: ServeOptions) => serve(options, pageFolder));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

async function serve({ host, port }: ServeOptions, pageFolder: string): Promise<void> {
  // Loaded here, so that the other commands start without a web server.
  const { createSignalingServer } = await import('../../signaling/index.ts');
  const server = await createSignalingServer({ host, port, pageFolder });
  // PeerServer's timers never stop, so the process must be told to end.
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  const { thisMachine, lan } = pageAddresses(host, server.port, networkInterfaces());
  console.log('Leafcutter is ready. Open it in a browser:\n');
  if (thisMachine) console.log(`  this machine    ${thisMachine}`);
  for (const address of lan) console.log(`  other machines  ${address}`);
  if (lan.length > 0) {
    console.log(
      '\nOther machines may use plain http: everything works but shared memory and the clipboard, which need https.',
    );
  }
  console.log('\nStop with Ctrl+C.');
}
