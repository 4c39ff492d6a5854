/** What INFO says of a door, in NATS' names. */
import { MAX_PAYLOAD_BYTES } from '../services/pubsub/index.ts';
import { MAX_CONTROL_LINE_BYTES } from './nats-commands.ts';

/** The version of NATS' protocol that is spoken: clients ask for what they need by it. `leafcutter` has our own. */
export const NATS_VERSION = '2.9.10';

export interface ServerInfo {
  /** Another for each start. */
  readonly serverId: string;
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
  readonly isTlsRequired: boolean;
  /** `host:port` of every door of the Network, this one included; none: this one is all there is to say. */
  readonly connectUrls: readonly string[];
  readonly wsConnectUrls: readonly string[];
  /** It ends soon: clients move to another. */
  readonly isLameDuck: boolean;
}

/** What a door asks of every client. */
export interface DoorLimits {
  readonly maxPayloadBytes: number;
  readonly maxControlLineBytes: number;
  /** Of one client; 0 for any number. */
  readonly maxSubscriptions: number;
  /** Without a byte from the client for so long it is asked. */
  readonly pingIntervalMs: number;
  /** So many questions may stay unanswered. */
  readonly maxPingsOut: number;
  /** For CONNECT, where users are asked who they are. */
  readonly connectTimeoutMs: number;
}

/** nats-server's, but for subscriptions, of which a Node has room for 100,000. */
export const DEFAULT_LIMITS: DoorLimits = {
  maxPayloadBytes: MAX_PAYLOAD_BYTES,
  maxControlLineBytes: MAX_CONTROL_LINE_BYTES,
  maxSubscriptions: 100_000,
  pingIntervalMs: 120_000,
  maxPingsOut: 2,
  connectTimeoutMs: 2_000,
};

export interface ClientInfo {
  readonly clientId: number;
  readonly clientIp: string;
  /** Undefined where no user has a key. */
  readonly nonce: string | undefined;
  readonly isAuthRequired: boolean;
  readonly maxPayloadBytes: number;
}

export function infoLine(server: ServerInfo, client: ClientInfo): string {
  const { connectUrls, wsConnectUrls } = server;
  return `INFO ${JSON.stringify({
    server_id: server.serverId,
    server_name: server.serverName,
    version: NATS_VERSION,
    proto: 1,
    leafcutter: true,
    host: server.host,
    port: server.port,
    headers: true,
    ...(client.isAuthRequired && { auth_required: true }),
    ...(server.isTlsRequired && { tls_required: true }),
    max_payload: client.maxPayloadBytes,
    client_id: client.clientId,
    client_ip: client.clientIp,
    ...(client.nonce !== undefined && { nonce: client.nonce }),
    ...(connectUrls.length > 0 && { connect_urls: connectUrls }),
    ...(wsConnectUrls.length > 0 && { ws_connect_urls: wsConnectUrls }),
    ...(server.isLameDuck && { ldm: true }),
  })}`;
}
