import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { seededRandom } from '../src/runtime/index.ts';
import { newNodeId } from '../src/wire/index.ts';
import { Addresses } from './client-addresses.ts';
import { DEFAULT_LIMITS, MAX_STRIKES, SOCKET_FRAMES } from './limits.ts';
import { CloseCode, Session } from './session.ts';

class Socket extends EventEmitter {
  readonly OPEN = 1;
  readonly bufferedAmount = 0;
  readyState = 1;
  closeCode: number | undefined;
  send(): void {}
  close(code: number): void {
    this.readyState = 2;
    this.closeCode = code;
  }
}

function open(): Socket {
  const share = new Addresses(DEFAULT_LIMITS).admit('192.0.2.1', 0);
  if (typeof share === 'string') throw new Error(share);
  const socket = new Socket();
  const host = {
    now: () => 0,
    registered: () => undefined,
    signal: () => undefined,
    malformed: () => undefined,
    closed: () => undefined,
  };
  const id = newNodeId(seededRandom(1));
  new Session({ id, share, socket: socket as unknown as WebSocket, host });
  return socket;
}

it('ends a socket that floods us with frames of any kind, those that WebSocket itself knows included', () => {
  for (const event of ['message', 'ping', 'pong']) {
    const socket = open();
    const body = Buffer.from('{"type":"HEARTBEAT"}');
    for (let i = 0; i < SOCKET_FRAMES.burst + MAX_STRIKES; i++) socket.emit(event, body, false);
    expect(socket.closeCode, event).toBeUndefined();
    socket.emit(event, body, false);
    expect(socket.closeCode, event).toBe(CloseCode.policy);
  }
});
