/** What `leafcutter door nats` is told, by its options and by a file of NATS' configuration: options first. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readTlsIdentity } from '../../signaling/index.ts';
import {
  ALL_PERMITTED,
  DEFAULT_LIMITS,
  DEFAULT_MAX_CONNECTIONS,
  type DoorConfig,
  type DoorOptions,
  type DoorUser,
  NO_RATE,
  type Proof,
  pageOrigin,
  readDoorConfig,
  type TlsPaths,
  Users,
  userKeyBytes,
} from '../door/index.ts';
import { LeafcutterError, type LogLevel, messageOf } from '../runtime/index.ts';
import { isPlace } from './door-directory.ts';
import type { MeshOptions } from './mesh-command.ts';

export interface DoorCommandOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly wsPort?: number;
  readonly monitorPort?: number;
  readonly user: readonly string[];
  readonly token?: string;
  readonly nkey: readonly string[];
  readonly anyone: boolean;
  readonly origin: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly advertise?: string;
}

export interface DoorRunOptions extends DoorCommandOptions, MeshOptions {
  readonly logLevel: LogLevel;
}

/** What opens a door, and what is done around it. */
export interface DoorPlan {
  readonly door: Omit<DoorOptions, 'broker' | 'clock' | 'timers' | 'random'>;
  readonly portsFolder: string | undefined;
  readonly pidFile: string | undefined;
  readonly advertise: string | undefined;
  readonly lameDuck: { readonly graceMs: number; readonly durationMs: number };
  /** For whoever started it, a line each. */
  readonly notes: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 4222;
/** Together below the ten seconds that service managers wait before they kill. */
const LAME_DUCK = { graceMs: 1_000, durationMs: 6_000 };

/** @param serverName how the door calls itself, where the file does not say @throws LeafcutterError */
export async function planDoor(options: DoorCommandOptions, serverName: string): Promise<DoorPlan> {
  const config = options.config === undefined ? undefined : await readConfigFile(options.config);
  const users = [...(config?.users ?? []), ...usersOf(options)];
  const host = options.host ?? config?.host ?? DEFAULT_HOST;
  const websocket = webSocketOf(options, config, host);
  const monitorPort = options.monitorPort ?? config?.monitor?.port;
  for (const place of [host, websocket?.host]) checkOpenness(place, users, options.anyone);
  const tlsPaths = tlsPathsOf(options) ?? config?.tls;
  const tls = tlsPaths && (await readTls(tlsPaths));
  const webSocketTls = websocket?.tlsPaths && (await readTls(websocket.tlsPaths));
  return {
    door: {
      nats: { host, port: options.port ?? config?.port ?? DEFAULT_PORT },
      ...(tls && { tls }),
      ...(websocket && { websocket: { ...websocket, ...(webSocketTls && { tls: webSocketTls }) } }),
      ...(monitorPort !== undefined && {
        monitor: { host: config?.monitor?.host ?? DEFAULT_HOST, port: monitorPort },
      }),
      users: new Users(users, config?.anonymous),
      limits: { ...DEFAULT_LIMITS, ...config?.limits },
      maxConnections: config?.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
      serverName: config?.serverName ?? serverName,
    },
    portsFolder: config?.portsFolder,
    pidFile: config?.pidFile,
    advertise: advertiseOf(options, config),
    lameDuck: {
      graceMs: config?.lameDuckGraceMs ?? LAME_DUCK.graceMs,
      durationMs: config?.lameDuckDurationMs ?? LAME_DUCK.durationMs,
    },
    notes: (config?.notes ?? []).map((note) => `${options.config}, ${note}`),
  };
}

/** Beyond loopback strangers come by: they are let in only by a decision. */
function checkOpenness(host: string | undefined, users: readonly DoorUser[], isForAnyone: boolean): void {
  if (host === undefined || LOOPBACK.test(host) || users.length > 0 || isForAnyone) return;
  throw new LeafcutterError(
    'bad-option',
    `at ${host} everyone who reaches this machine could come in; name users (--user, --token, --nkey, or authorization in -c FILE), or say --anyone`,
  );
}

function usersOf({ user, token, nkey }: DoorCommandOptions): readonly DoorUser[] {
  const made = (name: string, proof: Proof): DoorUser => ({
    ...{ name, proof, permissions: ALL_PERMITTED, rate: NO_RATE },
  });
  return [
    ...user.map((text) => {
      const [, name = '', password = ''] = /^([^:]+):(.+)$/.exec(text) ?? [];
      if (name === '') throw new LeafcutterError('bad-option', '--user is name:password');
      return made(name, { type: 'password', password });
    }),
    ...(token === undefined ? [] : [made('token', { type: 'token', token })]),
    ...nkey.map((key) => {
      if (userKeyBytes(key)) return made(key, { type: 'nkey', key });
      throw new LeafcutterError(
        'bad-option',
        '--nkey is the public key of a user, "U" and 55 letters and digits',
      );
    }),
  ];
}

function webSocketOf(options: DoorCommandOptions, config: DoorConfig | undefined, host: string) {
  const configured = config?.websocket;
  const port = options.wsPort ?? configured?.port;
  if (port === undefined) {
    if (options.origin.length === 0) return undefined;
    throw new LeafcutterError(
      'bad-option',
      '--origin is of pages, which come in by WebSocket: say --ws-port, too',
    );
  }
  return {
    host: options.host ?? configured?.host ?? host,
    port,
    tlsPaths: tlsPathsOf(options) ?? configured?.tls,
    origins: [...(configured?.origins ?? []), ...options.origin.map(originOf)],
    isSameOriginWelcome: configured?.isSameOriginWelcome ?? false,
  };
}

function originOf(text: string): string {
  const origin = pageOrigin(text);
  if (origin !== undefined) return origin;
  throw new LeafcutterError('bad-option', '--origin is a scheme and a host, like https://app.example, or *');
}

/** @throws LeafcutterError: others would pass over it in silence, and the door's own clients be sent to nowhere */
function advertiseOf(options: DoorCommandOptions, config: DoorConfig | undefined): string | undefined {
  const place = options.advertise ?? config?.advertise;
  if (place === undefined || isPlace(place)) return place;
  const [name, code] =
    options.advertise === undefined
      ? ([`${options.config}: client_advertise`, 'bad-config'] as const)
      : (['--advertise', 'bad-option'] as const);
  throw new LeafcutterError(code, `${name} is host:port, where clients elsewhere find this door`);
}

function tlsPathsOf({ tlsCert, tlsKey }: DoorCommandOptions): TlsPaths | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { certFile: tlsCert, keyFile: tlsKey, caFile: undefined };
  }
  throw new LeafcutterError('bad-option', 'TLS needs --tls-cert and --tls-key together');
}

async function readTls({ certFile, keyFile, caFile }: TlsPaths): Promise<NonNullable<DoorOptions['tls']>> {
  const { cert, key } = await readTlsIdentity({ certFile, keyFile }, Date.now());
  return caFile === undefined ? { cert, key } : { cert, key, ca: await readText(caFile, 'ca_file') };
}

async function readConfigFile(path: string): Promise<DoorConfig> {
  const text = (await readText(path, '-c')).toString('utf8');
  const folder = dirname(resolve(path));
  try {
    const config = readDoorConfig(text, {
      read: (included, from) => {
        const file = resolve(from === '' ? folder : dirname(from), included);
        return { path: file, text: readFileSync(file, 'utf8') };
      },
      variable: (name) => (Object.hasOwn(process.env, name) ? process.env[name] : undefined),
    });
    return absolute(config, folder);
  } catch (cause) {
    throw new LeafcutterError('bad-config', `${path}, ${messageOf(cause)}`, { cause });
  }
}

/** Files that the file names are found from where it lies; what an included file includes, from where that one lies. */
function absolute(config: DoorConfig, folder: string): DoorConfig {
  const tls = (paths: TlsPaths | undefined): TlsPaths | undefined =>
    paths && {
      certFile: resolve(folder, paths.certFile),
      keyFile: resolve(folder, paths.keyFile),
      caFile: paths.caFile === undefined ? undefined : resolve(folder, paths.caFile),
    };
  const { websocket } = config;
  return {
    ...config,
    tls: tls(config.tls),
    websocket: websocket && { ...websocket, tls: tls(websocket.tls) },
  };
}

async function readText(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LeafcutterError('bad-option', `${option}: ${path} cannot be read (${messageOf(cause)})`, {
      cause,
    });
  }
}
