import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ChildServer, startServerInChild } from '../../../signaling/child-process.ts';
import { newIdentity, serverProver } from '../../mesh/index.ts';
import { type Emitter, systemRandom, systemTimers, type Timers, toHex } from '../../runtime/index.ts';
import { networkHash } from '../../wire/index.ts';
import { type Channel, MAX_FRAME_BYTES, type Transport } from '../contract.ts';
import { createHeadlessTransport } from './index.ts';
import { HeadlessPeerConnection } from './peer-connection.ts';

let server: ChildServer;
const open: Transport[] = [];

beforeAll(async () => {
  server = await startServerInChild();
  return () => server.kill();
}, 60_000);
afterEach(() => {
  vi.restoreAllMocks();
  for (const transport of open.splice(0)) transport.close();
});

async function started(network: string, port: number, timers = systemTimers): Promise<Transport> {
  const identity = newIdentity(systemRandom);
  const transport = await createHeadlessTransport({
    self: identity.id,
    prover: serverProver(identity),
    server: `http://127.0.0.1:${port}/`,
    networkHash: networkHash(network),
    timers,
    random: systemRandom,
  });
  open.push(transport);
  transport.start();
  return transport;
}

const offline = (timers: Timers) => started('nowhere', 9, timers);

async function transportOf(network: string): Promise<Transport> {
  const transport = await started(network, server.port);
  while (transport.rendezvous !== 'online') await next(transport.events, 'rendezvous');
  return transport;
}

function next<Events extends object, Name extends keyof Events>(
  events: Emitter<Events>,
  name: Name,
): Promise<Events[Name]> {
  return new Promise((resolve) => events.once(name, resolve));
}

/** Both ends of one connection, the first the caller's. */
async function connected(a: Transport, b: Transport): Promise<readonly [Channel, Channel]> {
  const ends = Promise.all([next(a.events, 'channel'), next(b.events, 'channel')]);
  a.connect(b.self, 'rendezvous');
  return ends;
}

describe('the transport in Node', () => {
  it('connects two processes over channels with known certificates, and carries frames and datagrams', async () => {
    const [a, b] = [await transportOf('pair'), await transportOf('pair')];
    const [atA, atB] = await connected(a, b);
    expect([atA.peer, atB.peer]).toEqual([b.self, a.self]);
    expect([atA.isInitiator, atB.isInitiator]).toEqual([true, false]);
    expect(toHex(atA.fingerprints.local)).toBe(toHex(atB.fingerprints.remote));
    expect(toHex(atA.fingerprints.remote)).toBe(toHex(atB.fingerprints.local));
    expect(toHex(atA.fingerprints.remote)).not.toBe(toHex(atA.fingerprints.local));

    const frames: Uint8Array[] = [];
    const all = new Promise<void>((resolve) => {
      atB.events.on('frame', (frame) => {
        if (frames.push(frame) === 2) resolve();
      });
    });
    const backing = systemRandom.bytes(MAX_FRAME_BYTES / 4);
    const largest = new Uint8Array(MAX_FRAME_BYTES).fill(7);
    atA.send(backing.subarray(1000, 3000)); // a view into something larger
    atA.send(largest);
    await all;
    expect(frames[0]).toEqual(backing.slice(1000, 3000));
    expect(frames[1]).toEqual(largest);

    const datagram = next(atA.events, 'datagram');
    // Best effort: what is sent before both ends have the second channel is lost.
    const sending = setInterval(() => atB.sendDatagram(Uint8Array.of(1, 2, 3)), 20);
    expect(await datagram).toEqual(Uint8Array.of(1, 2, 3));
    clearInterval(sending);
  });

  it('tells the other end at once when it closes, and what was sent before still arrives', async () => {
    const [a, b] = [await transportOf('close'), await transportOf('close')];
    const [atA, atB] = await connected(a, b);
    const last = next(atB.events, 'frame');
    const closed = next(atB.events, 'closed');
    atA.send(Uint8Array.of(9));
    atA.close();
    expect(await last).toEqual(Uint8Array.of(9));
    expect((await closed).reason).toContain('closed');
  });

  it('connects again and again, in either direction', async () => {
    const [a, b] = [await transportOf('again'), await transportOf('again')];
    for (let i = 0; i < 12; i++) {
      const [from, to] = i % 2 === 0 ? [a, b] : [b, a];
      const [near, far] = await connected(from, to);
      const frame = next(far.events, 'frame');
      near.send(Uint8Array.of(i));
      expect(await frame).toEqual(Uint8Array.of(i));
      const closed = Promise.all([next(near.events, 'closed'), next(far.events, 'closed')]);
      near.close();
      await closed;
    }
  });

  it('lets go of its own call for theirs, if their id is smaller, tells once that it has offered, and keeps nothing of either', async () => {
    const ends: (() => void)[] = [];
    const after = (_: number, end: () => void) => {
      ends.push(end);
      return () => void ends.splice(ends.indexOf(end) >>> 0, 1);
    };
    const { setRemoteDescription } = HeadlessPeerConnection.prototype;
    vi.spyOn(HeadlessPeerConnection.prototype, 'setRemoteDescription').mockImplementation(async function (
      this: HeadlessPeerConnection,
      description,
    ) {
      await undefined; // as in a browser
      return setRemoteDescription.call(this, description);
    });
    const [a, b] = [await offline({ after }), await offline({ after })];
    const [smaller, greater] = a.self < b.self ? [a, b] : [b, a];
    const said: string[] = [];
    greater.events.on('offered', () => said.push('offered'));
    greater.events.on('connectFailed', () => said.push('failed'));
    greater.events.on('signal', ({ signal }) => {
      if (signal.kind !== 'candidate') said.push(signal.kind);
    });
    smaller.connect(greater.self, 'mesh');
    greater.connect(smaller.self, 'mesh');
    const [{ signal: offer }] = await Promise.all([
      next(smaller.events, 'signal'),
      next(greater.events, 'offered'),
    ]);
    const offers = async (from: number): Promise<string[]> => {
      const before = said.length;
      for (let i = from; i < from + 4; i++)
        greater.receiveSignal(smaller.self, { ...offer, connection: `call ${i}` });
      while (said.slice(before).filter((each) => each === 'answer').length < 4)
        await next(greater.events, 'signal');
      return said.slice(before);
    };
    expect(await offers(0)).toEqual(['answer', 'answer', 'answer', 'answer']);
    expect(said.slice(0, 2).sort()).toEqual(['offer', 'offered']);
    for (const end of ends.splice(0)) end();
    expect(said.slice(6)).toEqual(['failed']);
    expect(await offers(4)).toEqual(['answer', 'answer', 'answer', 'answer']);
  });

  it('says that the meeting point is away, and lives on', async () => {
    const nowhere = await offline(systemTimers);
    expect(await next(nowhere.events, 'rendezvous')).toBe('offline');
  });
});
