import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCertificate, opensslProblem } from '../../signaling/tls.testing.ts';
import { type DoorCommandOptions, type DoorPlan, planDoor } from './door-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'leafcutter-door-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, 'door.conf');
  writeFileSync(path, text);
  return path;
}

const plan = (options: Partial<DoorCommandOptions> = {}): Promise<DoorPlan> =>
  planDoor({ user: [], nkey: [], anyone: false, origin: [], ...options }, 'attic');

describe('what a door is told', () => {
  it('needs nothing: loopback, for whoever is on this machine', async () => {
    const { door, portsFolder } = await plan();
    expect(door).toMatchObject({ nats: { host: '127.0.0.1', port: 4222 }, serverName: 'attic' });
    expect([door.websocket, door.monitor, door.tls, portsFolder]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(door.users.areAsked).toBe(false);
  });

  it('is what the options say, before what the file says', async () => {
    const config = fileOf(
      'listen: "127.0.0.1:1", server_name: file, max_payload: 2MB, http: 2, websocket { port: 3, no_tls: true, allowed_origins: ["https://a.example"] }, authorization { token: t }',
    );
    expect((await plan({ config })).door).toMatchObject({
      nats: { host: '127.0.0.1', port: 1 },
      monitor: { host: '127.0.0.1', port: 2 },
      websocket: { host: '127.0.0.1', port: 3, origins: ['https://a.example'] },
      serverName: 'file',
      limits: { maxPayloadBytes: 2 * 1024 * 1024 },
    });
    const options = {
      config,
      port: 11,
      monitorPort: 12,
      wsPort: 13,
      origin: ['https://b.example'],
      host: '::1',
    };
    const { door } = await plan({ ...options, user: ['joe:secret'] });
    expect(door).toMatchObject({
      nats: { host: '::1', port: 11 },
      monitor: { host: '127.0.0.1', port: 12 },
      websocket: { host: '::1', port: 13, origins: ['https://a.example', 'https://b.example'] },
    });
    expect(door.users.areAsked).toBe(true);
  });

  it('wants users beyond loopback, wherever that is said', async () => {
    await expect(plan({ host: '0.0.0.0' })).rejects.toThrow(/--anyone/);
    await expect(plan({ config: fileOf('host: 10.0.0.1') })).rejects.toThrow(/^at 10\.0\.0\.1 everyone/);
    await expect(plan({ config: fileOf('websocket { listen: "0.0.0.0:1", no_tls: true }') })).rejects.toThrow(
      /--anyone/,
    );
    expect((await plan({ host: '0.0.0.0', anyone: true })).door.nats.host).toBe('0.0.0.0');
    expect((await plan({ host: '0.0.0.0', token: 't' })).door.nats.host).toBe('0.0.0.0');
    expect((await plan({ host: 'localhost' })).door.nats.host).toBe('localhost');
  });

  it('has its own place in the words that clients and the other doors understand', async () => {
    for (const advertise of ['door.example:443', 'door.example', '[::1]:4222', '10.0.0.1'])
      expect((await plan({ advertise })).advertise).toBe(advertise);
    expect((await plan({ wsPort: 0, origin: ['HTTPS://App.example/'] })).door.websocket?.origins).toEqual([
      'https://app.example',
    ]);
  });

  it('finds what an included file includes beside that one, and no variable that nobody has set', async () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'sub', 'outer.conf'), 'include "inner.conf"\n');
    writeFileSync(join(folder, 'sub', 'inner.conf'), 'server_name: inner\n');
    expect((await plan({ config: fileOf('include "sub/outer.conf"') })).door.serverName).toBe('inner');
    await expect(plan({ config: fileOf('server_name: $__proto__') })).rejects.toThrow(/is set nowhere/);
  });

  it('says in one line what is wrong, and where', async () => {
    await expect(plan({ user: ['joe'] })).rejects.toThrow('--user is name:password');
    await expect(plan({ nkey: ['UABC'] })).rejects.toThrow(/^--nkey is the public key/);
    await expect(plan({ tlsCert: 'x' })).rejects.toThrow(/together/);
    await expect(plan({ wsPort: 0, origin: ['app.example'] })).rejects.toThrow(/^--origin is a scheme and a/);
    await expect(plan({ origin: ['https://app.example'] })).rejects.toThrow(/say --ws-port, too/);
    for (const advertise of ['a b:1', 'http://a:1', '::1', 'a:99999', ''])
      await expect(plan({ advertise })).rejects.toThrow(/^--advertise is host:port/);
    await expect(plan({ config: fileOf('client_advertise: "nats://a"') })).rejects.toThrow(
      /door\.conf: client_advertise is host:port/,
    );
    await expect(plan({ config: join(folder, 'none') })).rejects.toThrow(/^-c: .*none cannot be read/);
    await expect(plan({ config: fileOf('port: 1\nprot: 1') })).rejects.toThrow(
      /door\.conf, line 2: there is no option "prot"$/,
    );
    await expect(plan({ config: fileOf('include "gone.conf"') })).rejects.toThrow(/door\.conf, .*gone\.conf/);
  });

  it.skipIf(opensslProblem() !== undefined)(
    'finds certificates beside the file, and checks them',
    async () => {
      const { certFile, keyFile, remove } = makeCertificate('DNS:localhost');
      const config = fileOf(`tls { cert_file: "${certFile}", key_file: "${keyFile}" }`);
      expect((await plan({ config })).door.tls?.cert.toString()).toMatch(/^-----BEGIN CERTIFICATE/);
      expect((await plan({ tlsCert: certFile, tlsKey: keyFile })).door.tls).toBeDefined();
      remove();
      await expect(plan({ config: fileOf('tls { cert_file: c.pem, key_file: k.pem }') })).rejects.toThrow(
        join(folder, 'c.pem'),
      );
    },
  );
});
