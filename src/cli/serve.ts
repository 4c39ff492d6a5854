/**
 * `leafcutter serve`: the page and the meeting point of the tabs on one port, until Ctrl+C. Prints where to point browsers on this
 * machine and on the others.
 */
import { networkInterfaces } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { setLogSink } from '../runtime/index.ts';
import { pageAddresses } from './serve-addresses.ts';
import { lineLog } from './serve-log.ts';
import { addUseOptions, limitsOf, type UseOptions } from './serve-options.ts';

const DEFAULT_PORT = 9000;

interface ServeOptions extends UseOptions {
  readonly port: number;
  readonly host: string;
}

/** @param pageFolder the built page (`dist/page`). */
export function serveCommand(pageFolder: string): Command {
  const command = new Command('serve')
    .description('serve the page and the meeting point of the tabs, on one port, until Ctrl+C')
    .addOption(
      new Option('-p, --port <number>', 'port to listen on; 0 takes a free one')
        .env('PORT')
        .default(DEFAULT_PORT)
        .argParser(parsePort),
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 is all of them', '0.0.0.0');
  return addUseOptions(command)
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

async function serve(options: ServeOptions, pageFolder: string): Promise<void> {
  const { host, port, origin: origins, trustProxy: isProxyTrusted = false } = options;
  setLogSink(lineLog(options.logLevel, (line) => console.error(line), Date.now));
  // Loaded here, so that the other commands start without a web server.
  const { createSignalingServer } = await import('../../signaling/index.ts');
  const server = await createSignalingServer({
    host,
    port,
    pageFolder,
    origins,
    isProxyTrusted,
    limits: limitsOf(options),
    ...(options.backplane !== undefined && { backplane: options.backplane }),
  });
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
