/**
 * `leafcutter serve`: the page and the meeting point of the tabs on one port, until Ctrl+C. Prints where to point browsers on this
 * machine and on the others.
 */
import { networkInterfaces } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { TlsFiles } from '../../signaling/index.ts';
import { LeafcutterError, setLogSink } from '../runtime/index.ts';
import { lineLog } from './line-log.ts';
import { type PageAddresses, pageAddresses } from './serve-addresses.ts';
import { addUseOptions, limitsOf, type UseOptions } from './serve-options.ts';
import { onceToldToStop } from './stop-signals.ts';

const DEFAULT_PORT = 9000;

interface ServeOptions extends UseOptions {
  readonly port: number;
  readonly host: string;
  readonly base: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly iceServers?: string;
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
    .option('--host <address>', 'address to listen on; 0.0.0.0 is all of them', '0.0.0.0')
    .option('--base <path>', 'folder of the page in its address, behind a proxy that passes it on', '/')
    .option('--tls-cert <file>', 'serve https with this certificate (PEM, its chain after it)')
    .option('--tls-key <file>', "the certificate's private key (PEM)")
    .addOption(
      new Option(
        '--ice-servers <file>',
        'STUN and TURN servers for pages on different networks: a JSON file, or the JSON itself',
      ).env('ICE_SERVERS'),
    );
  return addUseOptions(command)
    .addHelpText(
      'after',
      `
Every machine that opens the page takes part; nothing is installed on it. Pages opened over plain http from
other machines work: WebRTC needs no secure context. They only run without shared memory, clipboard and
notifications, which browsers keep for https: see --tls-cert, and docs/deploy.md for nginx and Caddy.

Environment: TURN_SECRET is the secret shared with coturn (its static-auth-secret), for TURN servers in
--ice-servers that have neither credentials nor a secret of their own.`,
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
  const { basePath, createSignalingServer, readIceServers, readTlsIdentity } = await import(
    '../../signaling/index.ts'
  );
  const base = basePath(options.base);
  const files = tlsFiles(options);
  const tls = files && (await readTlsIdentity(files, Date.now()));
  const { TURN_SECRET } = process.env;
  const ice =
    options.iceServers === undefined ? undefined : await readIceServers(options.iceServers, TURN_SECRET);
  const addressesAt = (listeningPort: number): PageAddresses =>
    pageAddresses({ host, port: listeningPort, base, certifiedHosts: tls?.hosts }, networkInterfaces());
  const server = await createSignalingServer({
    host,
    port,
    pageFolder,
    base,
    ...(tls ? { tls } : {}),
    ...(ice ? { ice } : {}),
    addresses: (listeningPort) => addressesAt(listeningPort).others,
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
  onceToldToStop(['SIGINT', 'SIGTERM'], stop);

  const { thisMachine, others } = addressesAt(server.port);
  console.log('Leafcutter is ready. Open it in a browser:\n');
  if (thisMachine) console.log(`  this machine    ${thisMachine}`);
  for (const { url } of others) console.log(`  other machines  ${url}`);
  if (others.length > 0 && !tls) {
    console.log(
      '\nOther machines may use plain http: everything works but shared memory, clipboard and notifications, which need https.',
    );
  }
  console.log('\nStop with Ctrl+C.');
}

/** Both or neither. @throws LeafcutterError `bad-option` */
function tlsFiles({ tlsCert, tlsKey }: ServeOptions): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) return { certFile: tlsCert, keyFile: tlsKey };
  const missing = tlsCert === undefined ? '--tls-cert' : '--tls-key';
  throw new LeafcutterError(
    'bad-option',
    `https needs --tls-cert and --tls-key together; ${missing} is missing`,
  );
}
