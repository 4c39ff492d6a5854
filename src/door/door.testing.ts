/** Test support: a door on a Broker of its own, on loopback, and a socket that talks to it as a person at telnet would. */
import { connect, type Socket } from 'node:net';
import { systemClock, systemRandom, systemTimers } from '../runtime/index.ts';
import type { Broker } from '../services/pubsub/index.ts';
import { brokerAlone } from './alone.ts';
import { ALL_PERMITTED, type Permissions } from './permissions.ts';
import { NO_RATE } from './rate-gate.ts';
import { DEFAULT_LIMITS, type DoorLimits } from './server-info.ts';
import { type Door, type DoorOptions, openDoor } from './sockets/door.ts';
import { type DoorUser, type Proof, Users } from './users.ts';

export interface TestDoor {
  readonly door: Door;
  readonly broker: Broker;
  readonly url: string;
  readonly port: number;
  /** With the Network of one Node that was made for it. */
  close(): Promise<void>;
}

export type TestDoorOptions = Partial<Omit<DoorOptions, 'broker' | 'limits' | 'users'>> & {
  readonly limits?: Partial<DoorLimits>;
  readonly users?: readonly DoorUser[];
};

const loopback = { host: '127.0.0.1', port: 0 };

export async function openTestDoor({
  limits,
  users = [],
  ...options
}: TestDoorOptions = {}): Promise<TestDoor> {
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom };
  const maxPayloadBytes = limits?.maxPayloadBytes ?? DEFAULT_LIMITS.maxPayloadBytes;
  const alone = brokerAlone({ ...world, maxPayloadBytes });
  const { broker } = alone;
  try {
    const door = await openDoor({
      broker,
      nats: loopback,
      websocket: { ...loopback, origins: [], isSameOriginWelcome: false },
      monitor: loopback,
      users: new Users(users),
      limits: { ...DEFAULT_LIMITS, ...limits },
      maxConnections: 1_000,
      serverName: 'test',
      ...world,
      ...options,
    });
    const close = async (): Promise<void> => {
      await door.close();
      alone.close();
    };
    return { door, broker, url: `nats://127.0.0.1:${door.ports.nats}`, port: door.ports.nats, close };
  } catch (error) {
    alone.close();
    throw error;
  }
}

export function userOf(
  name: string,
  proof: Proof | string,
  permissions: Partial<Permissions> = {},
): DoorUser {
  return {
    name,
    proof: typeof proof === 'string' ? { type: 'password', password: proof } : proof,
    permissions: { ...ALL_PERMITTED, ...permissions },
    rate: NO_RATE,
  };
}

export interface Heard {
  /** Without INFO. */
  readonly text: string;
  readonly isClosed: boolean;
}

/** Who closes while something is unread resets the connection, and a reset may overtake the last words on a busy machine. */
const MOST_RESETS = 20;

/** What a server says to this until it closes, or has answered every PING in it. */
export async function talk(port: number, text: string): Promise<Heard> {
  for (let resets = 0; ; resets++) {
    const socket = connect(port, '127.0.0.1');
    try {
      return await conversation(socket, text);
    } catch (error) {
      const isReset = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
      if (!isReset || resets === MOST_RESETS) throw error;
    } finally {
      socket.destroy();
    }
  }
}

function conversation(socket: Socket, text: string): Promise<Heard> {
  const pings = text.match(/^PING/gim)?.length ?? Number.POSITIVE_INFINITY;
  return new Promise((resolve, reject) => {
    let heard = '';
    const done = (isClosed: boolean): void =>
      resolve({ text: heard.replace(/^INFO [^\r]*\r\n/, ''), isClosed });
    socket.on('data', (chunk: Buffer) => {
      if (heard === '') socket.write(text);
      heard += chunk.toString('latin1');
      if ((heard.match(/^PONG\r\n/gm)?.length ?? 0) >= pings) done(false);
    });
    socket.on('error', reject);
    socket.on('close', () => done(true));
  });
}
