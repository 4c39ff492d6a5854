/** The rendezvous as its clients see it: the real server in a process of its own. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildServer, startServerInChild } from './child-process.ts';
import { NETWORK, TestClient, type TestClientOptions, testIdentity } from './client.testing.ts';

let server: ChildServer;
beforeAll(async () => {
  server = await startServerInChild();
});
afterAll(() => server.kill());

const client = (options?: TestClientOptions) => new TestClient(server.port, options).open();
const registered = async (network = NETWORK, options?: TestClientOptions): Promise<TestClient> => {
  const one = await client(options);
  await one.register(network);
  return one;
};
let networks = 0;
/** One that no other test uses. */
const freshNetwork = (): string => (++networks).toString(16).padStart(64, '0');

describe('an id', () => {
  it('belongs to the key that it derives from: a proof over the nonce of this socket opens it', async () => {
    const one = await client();
    one.send(one.registration(await one.challenge()));
    expect(await one.next()).toEqual({ type: 'OPEN' });
    expect(await one.next()).toMatchObject({ type: 'INSTANCES' });
    one.close();
  });

  it('is not opened by another key, a used nonce, another network, or a broken signature', async () => {
    const victim = testIdentity();
    const thief = await client({ id: victim.id });
    thief.send(thief.registration(await thief.challenge()));
    expect(await thief.next()).toMatchObject({ type: 'ERROR' });
    expect(await thief.next()).toEqual({ type: 'closed', code: 1008 });

    const earlier = await client({ identity: victim });
    const overheard = earlier.registration(await earlier.challenge());
    earlier.send(overheard);
    expect(await earlier.next()).toEqual({ type: 'OPEN' });
    earlier.close();
    const replayer = await client({ identity: victim });
    await replayer.challenge();
    replayer.send(overheard);
    expect(await replayer.next()).toMatchObject({ type: 'ERROR' });

    const elsewhere = await client();
    const proof = elsewhere.registration(await elsewhere.challenge());
    elsewhere.send({ ...proof, payload: { ...(proof['payload'] as object), network: 'cd'.repeat(32) } });
    expect(await elsewhere.next()).toMatchObject({ type: 'ERROR' });

    const broken = await client();
    const { payload } = broken.registration(await broken.challenge());
    const { signature } = payload as { readonly signature: string };
    const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    broken.send({ type: 'REGISTER', payload: { ...(payload as object), signature: other } });
    expect(await broken.next()).toMatchObject({ type: 'ERROR' });
  });

  it('is nobody before the proof: it hears nothing, and what it says goes nowhere', async () => {
    const network = freshNetwork();
    const one = await registered(network);
    const unproved = await client();
    unproved.offer(one.id);
    await unproved.flushed();
    one.offer(unproved.id);
    expect(await one.next()).toEqual({ type: 'EXPIRE', src: unproved.id });
    expect(await unproved.next()).toMatchObject({ type: 'CHALLENGE' });
    const late = await registered(network);
    expect(await one.next()).toMatchObject({ type: 'JOINED' });
    unproved.close();
    expect(await unproved.next()).toMatchObject({ type: 'closed' });
    late.close();
    one.close();
  });

  it('moves to a newer socket of the same key; the older one is told and closed, and nobody hears of a loss', async () => {
    const network = freshNetwork();
    const identity = testIdentity();
    const other = await registered(network);
    const older = await registered(network, { identity });
    expect(await other.next()).toMatchObject({ type: 'JOINED' });
    const newer = await client({ identity });
    expect(await newer.register(network)).toEqual([other.id]);
    expect(await older.next()).toEqual({ type: 'GOODBYE', payload: { reason: 'replaced' } });
    expect(await older.next()).toEqual({ type: 'closed', code: 4001 });
    expect(await other.next()).toEqual({ type: 'JOINED', payload: { id: identity.id } });
    const offer = other.offer(identity.id);
    expect(await newer.next()).toEqual(offer);
    newer.close();
    expect(await other.next()).toEqual({ type: 'LEFT', payload: { id: identity.id } });
    other.close();
  });
});

describe('the registry', () => {
  it('tells who comes who is there, and the others who comes and who is gone', async () => {
    const network = freshNetwork();
    const a = await client();
    expect(await a.register(network)).toEqual([]);
    const b = await client();
    expect(await b.register(network)).toEqual([a.id]);
    expect(await a.next()).toEqual({ type: 'JOINED', payload: { id: b.id } });
    const elsewhere = await client();
    expect(await elsewhere.register(freshNetwork())).toEqual([]);
    b.close();
    expect(await a.next()).toEqual({ type: 'LEFT', payload: { id: b.id } });
    a.close();
    elsewhere.close();
  });

  it('takes one registration per socket, and answers a ping', async () => {
    const a = await client();
    const nonce = await a.challenge();
    const beat = new Promise<string>((resolve) => {
      a.socket.on('message', (data) => {
        if (data.toString().includes('BEAT')) resolve(data.toString());
      });
    });
    a.send(a.registration(nonce));
    expect(await a.next()).toEqual({ type: 'OPEN' });
    await a.next();
    a.send(a.registration(nonce, freshNetwork()));
    a.send({ type: 'PING' });
    expect(JSON.parse(await beat)).toEqual({ type: 'BEAT' });
    await a.flushed();
    expect(a.closeCode).toBeUndefined();
    a.close();
  });
});

describe('a signal', () => {
  it('is carried to its receiver as it was, with the sender that it has', async () => {
    const [a, b] = [await registered(), await registered()];
    const payload = {
      connectionId: 'dc_1',
      candidate: { candidate: 'candidate:1', sdpMid: '0' },
      type: 'data',
    };
    b.send({ type: 'CANDIDATE', dst: a.id, src: 'somebody else', payload });
    expect(await a.nextOf('CANDIDATE')).toEqual({ type: 'CANDIDATE', src: b.id, dst: a.id, payload });
    a.close();
    b.close();
  });

  it('to a Node that is not there, or is in another network, comes back at once, and nothing is kept', async () => {
    const [a, stranger] = [await registered(), await registered(freshNetwork())];
    for (const target of [randomUUID(), stranger.id]) {
      a.offer(target);
      expect(await a.nextOf('EXPIRE')).toEqual({ type: 'EXPIRE', src: target });
    }
    await stranger.flushed();
    stranger.close();
    expect(await stranger.next()).toMatchObject({ type: 'closed' });
    a.close();
  });
});
