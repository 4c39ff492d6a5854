/**
 * TCP connections that carry no client's socket (yet): requests for the page, TLS handshakes, and whoever connects and says nothing.
 * Each costs a descriptor, so an address may have as many as it may have sockets, which it may open all at once, and no more.
 * Behind a proxy of ours all have its address: there the proxy bounds them, and only their sum counts here.
 */
import type { Socket } from 'node:net';
import { normalAddress } from './client-addresses.ts';
import { LEAST_PLAIN_CONNECTIONS, type Limits } from './limits.ts';

/** What both the TCP socket and the TLS socket on top of it say. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort'>;

export class PlainConnections {
  readonly #most: number;
  readonly #mostOfAddress: number;
  /** The address of each, by its ends. */
  readonly #open = new Map<string, string>();
  readonly #perAddress = new Map<string, number>();

  constructor(limits: Limits, { isProxyTrusted }: { readonly isProxyTrusted: boolean }) {
    this.#most = Math.max(LEAST_PLAIN_CONNECTIONS, limits.maxSockets);
    this.#mostOfAddress = isProxyTrusted
      ? this.#most
      : Math.max(LEAST_PLAIN_CONNECTIONS, limits.maxSocketsPerAddress);
  }

  get count(): number {
    return this.#open.size;
  }

  /** Counts it until it closes or `handOver`; false when there are enough. */
  admit(socket: Ends & { once(event: 'close', listener: () => void): unknown }): boolean {
    const key = keyOf(socket);
    const address = normalAddress(socket.remoteAddress ?? 'unknown');
    const ofAddress = this.#perAddress.get(address) ?? 0;
    if (ofAddress >= this.#mostOfAddress || this.#open.size >= this.#most) return false;
    this.#open.set(key, address);
    this.#perAddress.set(address, ofAddress + 1);
    socket.once('close', () => this.#forget(key));
    return true;
  }

  /** It asks for an upgrade: from here on the gate counts it, or refuses it. */
  handOver(socket: Ends): void {
    this.#forget(keyOf(socket));
  }

  #forget(key: string): void {
    const address = this.#open.get(key);
    if (address === undefined) return;
    this.#open.delete(key);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

function keyOf({ remoteAddress, remotePort }: Ends): string {
  return `${remoteAddress} ${remotePort}`;
}
