import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Addresses, addressOf, normalAddress } from './client-addresses.ts';

describe('an address', () => {
  it('is an IPv4 address, or the first 64 bits of an IPv6 one', () => {
    for (const [text, normal] of [
      ['192.168.1.7', '192.168.1.7'],
      ['::ffff:192.168.1.7', '192.168.1.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:DB8:0001:2::6', '2001:db8:1:2::/64'],
      ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['unknown', 'unknown'],
      ['x'.repeat(5000), 'x'.repeat(45)],
    ] as const) {
      expect(normalAddress(text)).toBe(normal);
    }
  });

  it('is what a trusted proxy saw, the last it was told; without trust it is the socket itself', () => {
    const request = (forwarded?: string | string[]) =>
      ({
        socket: { remoteAddress: '10.0.0.1' },
        headers: { 'x-forwarded-for': forwarded },
      }) as unknown as IncomingMessage;
    expect(addressOf(request('1.1.1.1, 2.2.2.2'), true)).toBe('2.2.2.2');
    expect(addressOf(request(['1.1.1.1', '3.3.3.3']), true)).toBe('3.3.3.3');
    expect(addressOf(request(), true)).toBe('10.0.0.1');
    expect(addressOf(request(''), true)).toBe('10.0.0.1');
    expect(addressOf(request('1.1.1.1'), false)).toBe('10.0.0.1');
  });
});

describe('the addresses', () => {
  it('let in a number of sockets each, and all together, and count those that end', () => {
    const addresses = new Addresses({ maxSockets: 3, maxSocketsPerAddress: 2 });
    expect(addresses.admit('a', 0)).toBeTypeOf('object');
    expect(addresses.admit('a', 0)).toBeTypeOf('object');
    expect(addresses.admit('a', 0)).toBe('address-full');
    expect(addresses.admit('b', 0)).toBeTypeOf('object');
    expect(addresses.admit('c', 0)).toBe('server-full');
    expect([addresses.socketCount, addresses.addressCount]).toEqual([3, 2]);
    addresses.release('b');
    addresses.release('b');
    expect([addresses.socketCount, addresses.addressCount]).toEqual([2, 1]);
    expect(addresses.admit('c', 0)).toBeTypeOf('object');
  });

  it('bound how fast one opens and closes them, and remember it after the last is gone', () => {
    const addresses = new Addresses({ maxSockets: 100, maxSocketsPerAddress: 40 });
    const openAndClose = (nowMs: number): number => {
      let count = 0;
      while (typeof addresses.admit('a', nowMs) === 'object') {
        addresses.release('a');
        count += 1;
      }
      return count;
    };
    expect(openAndClose(0)).toBe(40);
    expect(openAndClose(1_000)).toBe(2);
    expect(addresses.admit('b', 1_000)).toBeTypeOf('object');
  });

  it('give all sockets of an address one share, with a tag that is not the address', () => {
    const addresses = new Addresses({ maxSockets: 9, maxSocketsPerAddress: 9 });
    const [one, same, other] = [addresses.admit('a', 0), addresses.admit('a', 0), addresses.admit('b', 0)];
    expect(one).toBe(same);
    if (typeof one !== 'object' || typeof other !== 'object') throw new Error('there is room');
    expect(one.tag).toMatch(/^[0-9a-f]{16}$/);
    expect(one.tag).not.toBe(other.tag);
  });

  it('forget the addresses that were idle longest', () => {
    const addresses = new Addresses({ maxSockets: 9, maxSocketsPerAddress: 1 });
    addresses.admit('first', 0);
    addresses.release('first');
    expect(addresses.admit('first', 0)).toBe('address-full');
    for (let i = 0; i < 5_000; i++) {
      addresses.admit(`other ${i}`, 0);
      addresses.release(`other ${i}`);
    }
    expect(addresses.admit('first', 0)).toBeTypeOf('object');
  });
});
