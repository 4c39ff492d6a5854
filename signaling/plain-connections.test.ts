import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { LEAST_PLAIN_CONNECTIONS } from './limits.ts';
import { PlainConnections } from './plain-connections.ts';

const MOST_OF_ADDRESS = LEAST_PLAIN_CONNECTIONS + 10;
const LIMITS = { maxSockets: LEAST_PLAIN_CONNECTIONS + 15, maxSocketsPerAddress: MOST_OF_ADDRESS };

function world({ isProxyTrusted = false, limits = LIMITS } = {}) {
  const connections = new PlainConnections(limits, { isProxyTrusted });
  let ports = 0;
  const socket = (remoteAddress: string) =>
    Object.assign(new EventEmitter(), { remoteAddress, remotePort: ++ports });
  /** How many of so many are let in. */
  const open = (address: string, count: number): number => {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (connections.admit(socket(address))) admitted++;
    return admitted;
  };
  return { connections, socket, open };
}

it('lets an address have as many connections as it may have sockets, and others the rest', () => {
  const { open } = world();
  expect(open('10.0.0.1', 1_000)).toBe(MOST_OF_ADDRESS);
  expect(open('::ffff:10.0.0.1', 10)).toBe(0);
  expect(open('10.0.0.2', 1_000)).toBe(5);
  expect(open('10.0.0.3', 1_000)).toBe(0);
});

it('counts one no more that has closed or asks for a socket, each once', () => {
  const { connections, socket, open } = world();
  const [first, second] = [socket('10.0.0.1'), socket('10.0.0.1')];
  expect([connections.admit(first), connections.admit(second)]).toEqual([true, true]);
  expect(open('10.0.0.1', 1_000)).toBe(MOST_OF_ADDRESS - 2);
  first.emit('close');
  // A TLS socket is another object with the same ends.
  connections.handOver({ remoteAddress: second.remoteAddress, remotePort: second.remotePort });
  expect(connections.count).toBe(MOST_OF_ADDRESS - 2);
  second.emit('close');
  expect(connections.count).toBe(MOST_OF_ADDRESS - 2);
  expect(open('10.0.0.1', 1_000)).toBe(2);
});

it('has forgotten an address whose connections have all closed', () => {
  const { connections, socket, open } = world();
  const only = socket('10.0.0.1');
  connections.admit(only);
  only.emit('close');
  expect(connections.count).toBe(0);
  expect(open('10.0.0.1', 1_000)).toBe(MOST_OF_ADDRESS);
});

it('leaves a proxy of ours what all together may have', () => {
  expect(world({ isProxyTrusted: true }).open('127.0.0.1', 1_000)).toBe(LIMITS.maxSockets);
});

it('has room for some browsers where few sockets are allowed', () => {
  const { open } = world({ limits: { maxSockets: 5, maxSocketsPerAddress: 1 } });
  expect(open('10.0.0.1', 1_000)).toBe(LEAST_PLAIN_CONNECTIONS);
});
