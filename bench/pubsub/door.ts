/**
 * The door beside Debian's nats-server, for the official Node client: messages a second to one and to eight, requests, and what a connection
 * costs. The two take turns in every round. Receivers live in another process than the publisher. On two cores clients and server want the same
 * processors, so what the server itself has cost is told, too: it hardly moves when the machine is busy.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from '../common/statistics.ts';
import { type NatsServer, type ServerName, startNatsServer } from './servers.ts';

const SERVERS: readonly ServerName[] = ['door', 'nats-server'];
const MESSAGE_BYTES = 128;
const MESSAGES = { 1: 200_000, 8: 60_000 } as const;
/** Receivers say so often how far they are, and the publisher is so far ahead at most: below what a server keeps for a slow one. */
const EVERY = 2_000;
const AHEAD = 20_000;
const REQUESTS = 2_000;
const CONNECTS = 40;
const IDLE = 1_000;
const IDLE_REST_MS = 3_000;

const FIGURES = [
  ['toOne', '128 B messages/s, 1 to 1'],
  ['toEight', '128 B messages/s, 1 to 8 (published)'],
  ['cpuToOne', 'processor ms of the server, for 10,000 of those to 1'],
  ['cpuToEight', 'processor ms of the server, for 10,000 of those to 8'],
  ['requestP50', 'request and reply, ms, p50'],
  ['requestP99', 'request and reply, ms, p99'],
  ['firstMessage', 'connect to first message, ms'],
  ['idleKib', `KiB for each of ${IDLE} idle connections`],
] as const;
type Figure = (typeof FIGURES)[number][0];
type Figures = Record<Figure, number>;

export interface DoorRow {
  readonly figure: Figure;
  readonly text: string;
  readonly door: number;
  readonly natsServer: number;
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
}

/** `rounds` rounds; one more before them warms up. @throws Error where nats-server is not installed */
export async function measureDoor(rounds: number): Promise<readonly DoorRow[]> {
  const all: Record<ServerName, Figures[]> = { door: [], 'nats-server': [] };
  const parties: Party[] = [];
  try {
    for (const name of SERVERS) parties.push(await gather(name));
    for (let round = 0; round <= rounds; round++) {
      for (const party of rotated(parties, round)) {
        const figures = await measureOne(party);
        if (round > 0) all[party.name].push(figures);
      }
    }
  } finally {
    for (const { close } of parties) await close();
  }
  return FIGURES.map(([figure, text]) => {
    const [door, natsServer] = SERVERS.map((name) => all[name].map((figures) => figures[figure]));
    if (!door || !natsServer) throw new Error('unreachable');
    const ratio = rounded(medianRatio(door, natsServer), 3);
    return {
      ...{ figure, text, ratio, quartiles: quartiles(door, natsServer) },
      ...{ door: rounded(median(door), 3), natsServer: rounded(median(natsServer), 3) },
    };
  });
}

/** A server that stays for all rounds, with the two ends that talk through it. */
interface Party {
  readonly name: ServerName;
  readonly server: NatsServer;
  readonly receivers: ChildProcess;
  readonly nc: NatsConnection;
  close(): Promise<void>;
}

async function gather(name: ServerName): Promise<Party> {
  const server = await startNatsServer(name);
  const script = fileURLToPath(new URL('receivers.mjs', import.meta.url));
  const receivers = spawn(process.execPath, [script, String(server.port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const nc = await connect({ servers: `127.0.0.1:${server.port}` });
  const close = async (): Promise<void> => {
    await nc.close();
    receivers.kill();
    await server.close();
  };
  return { name, server, receivers, nc, close };
}

export function doorLines(rows: readonly DoorRow[]): string[] {
  const width = Math.max(...rows.map(({ text }) => text.length));
  return [
    `${'official Node client'.padEnd(width)}${'door'.padStart(12)}${'nats-server'.padStart(14)}   x nats-server`,
    ...rows.map(
      ({ text, door, natsServer, ratio, quartiles: between }) =>
        `${text.padEnd(width)}${shown(door).padStart(12)}${shown(natsServer).padStart(14)}   ${ratioText(ratio, between)}`,
    ),
  ];
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

async function measureOne({ name, server, receivers, nc }: Party): Promise<Figures> {
  // Of one that has done nothing else yet: what a server keeps of a storm is not what connections cost.
  const fresh = await startNatsServer(name);
  const idleKib = await idleCost(fresh).finally(() => fresh.close());
  const firsts: number[] = [];
  for (let i = 0; i < CONNECTS; i++) firsts.push(await firstMessageMs(server.port));
  const one = await published(nc, server, receivers, 1);
  const eight = await published(nc, server, receivers, 8);
  const requests = await requested(nc, receivers);
  return {
    ...{ idleKib, firstMessage: median(firsts) },
    ...{ toOne: one.perSecond, cpuToOne: one.cpuMs, toEight: eight.perSecond, cpuToEight: eight.cpuMs },
    ...{ requestP50: at(requests, 0.5), requestP99: at(requests, 0.99) },
  };
}

async function told(receivers: ChildProcess, what: object): Promise<void> {
  const ready = once(receivers, 'message');
  receivers.send(what);
  await ready;
}

async function published(
  nc: NatsConnection,
  server: NatsServer,
  receivers: ChildProcess,
  clients: 1 | 8,
): Promise<{ readonly perSecond: number; readonly cpuMs: number }> {
  const count = MESSAGES[clients];
  const got = new Array<number>(clients).fill(0);
  let wake: () => void = () => undefined;
  const subscription = nc.subscribe('bench.got.*', {
    callback: (_error, msg) => {
      got[Number(msg.subject.split('.')[2])] = Number(msg.string());
      wake();
    },
  });
  await told(receivers, { receive: clients, every: EVERY });
  await nc.flush();
  const untilAllHave = async (least: number): Promise<void> => {
    while (Math.min(...got) < least) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const payload = new Uint8Array(MESSAGE_BYTES);
  const cpuBefore = await server.cpuMs();
  const startMs = performance.now();
  for (let sent = 0; sent < count; sent += EVERY) {
    await untilAllHave(sent - AHEAD);
    for (let i = 0; i < EVERY; i++) nc.publish('bench.messages', payload);
    // The client writes at the end of a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await untilAllHave(count);
  const ms = performance.now() - startMs;
  subscription.unsubscribe();
  return {
    perSecond: (count * 1_000) / ms,
    cpuMs: ((await server.cpuMs()) - cpuBefore) / (count / 10_000),
  };
}

async function requested(nc: NatsConnection, receivers: ChildProcess): Promise<readonly number[]> {
  await told(receivers, { serve: true });
  const payload = new Uint8Array(MESSAGE_BYTES);
  const all: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const startMs = performance.now();
    await nc.request('bench.ask', payload, { timeout: 10_000 });
    all.push(performance.now() - startMs);
  }
  return all.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

async function firstMessageMs(port: number): Promise<number> {
  const startMs = performance.now();
  const nc = await connect({ servers: `127.0.0.1:${port}` });
  const first = new Promise<void>((resolve) => {
    nc.subscribe('bench.first', { callback: () => resolve() });
  });
  nc.publish('bench.first');
  await first;
  const ms = performance.now() - startMs;
  await nc.close();
  return ms;
}

/** Sockets that have said CONNECT, subscribed to one subject each, and are silent. */
async function idleCost(server: NatsServer): Promise<number> {
  const before = await server.residentKib();
  const sockets: Socket[] = [];
  for (let i = 0; i < IDLE; i++) sockets.push(await idleSocket(server.port, i));
  await new Promise((resolve) => setTimeout(resolve, IDLE_REST_MS));
  const after = await server.residentKib();
  for (const socket of sockets) socket.destroy();
  return (after - before) / IDLE;
}

async function idleSocket(port: number, i: number): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  socket.setEncoding('utf8');
  let heard = '';
  const until = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('data', (chunk: string) => {
        heard += chunk;
        if (heard.includes(text)) resolve();
      });
    });
  const ponged = until('PONG');
  socket.write(`CONNECT {"verbose":false}\r\nSUB bench.idle.${i} 1\r\nPING\r\n`);
  await ponged;
  return socket;
}
