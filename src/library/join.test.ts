import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ChildServer, startServerInChild } from '../../signaling/child-process.ts';
import { setLogSink } from '../runtime/index.ts';
import { type JoinOptions, joinNetwork, type Mesh, NetworkRefusedError, newNetwork } from './index.node.ts';

let server: ChildServer;
const open: Mesh[] = [];

beforeAll(async () => {
  server = await startServerInChild();
  return () => server.kill();
}, 60_000);
afterEach(async () => {
  setLogSink(undefined);
  await Promise.all(open.splice(0).map((mesh) => mesh.close()));
});

async function joined(network: string, options: JoinOptions = {}): Promise<Mesh> {
  const mesh = await joinNetwork(`http://127.0.0.1:${server.port}/#${network}`, options);
  open.push(mesh);
  return mesh;
}

async function pair(): Promise<readonly [Mesh, Mesh]> {
  const network = newNetwork();
  const first = await joined(network, { info: { name: 'first' } });
  const heard = new Promise((resolve) => first.on('joined', resolve));
  const second = await joined(network, { info: { name: 'second' } });
  await heard;
  return [first, second];
}

describe('a network joined from Node', () => {
  it('has everyone in it once it is joined, with what they say of themselves', async () => {
    const [first, second] = await pair();
    expect(second.members().map(({ id, attributes }) => [id, attributes['name']])).toEqual([
      [second.id, 'second'],
      [first.id, 'first'],
    ]);
    expect(first.networkName).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/);
    first.setInfo({ name: 'renamed' });
    while (second.members()[1]?.attributes['name'] !== 'renamed') {
      await new Promise((resolve) => second.on('membersChanged', resolve));
    }
  });

  it('carries texts, bytes and JSON to one and to all, and answers', async () => {
    const [first, second] = await pair();
    const chat = second.messages('chat');
    await first.send(second.id, 'chat', 'hello');
    await first.broadcast('chat', JSON.stringify({ x: 1 }));
    await first.send([second.id], 'chat', Uint8Array.of(0xff).buffer);
    const [one, two, three] = [await chat.next(), await chat.next(), await chat.next()].map(
      ({ value }) => value,
    );
    expect([one?.from, one?.text(), one?.isBroadcast]).toEqual([first.id, 'hello', false]);
    expect([two?.json(), two?.isBroadcast]).toEqual([{ x: 1 }, true]);
    expect([three?.body, three?.isBroadcast]).toEqual([Uint8Array.of(0xff), true]);
    expect(() => three?.json()).toThrow(/not JSON/);

    second.serve('double', (request) => `${Number(request.text()) * 2}`);
    expect((await first.request(second.id, 'double', '21')).text()).toBe('42');
    second.serve('fail', () => Promise.reject(new Error('out of paper')));
    await expect(first.request(second.id, 'fail')).rejects.toThrow(/out of paper/);
    await expect(first.send(second.id, 'chat', 5 as never)).rejects.toThrow(/JSON.stringify/);
  });

  it('says goodbye at the end of its block, and loops end with it', async () => {
    const [first, second] = await pair();
    const left = new Promise<{ id: string }>((resolve) => first.on('left', resolve));
    const loop = (async () => {
      for await (const _ of second.messages('chat')) expect.unreachable();
    })();
    {
      await using closing = second;
      expect(closing.isClosed).toBe(false);
    }
    await loop;
    expect((await left).id).toBe(second.id);
    expect(second.isClosed).toBe(true);
  });

  it('refuses with a sentence: a wrong key, a server that is none, a cancelled wait, no server named', async () => {
    setLogSink(() => undefined);
    const network = newNetwork();
    await joined(network);
    const wrong = network.replace(/\..*$/, '.AAAAAAAAAAAAAAAAAAAAAA');
    await expect(joined(wrong)).rejects.toThrow(NetworkRefusedError);
    await expect(joinNetwork(network, { signaling: 'http://127.0.0.1:9/', timeoutMs: 50 })).rejects.toThrow(
      /leafcutter serve/,
    );
    const waiting = joinNetwork(network, { signaling: 'http://127.0.0.1:9/', signal: AbortSignal.abort() });
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(joinNetwork(network)).rejects.toThrow(/which server/);
  });
});
