/** Who speaks HTTP to a door, and does not mean it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { makeCertificate, opensslProblem } from '../../../signaling/tls.testing.ts';
import { openTestDoor, type TestDoor, type TestDoorOptions } from '../door.testing.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function doorOf(options?: TestDoorOptions): Promise<TestDoor> {
  const made = await openTestDoor(options);
  ends.push(() => made.close());
  return made;
}

class Rude {
  readonly socket: Socket;
  heard = '';
  isGone = false;

  constructor(port: number | undefined, ...says: readonly (string | Uint8Array)[]) {
    this.socket = dial(port ?? 0, '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('latin1');
    });
    this.socket.on('close', () => {
      this.isGone = true;
    });
    for (const text of says) this.socket.write(text);
    ends.push(() => void this.socket.destroy());
  }
}

const REQUEST = 'GET /connz HTTP/1.1\r\nHost: ';
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Of a client, with a mask of zeros. */
function frame(operation: 'text' | 'binary', text: string): Uint8Array {
  const head = [operation === 'text' ? 0x81 : 0x82, 0x80 | text.length, 0, 0, 0, 0];
  return Uint8Array.from([...head, ...new TextEncoder().encode(text)]);
}

it('holds no socket for who says nothing, too little or too slowly over HTTP', {
  timeout: 60_000,
}, async () => {
  const { door } = await doorOf();
  const { websocket, monitor } = door.ports;
  const all = [websocket, monitor].flatMap((port) => [
    new Rude(port),
    new Rude(port, 'GET / HT'),
    new Rude(port, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n'),
  ]);
  if (opensslProblem() === undefined) {
    const { certFile, keyFile, remove } = makeCertificate('IP:127.0.0.1');
    const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    remove();
    const place = { host: '127.0.0.1', port: 0, origins: [], isSameOriginWelcome: false };
    const secure = await doorOf({ websocket: { ...place, tls } });
    all.push(new Rude(secure.door.ports.websocket));
  }
  // Longer than ours, and shorter than Node's own bounds.
  await expect.poll(() => all.filter(({ isGone }) => !isGone).length, { timeout: 25_000 }).toBe(0);
});

it('is not told to a page that gives its own name our address', async () => {
  const { door } = await doorOf();
  const answers = async (host: string): Promise<string> => {
    const { socket } = new Rude(door.ports.monitor, `${REQUEST}${host}\r\nConnection: close\r\n\r\n`);
    const [first] = await once(socket, 'data');
    return String(first).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
  };
  for (const host of ['127.0.0.1:8222', 'localhost', 'LOCALHOST:1', '[::1]:8222', '10.0.0.1'])
    expect([host, await answers(host)]).toEqual([host, '200']);
  for (const host of [
    'evil.example',
    'evil.example:8222',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@[::1]',
  ])
    expect([host, await answers(host)]).toEqual([host, '403']);
});

it('hears nothing more of one that was told goodbye for a text frame, and does not wait for its answer', async () => {
  const { door, broker } = await doorOf();
  const heard: string[] = [];
  const own = broker.connect({ hear: (verb) => void heard.push(verb.type) });
  own.say({
    type: 'sub',
    sid: '1' as never,
    pattern: 'a' as never,
    queue: undefined,
    ack: undefined,
    slow: undefined,
  });
  const rude = new Rude(door.ports.websocket, UPGRADE);
  await expect.poll(() => rude.heard).toMatch(/INFO/);
  rude.socket.write(frame('binary', 'PUB a 0\r\n\r\n'));
  rude.socket.write(frame('text', 'PING\r\n'));
  rude.socket.write(frame('binary', 'PUB a 0\r\n\r\n'));
  await expect.poll(() => door.connections.length, { timeout: 20_000 }).toBe(0);
  expect(heard.filter((type) => type === 'msg')).toHaveLength(1);
});
