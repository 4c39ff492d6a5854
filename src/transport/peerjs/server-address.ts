/** Where the signaling server is, from the address of the page they come with. */
import { LeafcutterError } from '../../runtime/index.ts';

export interface ServerAddress {
  /** As PeerJS wants them. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly secure: boolean;
  /** Answers anyone whose request reaches the server. */
  readonly healthUrl: string;
}

/** @throws LeafcutterError `bad-server-address`, which does not show a key behind # */
export function serverUrl(server: string | URL): URL {
  const text = String(server);
  if (URL.canParse(text) && /^(?:https?|wss?):/.test(text)) return new URL(text);
  throw new LeafcutterError(
    'bad-server-address',
    `"${text.replace(/#.*$/s, '')}" is not the address of a server: use http(s)://host:port/`,
  );
}

/**
 * @param server an http(s) or ws(s) URL; its path is the folder the server is mounted at, query and fragment are ignored.
 * @throws LeafcutterError `bad-server-address`
 */
export function serverAddress(server: string | URL): ServerAddress {
  const url = serverUrl(server);
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 443 : 80),
    path: `${folder}peerjs`,
    secure,
    healthUrl: `${secure ? 'https' : 'http'}://${url.host}${folder}healthz`,
  };
}
