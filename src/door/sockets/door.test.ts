import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeCertificate, opensslProblem } from '../../../signaling/tls.testing.ts';
import { openTestDoor, type TestDoor, type TestDoorOptions, talk, userOf } from '../door.testing.ts';
import type { DoorTls } from './tls.ts';

const doors: TestDoor[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

async function doorOf(options?: TestDoorOptions): Promise<TestDoor> {
  const made = await openTestDoor(options);
  doors.push(made);
  return made;
}

function madeTls(): DoorTls {
  const { certFile, keyFile, remove } = makeCertificate('DNS:localhost,IP:127.0.0.1');
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  remove();
  return tls;
}

async function read(made: TestDoor, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${made.door.ports.monitor}${path}`);
  return { status: response.status, ...((await response.json()) as object) };
}

describe('a door over WebSocket', () => {
  const webSocketTo = (made: TestDoor, origin?: string): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${made.door.ports.websocket}`, origin === undefined ? {} : { origin });

  it('reads commands that are cut anywhere, and refuses text frames', async () => {
    const socket = webSocketTo(await doorOf());
    let heard = '';
    socket.on('message', (data, isBinary) => {
      expect(isBinary).toBe(true);
      heard += data.toString();
    });
    await once(socket, 'open');
    for (const piece of [
      'CONNECT {"verbose":fal',
      'se}\r',
      '\nSUB a 1\r\nPUB a 4\r\nab',
      'cd\r\nPI',
      'NG\r\n',
    ]) {
      socket.send(Buffer.from(piece));
    }
    await expect.poll(() => heard).toMatch(/^INFO .*\r\nMSG a 1 4\r\nabcd\r\nPONG\r\n$/);
    socket.send('PING\r\n');
    const [code] = await once(socket, 'close');
    expect(code).toBe(1003);
    expect(heard.match(/PONG/g)).toHaveLength(1);
  });

  it('lets in programs, and of pages those that are welcome', async () => {
    const origins = ['https://app.example'];
    const place = { host: '127.0.0.1', port: 0 };
    const some = await doorOf({ websocket: { ...place, origins, isSameOriginWelcome: false } });
    const own = await doorOf({ websocket: { ...place, origins: [], isSameOriginWelcome: true } });
    const all = await doorOf({ websocket: { ...place, origins: ['*'], isSameOriginWelcome: false } });
    const isLetIn = async (made: TestDoor, origin?: string): Promise<boolean> => {
      const socket = webSocketTo(made, origin);
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('open', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      socket.terminate();
      return isOpen;
    };
    expect(await isLetIn(some)).toBe(true);
    expect(await isLetIn(some, 'https://app.example')).toBe(true);
    expect(await isLetIn(some, 'https://evil.example')).toBe(false);
    expect(await isLetIn(some, `http://127.0.0.1:${some.door.ports.websocket}`)).toBe(false);
    expect(await isLetIn(own, `http://127.0.0.1:${own.door.ports.websocket}`)).toBe(true);
    expect(await isLetIn(own, 'http://127.0.0.1:1')).toBe(false);
    expect(await isLetIn(all, 'https://evil.example')).toBe(true);
  });
});

describe.skipIf(opensslProblem() !== undefined)('a door over TLS', () => {
  it('says so in the clear, and talks to the official client in secret', async () => {
    const tls = madeTls();
    const made = await doorOf({ tls });
    const client = await connect({ servers: made.url, tls: { ca: tls.cert.toString() }, reconnect: false });
    expect(client.info?.tls_required).toBe(true);
    await client.flush();
    expect(await read(made, '/connz')).toMatchObject({
      connections: [{ tls_version: expect.stringMatching(/^TLSv1/) }],
    });
    await client.close();
    await expect(connect({ servers: made.url, tls: {}, reconnect: false })).rejects.toThrow();
    await expect.poll(() => made.door.connections.length).toBe(0);
  });

  it('closes on one who goes on in the clear', async () => {
    const made = await doorOf({ tls: madeTls() });
    expect(await talk(made.port, 'CONNECT {}\r\nPING\r\n')).toMatchObject({ isClosed: true });
  });

  it('may want a certificate of its clients', async () => {
    const tls = madeTls();
    const made = await doorOf({ tls: { ...tls, ca: tls.cert } });
    const ca = tls.cert.toString();
    const client = await connect({
      servers: made.url,
      tls: { ca, cert: ca, key: tls.key.toString() },
      reconnect: false,
    });
    await client.flush();
    await client.close();
    await expect(connect({ servers: made.url, tls: { ca }, reconnect: false })).rejects.toThrow();
  });
});

describe('a door', () => {
  it('takes no port that another has, and says which option changes it', async () => {
    const made = await doorOf();
    const taken = { host: '127.0.0.1', port: made.port };
    await expect(openTestDoor({ nats: taken })).rejects.toThrow(/port \d+ is taken .*--port$/);
    await expect(openTestDoor({ monitor: taken })).rejects.toThrow(/--monitor-port$/);
    await expect(openTestDoor({ nats: { host: '192.0.2.1', port: 0 } })).rejects.toThrow(
      /no address of this machine/,
    );
  });

  it('survives who breaks off anywhere', async () => {
    const made = await doorOf();
    const text = 'CONNECT {"verbose":false}\r\nSUB a 1\r\nPUB a 5\r\nhello\r\nHPUB a 12 12\r\n';
    for (let length = 1; length <= text.length; length += 7) {
      const socket = dial(made.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(text.slice(0, length));
      if (length % 2 === 0) socket.resetAndDestroy();
      else socket.end();
    }
    await expect.poll(() => made.door.connections.length).toBe(0);
    expect((await talk(made.port, 'PING\r\n')).text).toBe('PONG\r\n');
  });

  it('does not let answers pile up for one who only asks', async () => {
    const made = await doorOf();
    const socket = dial(made.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'data');
    socket.pause();
    const pings = Buffer.from('PING\r\n'.repeat(100_000));
    const pending = (): number => made.door.connections[0]?.wire.pendingBytes ?? 0;
    // What the system takes of the answers first is for each machine to say: some 40 MB on many.
    while (pending() <= 900_000) {
      if (socket.writableLength < 4_000_000) socket.write(pings);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // It is asked for much more, and reads none of it.
    for (let index = 0; index < 50; index++) socket.write(pings);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pending()).toBeLessThan(4_000_000);
    socket.destroy();
  });

  it('ends at once when it is closed', async () => {
    const made = await doorOf();
    const client = await connect({ servers: made.url, reconnect: false });
    await made.door.close();
    expect(await client.closed()).toBeUndefined();
  });

  it('takes a client that has gone out of the Broker: nobody is there to answer', async () => {
    const made = await doorOf();
    const [one, two] = await Promise.all([connect({ servers: made.url }), connect({ servers: made.url })]);
    two.subscribe('ask', { callback: (_error, message) => void message.respond('yes') });
    await two.flush();
    expect((await one.request('ask', '', { timeout: 60_000 })).string()).toBe('yes');
    await two.close();
    await expect.poll(() => made.door.connections.length).toBe(1);
    await expect(one.request('ask', '', { timeout: 60_000 })).rejects.toThrow(/no responders/i);
    await one.close();
  });
});

describe('a page that is not welcome', () => {
  it('is shown out, also when it does not go by itself', async () => {
    const made = await doorOf();
    const socket = dial({ port: made.door.ports.websocket ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    await once(socket, 'end');
    expect(heard).toMatch(/^HTTP\/1.1 403/);
    // Ours is open still; theirs is gone, and says so to who goes on.
    const gone = once(socket, 'error');
    const speaking = setInterval(() => socket.write('still here'), 20);
    expect(await gone).toMatchObject([{ code: expect.stringMatching(/ECONNRESET|EPIPE/) }]);
    clearInterval(speaking);
  });
});

describe('the monitor', () => {
  it("tells who is here and what they do, in nats-server's words", async () => {
    const made = await doorOf({ users: [userOf('joe', 'secret')] });
    const client = await connect({
      servers: made.url,
      user: 'joe',
      pass: 'secret',
      name: 'desk',
      reconnect: false,
    });
    client.subscribe('a.*', { queue: 'q' });
    client.publish('a.b', 'hello');
    await client.flush();
    expect(await read(made, '/healthz')).toEqual({ status: 'ok' });
    expect(await read(made, '/varz')).toMatchObject({
      server_id: client.info?.server_id,
      connections: 1,
      total_connections: 1,
      subscriptions: 1,
      in_msgs: 1,
      out_msgs: 1,
      port: made.port,
      uptime: expect.stringMatching(/^(?:\d+m)?\d+s$/),
    });
    expect(await read(made, '/connz?subs=1')).toMatchObject({
      num_connections: 1,
      total: 1,
      connections: [
        {
          cid: 1,
          type: 'nats',
          ip: '127.0.0.1',
          name: 'desk',
          authorized_user: 'joe',
          subscriptions: 1,
          subscriptions_list: ['a.*'],
        },
      ],
    });
    expect(await read(made, '/connz?subs=detail&cid=1')).toMatchObject({
      connections: [
        {
          ...{ in_msgs: 1, in_bytes: 5, out_msgs: 1, out_bytes: 5 },
          subscriptions_list_detail: [{ subject: 'a.*', qgroup: 'q', sid: '1', msgs: 1, cid: 1 }],
        },
      ],
    });
    expect(await read(made, '/connz?cid=2')).toMatchObject({ total: 0, connections: [] });
    expect(await read(made, '/connz?limit=0&offset=x')).toMatchObject({
      num_connections: 0,
      total: 1,
      connections: [],
    });
    expect(await read(made, '/subsz?subs=1')).toMatchObject({
      num_subscriptions: 1,
      subscriptions_list: [{ subject: 'a.*', qgroup: 'q', msgs: 1, cid: 1 }],
    });
    const second = await connect({ ...{ servers: made.url, user: 'joe', pass: 'secret' }, reconnect: false });
    for (const subject of ['b', 'c', 'd']) second.subscribe(subject);
    await second.flush();
    const listed = async (query: string): Promise<unknown> => {
      const { subscriptions_list: list } = await read(made, `/subsz?subs=1&${query}`);
      return (list as { subject: string }[]).map(({ subject }) => subject);
    };
    expect(await listed('')).toEqual(['a.*', 'b', 'c', 'd']);
    expect(await listed('offset=0&limit=2')).toEqual(['a.*', 'b']);
    expect(await listed('offset=2&limit=1')).toEqual(['c']);
    expect(await listed('offset=9')).toEqual([]);
    await second.close();
    await expect.poll(async () => (await read(made, '/varz'))['connections']).toBe(1);
    expect(await read(made, '/other')).toMatchObject({ status: 404 });
    // No address at all: any page of the web can ask for it.
    expect(await read(made, '//')).toMatchObject({ status: 404 });
    await client.close();
    await expect.poll(async () => (await read(made, '/varz'))['connections']).toBe(0);
    expect(await read(made, '/varz')).toMatchObject({ in_msgs: 1, out_msgs: 1, total_connections: 2 });
  });
});
