/** Whole doors, started as the command starts them, with official clients and a Node of the mesh. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startServerInChild } from '../../signaling/child-process.ts';
import { joinNetwork, newNetwork } from '../library/index.node.ts';
import { setLogSink, systemClock, systemRandom, systemTimers } from '../runtime/index.ts';
import { createBroker, pattern, type SubscriptionId } from '../services/pubsub/index.ts';
import type { DoorRunOptions } from './door-options.ts';
import { runDoor } from './door-run.ts';

let folder = '';
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-door-'));
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  vi.restoreAllMocks();
  setLogSink(undefined);
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

const OPTIONS: DoorRunOptions = {
  ...{ server: undefined, name: hostname(), timeout: 60, logLevel: 'warn' },
  ...{ port: 0, user: [], nkey: [], anyone: false, origin: [] },
};

interface Started {
  readonly url: string;
  readonly over: Promise<void>;
}

/** As a signal to the process would, which ends all doors in it. */
async function stop(signal: 'SIGTERM' | 'SIGINT', ...doors: readonly Started[]): Promise<void> {
  process.emit(signal);
  await Promise.all(doors.map(({ over }) => over));
}

async function started(invite: string | undefined, options: Partial<DoorRunOptions> = {}): Promise<Started> {
  const ports = await mkdtemp(join(folder, 'ports-'));
  const config = join(ports, 'door.conf');
  await writeFile(
    config,
    `ports_file_dir: "${ports}"\nmonitor_port: -1\ndebug: true\nlame_duck_grace_period: 50ms, lame_duck_duration: 100ms`,
  );
  const over = runDoor(invite, { ...OPTIONS, config, ...options });
  const file = join(ports, `nats-server_${process.pid}.ports`);
  await Promise.race([
    over.then(() => Promise.reject(new Error('the door ended'))),
    expect.poll(() => existsSync(file)).toBe(true),
  ]);
  const written = JSON.parse(await readFile(file, 'utf8')) as { nats: string[]; monitoring: string[] };
  const health = await fetch(`${written.monitoring[0]}/healthz`);
  expect(await health.json()).toEqual({ status: 'ok' });
  return { url: String(written.nats[0]), over };
}

async function clientAt({ url }: Started): Promise<NatsConnection> {
  const client = await connect({ servers: url, reconnect: false });
  ends.push(() => client.close());
  return client;
}

describe('the command of a door', () => {
  it('lets clients in, says what has no effect, and cleans up when it is told to stop', async () => {
    const door = await started(undefined);
    const client = await clientAt(door);
    await client.flush();
    expect(vi.mocked(console.error).mock.calls.flat()).toEqual([
      expect.stringMatching(/^note: .*door\.conf, line 3: debug has no effect on a door$/),
    ]);
    await stop('SIGINT', door);
    await client.closed();
    expect(process.exitCode).toBe(0);
    const [ports = ''] = await readdir(folder);
    expect(await readdir(join(folder, ports))).toEqual(['door.conf']);
  });

  it('says lame duck to its clients at SIGTERM, and lets them go', async () => {
    const door = await started(undefined);
    const client = await clientAt(door);
    const heard: string[] = [];
    const over = (async () => {
      for await (const { type } of client.status()) heard.push(type);
    })();
    await client.flush();
    await stop('SIGTERM', door);
    await client.closed();
    await over;
    expect(heard).toContain('ldm');
    expect(process.exitCode).toBe(0);
  });

  it('does not start beyond loopback for anyone, unless it is told to', async () => {
    await expect(runDoor(undefined, { ...OPTIONS, host: '0.0.0.0' })).rejects.toThrow(/--anyone/);
    const door = await started(undefined, { host: '0.0.0.0', anyone: true });
    await clientAt(door);
    await stop('SIGINT', door);
  });

  it('joins a network: clients at two doors and a tab talk, and each door names the other', async () => {
    const server = await startServerInChild();
    ends.push(() => server.kill());
    const invite = `http://127.0.0.1:${server.port}/#${newNetwork()}`;
    const tab = await joinNetwork(invite, { info: {}, timeoutMs: 60_000 });
    ends.push(() => tab.close());
    const broker = createBroker({
      ...{ node: tab.node, clock: systemClock, timers: systemTimers, random: systemRandom },
    });
    const heard: string[] = [];
    const inTab = broker.connect({
      hear(verb) {
        if (verb.type !== 'msg') return;
        heard.push(`${verb.subject} ${new TextDecoder().decode(verb.payload)}`);
        if (!verb.reply) return;
        const payload = new TextEncoder().encode('from the tab');
        inTab.say({
          type: 'pub',
          subject: verb.reply,
          reply: undefined,
          headers: undefined,
          payload,
          ack: undefined,
        });
      },
    });
    inTab.say({ type: 'connect', options: { name: 'tab', echo: true, headers: true, noResponders: true } });
    inTab.say({
      ...{ type: 'sub', sid: '1' as SubscriptionId, pattern: pattern('tab.*') },
      ...{ queue: undefined, ack: undefined, slow: undefined },
    });

    const doors = [
      await started(invite, { advertise: 'one.example:4222' }),
      await started(invite, { advertise: 'two.example:4222' }),
    ] as const;
    const [first, second] = [await clientAt(doors[0]), await clientAt(doors[1])];
    const urls = (): readonly string[] => first.info?.connect_urls ?? [];
    await expect.poll(urls).toEqual(['one.example:4222', 'two.example:4222']);

    const asked = async (): Promise<string> => {
      const answer = await first.request('tab.ask', 'hello', { timeout: 20_000 });
      return answer.string();
    };
    await expect.poll(() => asked().catch(String)).toBe('from the tab');
    second.subscribe('double', {
      callback: (_error, message) => void message.respond(message.string().repeat(2)),
    });
    await second.flush();
    const doubled = async (): Promise<string> =>
      (await first.request('double', 'ab', { timeout: 20_000 })).string();
    await expect.poll(() => doubled().catch(String)).toBe('abab');
    await expect(first.request('nobody', '', { timeout: 20_000 })).rejects.toThrow(/no responders/i);
    expect(heard.at(-1)).toBe('tab.ask hello');
    await stop('SIGINT', ...doors);
  });
});
