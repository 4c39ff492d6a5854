/** A configuration file of NATS, as far as a door offers what it asks for. */
import { MAX_PAYLOAD_LIMIT } from '../../services/pubsub/index.ts';
import { pageOrigin } from '../origin.ts';
import type { DoorLimits } from '../server-info.ts';
import type { DoorUser } from '../users.ts';
import { ConfigFields, type NotOffered, textOf } from './fields.ts';
import { ConfigError, type ConfigSources, type ConfigValue, parseConfig } from './syntax.ts';
import { readAuthorization } from './users.ts';

export interface TlsPaths {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must show a certificate of this authority. */
  readonly caFile: string | undefined;
}

export interface ConfiguredPlace {
  readonly host: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
}

export interface DoorConfig {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly serverName: string | undefined;
  readonly limits: Partial<DoorLimits>;
  readonly maxConnections: number | undefined;
  readonly users: readonly DoorUser[];
  /** Who those are that say nothing of themselves. */
  readonly anonymous: string | undefined;
  readonly tls: TlsPaths | undefined;
  readonly websocket:
    | (ConfiguredPlace & {
        readonly tls: TlsPaths | undefined;
        readonly origins: readonly string[];
        readonly isSameOriginWelcome: boolean;
      })
    | undefined;
  readonly monitor: ConfiguredPlace | undefined;
  readonly portsFolder: string | undefined;
  readonly pidFile: string | undefined;
  readonly lameDuckGraceMs: number | undefined;
  readonly lameDuckDurationMs: number | undefined;
  /** `host:port` that clients elsewhere are told. */
  readonly advertise: string | undefined;
  /** A line for each option that was passed over. */
  readonly notes: readonly string[];
}

const ACCOUNTS = 'all who come in by one door are in one network; start another door for another network';
const ONE_DOOR = 'doors of one network find each other through the mesh';
const OF_SERVER: NotOffered = {
  harmless: new Set(
    `debug trace trace_verbose logtime logfile log_file log_size_limit syslog remote_syslog max_traced_msg_len connect_error_reports
    reconnect_error_reports write_deadline max_pending disable_sublist_cache no_header_support no_sys_acc system_account prof_port
    server_tags default_sentinel http_base_path`.split(/\s+/),
  ),
  refused: new Map([
    ['jetstream', 'messages are not kept; leave it out'],
    ['cluster', ONE_DOOR],
    ['gateway', ONE_DOOR],
    ['mqtt', 'clients of MQTT cannot come in here'],
    ['accounts', ACCOUNTS],
    ['operator', ACCOUNTS],
    ['operators', ACCOUNTS],
    ['resolver', ACCOUNTS],
    ['resolver_preload', ACCOUNTS],
    ['mappings', 'subjects stay as they are'],
    ['https', 'the monitor speaks plain http, on loopback'],
    ['https_port', 'the monitor speaks plain http, on loopback'],
  ]),
};
const OF_TLS: NotOffered = {
  harmless: new Set(['timeout', 'handshake_first_fallback_delay']),
  refused: new Map(
    [
      'verify_and_map',
      'cipher_suites',
      'curve_preferences',
      'pinned_certs',
      'handshake_first',
      'insecure',
    ].map((name) => [name, "a door takes Node's own choice, and users by password, token or nkey"] as const),
  ),
};
const OF_WEBSOCKET: NotOffered = {
  harmless: new Set(['compression', 'handshake_timeout', 'advertise']),
  refused: new Map(
    ['jwt_cookie', 'no_auth_user', 'authorization', 'username', 'password', 'token'].map(
      (name) => [name, 'users are the same at every port of the door'] as const,
    ),
  ),
};

/** @throws ConfigError */
export function readDoorConfig(text: string, sources: ConfigSources): DoorConfig {
  const fields = new ConfigFields(parseConfig(text, sources));
  const listening = placeOf(fields, 'listen', ['host', 'net', 'addr'], ['port']);
  const http = placeOf(fields, 'http', [], ['http_port', 'monitor_port']);
  const authorization = fields.fields('authorization');
  const { users, notes } = authorization ? readAuthorization(authorization) : { users: [], notes: [] };
  const tls = fields.fields('tls');
  const websocket = fields.fields('websocket', 'ws');
  const config = {
    host: listening.host,
    port: listening.port,
    serverName: fields.text('server_name'),
    limits: limitsOf(fields),
    maxConnections: fields.count(1, 1e6, 'max_connections', 'max_conn'),
    users,
    anonymous: anonymousOf(fields, users),
    tls: tls && readTls(tls),
    websocket: websocket && readWebSocket(websocket),
    monitor: http.port === undefined ? undefined : { host: http.host, port: http.port },
    portsFolder: fields.text('ports_file_dir', 'ports_file_directory'),
    pidFile: fields.text('pid_file', 'pidfile'),
    lameDuckGraceMs: fields.duration('lame_duck_grace_period'),
    lameDuckDurationMs: fields.duration('lame_duck_duration'),
    advertise: fields.text('client_advertise'),
  };
  return { ...config, notes: [...notes, ...leafNodes(fields), ...fields.end(OF_SERVER)] };
}

/** Waiting for other servers changes nothing for clients; going to them would. */
function leafNodes(fields: ConfigFields): readonly string[] {
  const waiting = fields.fields('leafnodes', 'leaf');
  if (!waiting) return [];
  const remotes = waiting.value('remotes');
  if (remotes) throw new ConfigError(remotes.line, `leafnodes.remotes is not offered: ${ONE_DOOR}`);
  return [`line ${waiting.map.line}: leafnodes has no effect on a door`];
}

function limitsOf(fields: ConfigFields): Partial<DoorLimits> {
  const maxPayloadBytes = fields.count(1, MAX_PAYLOAD_LIMIT, 'max_payload');
  const maxControlLineBytes = fields.count(128, 1024 * 1024, 'max_control_line');
  const maxSubscriptions = fields.count(0, 1e9, 'max_subscriptions', 'max_subs');
  const pingIntervalMs = fields.duration('ping_interval');
  const maxPingsOut = fields.count(1, 1000, 'ping_max');
  return {
    ...(maxPayloadBytes !== undefined && { maxPayloadBytes }),
    ...(maxControlLineBytes !== undefined && { maxControlLineBytes }),
    ...(maxSubscriptions !== undefined && { maxSubscriptions }),
    ...(pingIntervalMs !== undefined && { pingIntervalMs }),
    ...(maxPingsOut !== undefined && { maxPingsOut }),
  };
}

function anonymousOf(fields: ConfigFields, users: readonly DoorUser[]): string | undefined {
  const name = fields.text('no_auth_user');
  if (name !== undefined && !users.some((user) => user.name === name)) {
    throw new ConfigError(fields.map.line, `no_auth_user names "${name}", who is no user of the file`);
  }
  return name;
}

/** `listen: host:port`, or both apart. NATS' -1 is any free port. */
function placeOf(
  fields: ConfigFields,
  together: string,
  hosts: readonly string[],
  ports: readonly string[],
): { readonly host: string | undefined; readonly port: number | undefined } {
  const whole = fields.value(together);
  const host = hosts.length > 0 ? fields.text(...hosts) : undefined;
  const port = fields.count(-1, 65_535, ...ports);
  if (!whole) return { host, port: port === undefined ? undefined : Math.max(0, port) };
  const [, ofHost = '', ofPort = ''] = /^(?:(.*):)?(-1|\d{1,5})$/.exec(textOf(whole, together)) ?? [];
  if (ofPort === '' || Number(ofPort) > 65_535) {
    throw new ConfigError(whole.line, `${together} is host:port`);
  }
  return { host: ofHost === '' ? host : ofHost.replace(/^\[|\]$/g, ''), port: Math.max(0, Number(ofPort)) };
}

function readTls(fields: ConfigFields): TlsPaths {
  const certFile = fields.text('cert_file');
  const keyFile = fields.text('key_file');
  const caFile = fields.text('ca_file');
  const isVerifying = fields.boolean('verify') ?? false;
  if (certFile === undefined || keyFile === undefined) {
    throw new ConfigError(fields.map.line, 'tls wants cert_file and key_file');
  }
  if (isVerifying && caFile === undefined) throw new ConfigError(fields.map.line, 'tls.verify wants ca_file');
  fields.end(OF_TLS, 'tls.');
  return { certFile, keyFile, caFile: isVerifying ? caFile : undefined };
}

function readWebSocket(fields: ConfigFields): NonNullable<DoorConfig['websocket']> {
  const { line } = fields.map;
  const { host, port } = placeOf(fields, 'listen', ['host', 'net'], ['port']);
  const isPlain = fields.boolean('no_tls') ?? false;
  const tls = fields.fields('tls');
  const isSameOriginWelcome = fields.boolean('same_origin') ?? false;
  const allowed = fields.value('allowed_origins', 'allowed_origin', 'origins');
  if (port === undefined) throw new ConfigError(line, 'websocket wants a port');
  if (!tls && !isPlain) throw new ConfigError(line, 'websocket wants tls, or no_tls: true');
  fields.end(OF_WEBSOCKET, 'websocket.');
  const items = allowed?.kind === 'array' ? allowed.items : allowed ? [allowed] : [];
  return {
    host,
    port,
    tls: isPlain ? undefined : tls && readTls(tls),
    // Stricter than nats-server, where every page of the web is welcome unless one of the two is said.
    origins: items.map(originOf),
    isSameOriginWelcome,
  };
}

function originOf(value: ConfigValue): string {
  const origin = pageOrigin(textOf(value, 'an origin'));
  if (origin === undefined)
    throw new ConfigError(value.line, 'an origin is a scheme and a host, like https://app.example, or *');
  return origin;
}
