// The signaling server under many idle clients and a few bad ones: memory a socket, processor time at rest, how long GET /healthz
// takes, how soon clients notice a frozen server and are back at a restarted one. Clients run the tab's own code, in processes
// of their own on loopback.
//   npm run bench -- server [--sockets N] [--network-size N] [--rest-seconds N] [--backplane 1: two servers over NATS] [--json]
import { setTimeout as sleep } from 'node:timers/promises';
import { startNats } from '../signaling/backplane/nats.testing.ts';
import { type ChildServer, startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';
import { Crowd, cpuMs, residentKib, startAttacker } from './server/processes.ts';

export const summary =
  'the signaling server: memory a socket, health under attack, restart, two servers over NATS';
export const flags = ['--sockets N', '--backplane'];

/** Of clients; each has its own address, so that ports and limits suffice. */
const PROCESSES = 4;
const HEALTH_REQUESTS = 400;
/** So long the server may tidy up before its memory is read. */
const SETTLE_MS = 8_000;

interface Settings {
  readonly sockets: number;
  readonly networkSize: number;
  readonly restSeconds: number;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const settings = {
    sockets: Math.ceil(numberOption(args, '--sockets', 10_000, 18_000)),
    networkSize: Math.ceil(numberOption(args, '--network-size', 8, 18_000)),
    restSeconds: numberOption(args, '--rest-seconds', 20, 3_600),
  };
  return args.includes('--backplane') ? overBackplane(settings) : alone(settings);
}

async function alone({
  sockets,
  networkSize,
  restSeconds,
}: Settings): Promise<{ table: string; json: object }> {
  let server = await start();
  const crowd = new Crowd();
  try {
    const before = await settledKib(server);
    const openedMs = await fill(crowd, [server.port], sockets, networkSize);
    const filled = await settledKib(server);
    const cpuBefore = await cpuMs(server.pid);
    await sleep(restSeconds * 1000);
    const cpuAtRestPercent = ((await cpuMs(server.pid)) - cpuBefore) / (10 * restSeconds);
    const rested = await residentKib(server.pid);
    const quietMs = await healthMs(server.port);
    const ends = [startAttacker(server.port), startAttacker(server.port)];
    await sleep(5_000);
    const attackedMs = await healthMs(server.port);
    await Promise.all(ends.map((end) => end()));
    const online = crowd.online;

    process.kill(server.pid, 'SIGSTOP');
    const frozenAtMs = Date.now();
    const frozenNoticedMs = (await crowd.until((count) => count === 0)) - frozenAtMs;
    process.kill(server.pid, 'SIGCONT');
    await crowd.until((count) => count === sockets);
    const { port } = server;
    await server.terminate();
    await sleep(10_000);
    server = await start({}, port);
    const startedAtMs = Date.now();
    const restartedMs = (await crowd.until((count) => count === sockets)) - startedAtMs;

    const json = {
      sockets,
      networkSize,
      kibPerSocket: rounded((filled - before) / sockets, 2),
      driftKibPerSocket: rounded((rested - filled) / sockets, 2),
      openedMs,
      cpuAtRestPercent: rounded(cpuAtRestPercent, 1),
      healthzP99Ms: rounded(percentile(quietMs, 0.99), 1),
      healthzP99UnderAttackMs: rounded(percentile(attackedMs, 0.99), 1),
      onlineUnderAttack: online,
      frozenNoticedMs,
      restartedMs,
    };
    const table = [
      `${sockets} sockets in networks of ${networkSize}, ${PROCESSES} client processes on loopback`,
      `memory a socket            ${json.kibPerSocket} KiB, and ${json.driftKibPerSocket} more after ${restSeconds} s of rest`,
      `registered within          ${(openedMs / 1000).toFixed(1)} s of the first`,
      `server's processor at rest ${json.cpuAtRestPercent} % of a core`,
      `p99 of GET /healthz        ${json.healthzP99Ms} ms; with two that misbehave ${json.healthzP99UnderAttackMs} ms (${online} still online)`,
      `frozen server: all know    after ${(frozenNoticedMs / 1000).toFixed(1)} s`,
      `server back: all are back  after ${(restartedMs / 1000).toFixed(1)} s (it was away for ten)`,
    ].join('\n');
    return { table, json };
  } finally {
    await crowd.close();
    await server.kill();
  }
}

async function overBackplane({ sockets, networkSize }: Settings): Promise<{ table: string; json: object }> {
  const nats = await startNats();
  const options = { backplane: nats.url };
  const servers = [await start(options), await start(options)];
  const crowd = new Crowd();
  try {
    const before = await Promise.all(servers.map(settledKib));
    const openedMs = await fill(
      crowd,
      servers.map(({ port }) => port),
      sockets,
      networkSize,
    );
    const openedAtMs = Date.now();
    await untilAllKnow(servers, sockets);
    const sharedMs = Date.now() - openedAtMs;
    const filled = await Promise.all(servers.map(settledKib));
    const kib = filled.map((each, i) => rounded((each - (before[i] ?? 0)) / (sockets / servers.length), 2));
    const [first, second] = servers;
    await second?.kill();
    const killedAtMs = Date.now();
    await untilAllKnow(first ? [first] : [], sockets / 2);
    const forgottenMs = Date.now() - killedAtMs;
    const json = { sockets, networkSize, openedMs, sharedMs, kibPerOwnSocket: kib, forgottenMs };
    const table = [
      `${sockets} sockets over two servers and one NATS, networks of ${networkSize} across both`,
      `registered within          ${(openedMs / 1000).toFixed(1)} s of the first`,
      `both know all              ${sharedMs} ms later`,
      `memory for each own socket ${kib.join(' and ')} KiB, the copies of the other's registrations included`,
      `one killed: the other has forgotten its half after ${(forgottenMs / 1000).toFixed(1)} s`,
    ].join('\n');
    return { table, json };
  } finally {
    await crowd.close();
    for (const server of servers) await server.kill();
    await nats.kill();
  }
}

function start(options: { readonly backplane?: string } = {}, port = 0): Promise<ChildServer> {
  const limits = { maxSockets: 20_000, maxSocketsPerAddress: 20_000 };
  return startServerInChild(port, { server: { limits, ...options } });
}

/** Resolves when all are registered, with how long it took from the first. */
async function fill(
  crowd: Crowd,
  ports: readonly number[],
  sockets: number,
  networkSize: number,
): Promise<number> {
  for (let i = 0; i < PROCESSES; i++) {
    const own = Math.floor(sockets / PROCESSES) + Number(i < sockets % PROCESSES);
    crowd.add({ ports, sockets: own, networkSize, seed: i, localAddress: `127.0.0.${i + 2}` });
  }
  const firstAtMs = await crowd.until((online) => online > 0);
  return (await crowd.until((online) => online === sockets)) - firstAtMs;
}

async function settledKib({ pid }: ChildServer): Promise<number> {
  await sleep(SETTLE_MS);
  return residentKib(pid);
}

async function untilAllKnow(servers: readonly ChildServer[], instances: number): Promise<void> {
  for (const { port } of servers) {
    for (;;) {
      const health = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as {
        instances: number;
      };
      if (health.instances === instances) break;
      await sleep(20);
    }
  }
}

async function healthMs(port: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < HEALTH_REQUESTS; i++) {
    const startMs = performance.now();
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
    times.push(performance.now() - startMs);
    await sleep(5);
  }
  return times;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
