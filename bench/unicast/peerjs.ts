/** PeerJS as its documentation shows it: `connect()` with the default serialization, reliable. Paced like the others. */
import { type DataConnection, Peer } from 'peerjs';
import { Counter, type Line, pump } from './line.ts';

const counter = new Counter();
let connection: DataConnection | undefined;
let finished: () => void = () => undefined;

function adopt(next: DataConnection): void {
  connection = next;
  next.on('data', (data) => {
    if (data === 'all') finished();
    else if (data instanceof ArrayBuffer || data instanceof Uint8Array) counter.arrived(data.byteLength);
  });
}

function current(): DataConnection {
  if (!connection) throw new Error('PeerJS is not connected');
  return connection;
}

/** @param target the other page's id; without it this page waits for the other. */
export async function connect(port: number, id: string, target?: string): Promise<void> {
  const peer = new Peer(id, {
    host: '127.0.0.1',
    port,
    path: '/peerjs',
    secure: false,
    config: { iceServers: [] },
  });
  peer.on('connection', adopt);
  await new Promise((resolve) => peer.on('open', resolve));
  if (target === undefined) return;
  const outgoing = peer.connect(target, { reliable: true });
  adopt(outgoing);
  await new Promise<void>((resolve) => outgoing.on('open', resolve));
}

export const peerjs: Line = {
  expect: (bytes, count) => counter.expect(bytes, count, () => void current().send('all')),
  async send(bytes, count) {
    const open = current();
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const startMs = performance.now();
    await pump(open.dataChannel, bytes, count, (message) => void open.send(message));
    await all;
    return performance.now() - startMs;
  },
};
