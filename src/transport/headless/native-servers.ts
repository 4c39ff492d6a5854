/**
 * STUN and TURN servers as libdatachannel takes them. A user name must not travel inside an address: coturn's short-lived
 * ones have a colon in them. It knows no STUN over TLS: browsers do, so a server may name it, and it is passed over here.
 */
import type { IceServer, RelayType } from 'node-datachannel';
import { LeafcutterError } from '../../runtime/index.ts';

/** RFC 7064, RFC 7065: scheme, host (IPv6 in brackets), port, transport. */
const ADDRESS = /^(stuns?|turns?):(\[[0-9a-f:.]+\]|[^:?\s]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
const PLAIN_PORT = 3478;
const TLS_PORT = 5349;

/** Without those over which it cannot ask. @throws LeafcutterError `bad-ice-server` */
export function nativeServers(servers: readonly RTCIceServer[]): IceServer[] {
  return servers.flatMap((server) => [server.urls].flat().flatMap((url) => nativeServer(url, server)));
}

function nativeServer(url: string, { username, credential }: RTCIceServer): IceServer[] {
  const [, scheme = '', host = '', port, transport] = ADDRESS.exec(url) ?? [];
  const kind = scheme.toLowerCase();
  if (kind === '') {
    throw new LeafcutterError(
      'bad-ice-server',
      `"${url}" is no STUN or TURN server: use stun:host:port, turn:host:port or turns:host:port`,
    );
  }
  if (kind === 'stuns') return [];
  const place = {
    hostname: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (kind === 'turns' ? TLS_PORT : PLAIN_PORT) : Number(port),
  };
  if (kind === 'stun') return [place];
  if (!username || typeof credential !== 'string') {
    throw new LeafcutterError('bad-ice-server', `the TURN server ${url} needs a username and a credential`);
  }
  const relayType: RelayType =
    kind === 'turns' ? 'TurnTls' : transport?.toLowerCase() === 'tcp' ? 'TurnTcp' : 'TurnUdp';
  return [{ ...place, username, password: credential, relayType }];
}
