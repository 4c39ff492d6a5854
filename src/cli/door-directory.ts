/**
 * Doors of one network tell each other where clients find them, by what their Nodes say of themselves; each passes it on to its clients, who
 * move when their own door dies.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import type { Mesh } from '../library/index.node.ts';
import { DOOR_ATTRIBUTES } from '../services/pubsub/index.ts';
import { pageAddresses } from './serve-addresses.ts';

export interface DoorUrls {
  /** `host:port`, over TCP. */
  readonly nats: readonly string[];
  readonly websocket: readonly string[];
}

/** Of one Node: all that it says must fit into 512 bytes. */
const MAX_URLS = 3;
const URL_TEXT = /^(?:[\w.-]{1,64}|\[[\da-fA-F:.]{2,45}\]):(\d{1,5})$/;

/** `host:port`, or a host whose port is that which the door listens at; an IPv6 address stands in brackets. */
export function isPlace(text: string): boolean {
  return isUrl(text) || isUrl(`${text}:1`);
}

/**
 * Where others find a door. Nowhere, if it listens on loopback and nothing else is said: another machine that is told 127.0.0.1 would look
 * for it on itself.
 */
export function urlsOf(
  host: string,
  ports: { readonly nats: number; readonly websocket: number | undefined },
  advertise: string | undefined,
  interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>,
): DoorUrls {
  const at = (port: number | undefined): string[] =>
    port === undefined
      ? []
      : pageAddresses({ host, port, base: '/' }, interfaces)
          .others.slice(0, MAX_URLS)
          .map(({ url }) => `${new URL(url).hostname}:${port}`);
  if (advertise === undefined) return { nats: at(ports.nats), websocket: at(ports.websocket) };
  const name = advertise.replace(/:\d+$/, '');
  const isWithPort = name !== advertise;
  return {
    nats: [isWithPort ? advertise : `${advertise}:${ports.nats}`],
    websocket: ports.websocket === undefined ? [] : [`${name}:${ports.websocket}`],
  };
}

/** Says ours, and calls `changed` with everyone's, ours first, now and at each change. Returns the end of it. */
export function shareDoors(
  mesh: Pick<Mesh, 'members' | 'setInfo' | 'on'>,
  own: DoorUrls,
  changed: (all: DoorUrls) => void,
): () => void {
  mesh.setInfo({
    [DOOR_ATTRIBUTES.nats]: own.nats.join(','),
    [DOOR_ATTRIBUTES.webSocket]: own.websocket.join(','),
  });
  let before = '';
  const tell = (): void => {
    const others = mesh.members().filter(({ isSelf }) => !isSelf);
    const all = {
      nats: unique([
        ...own.nats,
        ...others.flatMap(({ attributes }) => urlsIn(attributes[DOOR_ATTRIBUTES.nats])),
      ]),
      websocket: unique([
        ...own.websocket,
        ...others.flatMap(({ attributes }) => urlsIn(attributes[DOOR_ATTRIBUTES.webSocket])),
      ]),
    };
    const now = JSON.stringify(all);
    if (now !== before) changed(all);
    before = now;
  };
  tell();
  return mesh.on('membersChanged', tell);
}

/** What another Node says: at most a few, and nothing that is none. */
function urlsIn(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  return value.split(',').filter(isUrl).slice(0, MAX_URLS);
}

function isUrl(text: string): boolean {
  return Number(URL_TEXT.exec(text)?.[1]) <= 65_535;
}

function unique(urls: readonly string[]): string[] {
  return [...new Set(urls)];
}
