/**
 * The door: who may connect at all is decided before the first byte is read, who may open a socket before the WebSocket handshake,
 * while refusing costs next to nothing.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { log } from '../src/runtime/index.ts';
import { isNodeId, type NodeId } from '../src/wire/index.ts';
import { redact } from './access-log.ts';
import { Addresses, addressOf } from './client-addresses.ts';
import type { Limits } from './limits.ts';
import { isOriginWelcome, type OriginRules } from './origins.ts';
import { PlainConnections } from './plain-connections.ts';
import type { Rendezvous } from './rendezvous.ts';

/** Where PeerJS clients find it: `path: '/peerjs'`, and PeerJS adds its own `/peerjs`. */
const PEER_SOCKET_PATH = '/peerjs/peerjs';
/** PeerJS sends it unless told otherwise. */
const PEER_KEY = 'peerjs';
/** The same complaint is logged no more often than this. */
const LOG_INTERVAL_MS = 10_000;

type Refusal = 'origin' | 'addressFull' | 'serverFull' | 'badRequest';
type Complaint = Refusal | 'connections';

const STATUS: Readonly<Record<Refusal, string>> = {
  badRequest: '404 Not Found',
  origin: '403 Forbidden',
  addressFull: '429 Too Many Requests',
  serverFull: '503 Service Unavailable',
};

export interface GateOptions {
  readonly rendezvous: Rendezvous;
  readonly limits: Limits;
  readonly origins: OriginRules;
}

export class Gate {
  readonly addresses: Addresses;
  readonly plain: PlainConnections;
  readonly #options: GateOptions;
  readonly #loggedAtMs = new Map<Complaint, number>();
  #isOpen = true;

  constructor(options: GateOptions) {
    this.#options = options;
    this.addresses = new Addresses(options.limits);
    this.plain = new PlainConnections(options.limits, options.origins);
  }

  /** Somebody has connected; nothing was read yet. */
  connected(socket: Socket): void {
    if (this.plain.admit(socket)) return;
    const { counters } = this.#options.rendezvous;
    counters.connectionsRefused += 1;
    const address = socket.remoteAddress;
    socket.destroy();
    this.#complain('connections', `a connection of ${address} was refused: too many without a socket`);
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#isOpen = false;
  }

  /** @param target the request's path and query, below the server's base */
  upgrade(target: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.plain.handOver(request.socket);
    const { rendezvous, origins } = this.#options;
    const refuse = (refusal: Refusal, text = ''): void => this.#refuse(socket, refusal, text);
    const id = claimedId(target);
    if (id === undefined) {
      refuse('badRequest');
      return;
    }
    if (!isOriginWelcome(request, origins)) {
      const origin = redact(request.headers.origin ?? '');
      refuse('origin', `a page of ${origin} asked; let it in with --origin ${origin}`);
      return;
    }
    const address = addressOf(request, origins.isProxyTrusted);
    const share = this.#isOpen ? this.addresses.admit(address, rendezvous.now()) : 'server-full';
    switch (share) {
      case 'server-full':
        refuse('serverFull', 'all sockets are taken; allow more with --max-sockets');
        return;
      case 'address-full': {
        const orTrust = origins.isProxyTrusted
          ? ''
          : ', or behind a proxy count its clients with --trust-proxy';
        refuse('addressFull', `too many of ${address}; allow more with --max-sockets-per-address${orTrust}`);
        return;
      }
      default:
        rendezvous.accept(request, socket, head, {
          id,
          share,
          onEnd: () => this.addresses.release(address),
        });
    }
  }

  #refuse(socket: Duplex, refusal: Refusal, text: string): void {
    const { rendezvous } = this.#options;
    rendezvous.counters.refused[refusal] += 1;
    socket.on('error', () => undefined);
    // A client that keeps its own end open would keep ours: nothing else watches over a socket that asked for an upgrade.
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${STATUS[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    if (text !== '') this.#complain(refusal, `a socket was refused: ${text}`);
  }

  #complain(what: Complaint, text: string): void {
    const now = this.#options.rendezvous.now();
    if (now - (this.#loggedAtMs.get(what) ?? Number.NEGATIVE_INFINITY) < LOG_INTERVAL_MS) return;
    this.#loggedAtMs.set(what, now);
    log('warn', text);
  }
}

/** PeerJS names its id in the query. Whether it is the client's own is asked on the socket. */
function claimedId(target: string): NodeId | undefined {
  const [path, query] = target.split('?', 2);
  if (path !== PEER_SOCKET_PATH) return undefined;
  const fields = new URLSearchParams(query);
  const id = fields.get('id') ?? '';
  return isNodeId(id) && fields.get('key') === PEER_KEY ? id : undefined;
}
