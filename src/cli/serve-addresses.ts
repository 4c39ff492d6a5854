/** Which addresses to tell a person, from what the server listens on and the interfaces of this machine. */
import type { NetworkInterfaceInfo } from 'node:os';
import type { PageAddress } from '../../signaling/index.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Folder of the page, with slashes around it. */
  readonly base: string;
  /** What the certificate stands for; undefined where the server speaks plain http. */
  readonly certifiedHosts?: readonly string[] | undefined;
}

export interface PageAddresses {
  /** For a browser on this machine; undefined when the server listens on one outside address only. */
  readonly thisMachine: string | undefined;
  /** For the other machines, the likeliest first: what the certificate names, else one per IPv4 address. */
  readonly others: readonly PageAddress[];
}

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::', ''];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
/** Networks of virtual machines, containers and VPNs: seldom where the other machines are. */
const VIRTUAL =
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vnet|lxc|lxd|podman|cni|tun|tap|utun|wg|zt|tailscale)/;

export function pageAddresses(listening: Listening, interfaces: Interfaces): PageAddresses {
  const { host, port, base, certifiedHosts } = listening;
  const scheme = certifiedHosts ? 'https' : 'http';
  const url = (name: string): string =>
    new URL(`${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}${base}`).href;
  if (LOOPBACK.test(host)) return { thisMachine: url(host), others: [] };
  const isEverywhere = EVERY_ADDRESS.includes(host);
  const thisMachine = isEverywhere ? url('localhost') : undefined;
  const certified = (certifiedHosts ?? []).filter((name) => !LOOPBACK.test(name));
  if (certified.length > 0) {
    return { thisMachine, others: certified.map((name) => ({ url: url(name), name: 'certificate' })) };
  }
  if (!isEverywhere) return { thisMachine, others: [{ url: url(host), name: host }] };
  const outside = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ url: url(address), name })),
  );
  const isVirtual = ({ name }: PageAddress): boolean => VIRTUAL.test(name);
  return { thisMachine, others: [...outside.filter((a) => !isVirtual(a)), ...outside.filter(isVirtual)] };
}
