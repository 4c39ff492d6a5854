/** Which addresses to tell a person, from what the server listens on and the interfaces of this machine. */
import type { NetworkInterfaceInfo } from 'node:os';

export interface PageAddresses {
  /** For a browser on this machine; undefined when the server listens on one outside address only. */
  readonly thisMachine: string | undefined;
  /** For the other machines on the LAN, one per IPv4 address. */
  readonly lan: readonly string[];
}

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::', ''];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

export function pageAddresses(host: string, port: number, interfaces: Interfaces): PageAddresses {
  const url = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
  if (!EVERY_ADDRESS.includes(host)) {
    return LOOPBACK.test(host)
      ? { thisMachine: url(host), lan: [] }
      : { thisMachine: undefined, lan: [url(host)] };
  }
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => url(address));
  return { thisMachine: url('localhost'), lan: outside };
}
