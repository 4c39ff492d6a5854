/**
 * What monitors of NATS read over http: `/varz`, `/connz` (`?subs=1` or `detail`, `cid`, `limit`, `offset`), `/subsz` (`?subs=1`), `/healthz`, with nats-server's
 * field names for what a door has. Nothing of it is secret but who is here and what they subscribe to, so it listens on loopback unless told
 * otherwise.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Broker } from '../../services/pubsub/index.ts';
import { type DoorLimits, NATS_VERSION, type ServerInfo } from '../server-info.ts';
import type { ClientConnection } from './client-connection.ts';
import { HTTP_LIMITS } from './http-limits.ts';

export interface Monitored {
  readonly startedAt: Date;
  readonly server: ServerInfo;
  readonly connections: readonly ClientConnection[];
  readonly totalConnections: number;
  readonly totals: Totals;
  readonly options: {
    readonly broker: Broker;
    readonly limits: DoorLimits;
    readonly maxConnections: number;
    readonly clock: { now(): number };
  };
}

/** Of all clients, those that have gone included. */
export interface Totals {
  readonly inMessages: number;
  readonly outMessages: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly lost: number;
}

const MAX_LISTED = 1_024;
const BASE = 'http://monitor';

export function monitorServer(door: Monitored): Server {
  return createServer(HTTP_LIMITS, (request, response) => {
    const [status, body] = statusOf(door, request);
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      // Whatever else it sends is not waited for.
      ...(status >= 400 && { Connection: 'close' }),
    });
    response.end(`${JSON.stringify(body, undefined, 2)}\n`);
  });
}

function statusOf(
  door: Monitored,
  { method, url = '/', headers, socket }: IncomingMessage,
): [number, object] {
  if (method !== 'GET' && method !== 'HEAD') return [405, { error: 'only GET is answered' }];
  if (isLoopback(socket.localAddress) && !isOfThisMachine(headers.host)) {
    return [403, { error: 'on loopback this is told at 127.0.0.1, [::1] and localhost only' }];
  }
  // What is no address there is nothing at: whoever asks, it must not end the process.
  const answer = URL.canParse(url, BASE) ? answerTo(door, new URL(url, BASE)) : undefined;
  return answer ? [200, answer] : [404, { error: 'not found' }];
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** A page of the web that gives its own name our address would be read to as if it were ours (DNS rebinding): it cannot take these names. */
function isOfThisMachine(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|[\d.]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host);
}

function answerTo(door: Monitored, url: URL): object | undefined {
  switch (url.pathname) {
    case '/':
      return { endpoints: ['/varz', '/connz', '/subsz', '/healthz'] };
    case '/varz':
      return varz(door);
    case '/connz':
      return connz(door, url.searchParams);
    case '/subsz':
      return subsz(door, url.searchParams);
    case '/healthz':
      return { status: 'ok' };
    default:
      return undefined;
  }
}

function varz({ startedAt, server, connections, totalConnections, totals, options }: Monitored): object {
  const { limits, maxConnections, broker } = options;
  const now = new Date();
  return {
    server_id: server.serverId,
    server_name: server.serverName,
    version: NATS_VERSION,
    proto: 1,
    host: server.host,
    port: server.port,
    ...(server.isTlsRequired && { tls_required: true }),
    connect_urls: server.connectUrls,
    max_connections: maxConnections,
    max_subscriptions: limits.maxSubscriptions,
    max_payload: limits.maxPayloadBytes,
    max_control_line: limits.maxControlLineBytes,
    ping_interval: limits.pingIntervalMs * 1e6,
    ping_max: limits.maxPingsOut,
    start: startedAt.toISOString(),
    now: now.toISOString(),
    uptime: uptime(now.getTime() - startedAt.getTime()),
    mem: process.memoryUsage.rss(),
    connections: connections.length,
    total_connections: totalConnections,
    subscriptions: countOf(broker, connections),
    in_msgs: totals.inMessages,
    out_msgs: totals.outMessages,
    in_bytes: totals.inBytes,
    out_bytes: totals.outBytes,
    slow_consumers: 0,
    lost_msgs: totals.lost,
  };
}

function connz({ server, connections, options }: Monitored, query: URLSearchParams): object {
  const offset = countIn(query, 'offset', 0);
  const limit = countIn(query, 'limit', MAX_LISTED);
  const subs = query.get('subs') ?? '';
  const listed = subs === 'detail' ? 'detail' : subs === '1' || subs === 'true' ? 'patterns' : 'none';
  const cid = countIn(query, 'cid', 0);
  const asked = cid === 0 ? connections : connections.filter(({ id }) => id === cid);
  const shown = asked.slice(offset, offset + limit);
  return {
    server_id: server.serverId,
    now: new Date().toISOString(),
    num_connections: shown.length,
    total: asked.length,
    offset,
    limit,
    connections: shown.map((connection) => connectionOf(connection, options, listed)),
  };
}

function connectionOf(
  connection: ClientConnection,
  { broker, clock }: Monitored['options'],
  listed: 'none' | 'patterns' | 'detail',
): object {
  const { id, wire, client, brokerConnection, startedAtMs, lastActivityMs } = connection;
  const stats = brokerConnection && broker.stats(brokerConnection);
  const subscriptions = listed === 'none' ? [] : subscriptionsOf(connection, broker);
  const now = clock.now();
  const { name, lang, version } = client.fields;
  return {
    cid: id,
    kind: 'Client',
    type: wire.kind,
    ip: wire.ip,
    port: wire.port,
    start: new Date(Date.now() - (now - startedAtMs)).toISOString(),
    last_activity: new Date(Date.now() - (now - lastActivityMs)).toISOString(),
    uptime: uptime(now - startedAtMs),
    idle: uptime(now - lastActivityMs),
    pending_bytes: (stats?.pendingBytes ?? 0) + wire.pendingBytes,
    in_msgs: stats?.inMessages ?? 0,
    out_msgs: stats?.outMessages ?? 0,
    in_bytes: stats?.inBytes ?? 0,
    out_bytes: stats?.outBytes ?? 0,
    lost_msgs: stats?.lost ?? 0,
    subscriptions: stats?.subscriptions ?? 0,
    ...(name !== '' && { name }),
    ...(lang !== '' && { lang }),
    ...(version !== '' && { version }),
    ...(client.userName && { authorized_user: client.userName }),
    ...(wire.tlsVersion !== undefined && { tls_version: wire.tlsVersion }),
    ...(listed === 'patterns' && { subscriptions_list: subscriptions.map(({ subject }) => subject) }),
    ...(listed === 'detail' && { subscriptions_list_detail: subscriptions }),
  };
}

function subsz({ server, connections, options: { broker } }: Monitored, query: URLSearchParams): object {
  const offset = countIn(query, 'offset', 0);
  const limit = countIn(query, 'limit', MAX_LISTED);
  const isDetailed = ['1', 'true'].includes(query.get('subs') ?? '');
  const count = countOf(broker, connections);
  return {
    server_id: server.serverId,
    now: new Date().toISOString(),
    num_subscriptions: count,
    total: isDetailed ? count : 0,
    offset,
    limit,
    ...(isDetailed && { subscriptions_list: someOf(connections, broker, offset, limit) }),
  };
}

/** Millions may be there: those before and behind are counted, not made. */
function someOf(
  connections: readonly ClientConnection[],
  broker: Broker,
  offset: number,
  limit: number,
): readonly SubscriptionDetail[] {
  const some: SubscriptionDetail[] = [];
  let skipped = 0;
  for (const connection of connections) {
    if (some.length >= limit) break;
    const count = countOf(broker, [connection]);
    if (skipped + count <= offset) skipped += count;
    else {
      const from = Math.max(0, offset - skipped);
      some.push(...subscriptionsOf(connection, broker).slice(from, from + limit - some.length));
      skipped += from;
    }
  }
  return some;
}

/** One as nats-server tells of it. */
interface SubscriptionDetail {
  readonly subject: string;
  readonly qgroup?: string;
  readonly sid: string;
  readonly msgs: number;
  readonly cid: number;
}

function subscriptionsOf({ id, brokerConnection }: ClientConnection, broker: Broker): SubscriptionDetail[] {
  if (!brokerConnection) return [];
  return broker.subscriptions(brokerConnection).map(({ pattern, queue, sid, messages }) => ({
    subject: pattern,
    ...(queue !== undefined && { qgroup: queue }),
    sid,
    msgs: messages,
    cid: id,
  }));
}

function countOf(broker: Broker, connections: readonly ClientConnection[]): number {
  let count = 0;
  for (const { brokerConnection } of connections) {
    if (brokerConnection) count += broker.stats(brokerConnection).subscriptions;
  }
  return count;
}

function countIn(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

/** As nats-server writes it: `1d2h3m4s`. */
function uptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? [] : parts.slice(first);
  return `${shown.map(([count, unit]) => `${count}${unit}`).join('')}${seconds % 60}s`;
}
