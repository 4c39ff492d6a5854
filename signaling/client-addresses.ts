/**
 * Who comes from where. What one address may have is shared by all its sockets, so that opening more of them, or making more
 * ids, gains nothing. An IPv6 network of 64 bits counts as one address, because it belongs to one customer.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { ADDRESS_BYTES, ADDRESS_FRAMES, type Limits, SOCKET_REFILL_PER_SECOND } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** The address a request counts for. Behind a proxy of ours it is the one that the proxy saw, the last in X-Forwarded-For. */
export function addressOf(request: IncomingMessage, isProxyTrusted: boolean): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (!isProxyTrusted) return normalAddress(direct);
  const forwarded = request.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(',').at(-1)?.trim();
  return normalAddress(last || direct);
}

/** IPv4 as it is, also inside IPv6; IPv6 by its first 64 bits; anything else cut to a bounded length. */
export function normalAddress(address: string): string {
  const inside = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (inside) return inside;
  const plain = address.split('%', 1)[0] ?? '';
  if (!isIPv6(plain)) return address.slice(0, 45);
  const [head = '', tail] = plain.toLowerCase().split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...new Array<string>(zeros).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** What the sockets of one address share. */
export interface AddressShare {
  /** Stands for the address in what leaves this process. */
  readonly tag: string;
  readonly frames: TokenBucket;
  readonly bytes: TokenBucket;
}

interface OwnShare extends AddressShare {
  sockets: number;
  readonly opens: TokenBucket;
}

/** Addresses without a socket whose spending is remembered. */
const MAX_REMEMBERED = 4_096;

export class Addresses {
  readonly #limits: Limits;
  readonly #active = new Map<string, OwnShare>();
  /** Without a socket, longest ago first. */
  readonly #idle = new Map<string, OwnShare>();
  #sockets = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get socketCount(): number {
    return this.#sockets;
  }

  get addressCount(): number {
    return this.#active.size;
  }

  /** Counts one socket more, until `release`; answers with why not when there are enough. */
  admit(address: string, nowMs: number): AddressShare | 'server-full' | 'address-full' {
    if (this.#sockets >= this.#limits.maxSockets) return 'server-full';
    const share = this.#active.get(address) ?? this.#idle.get(address) ?? this.#newShare(address);
    if (share.sockets >= this.#limits.maxSocketsPerAddress || !share.opens.take(nowMs)) return 'address-full';
    this.#idle.delete(address);
    this.#active.set(address, share);
    share.sockets += 1;
    this.#sockets += 1;
    return share;
  }

  release(address: string): void {
    const share = this.#active.get(address);
    if (!share) return;
    share.sockets -= 1;
    this.#sockets -= 1;
    if (share.sockets > 0) return;
    this.#active.delete(address);
    this.#idle.set(address, share);
    if (this.#idle.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#idle.keys();
    if (oldest !== undefined) this.#idle.delete(oldest);
  }

  #newShare(address: string): OwnShare {
    const { maxSocketsPerAddress: most } = this.#limits;
    return {
      tag: createHash('sha256').update(`leafcutter address\n${address}`).digest('hex').slice(0, 16),
      sockets: 0,
      opens: new TokenBucket(most, Math.max(1, most * SOCKET_REFILL_PER_SECOND)),
      frames: new TokenBucket(ADDRESS_FRAMES.burst, ADDRESS_FRAMES.perSecond),
      bytes: new TokenBucket(ADDRESS_BYTES.burst, ADDRESS_BYTES.perSecond),
    };
  }
}
