import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ChildServer, startServerInChild } from '../../../signaling/child-process.ts';
import { newIdentity, serverProver } from '../../mesh/index.ts';
import { type Emitter, systemRandom, systemTimers, toHex } from '../../runtime/index.ts';
import { networkHash } from '../../wire/index.ts';
import { type Channel, MAX_FRAME_BYTES, type Transport } from '../contract.ts';
import { createHeadlessTransport } from './index.ts';

let server: ChildServer;
const open: Transport[] = [];

beforeAll(async () => {
  server = await startServerInChild();
  return () => server.kill();
}, 60_000);
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
});

async function transportOf(network: string): Promise<Transport> {
  const identity = newIdentity(systemRandom);
  const transport = await createHeadlessTransport({
    self: identity.id,
    prover: serverProver(identity),
    server: `http://127.0.0.1:${server.port}/`,
    networkHash: networkHash(network),
    timers: systemTimers,
    random: systemRandom,
  });
  open.push(transport);
  transport.start();
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

  it('says that the meeting point is away, and lives on', async () => {
    const identity = newIdentity(systemRandom);
    const nowhere = await createHeadlessTransport({
      self: identity.id,
      prover: serverProver(identity),
      server: 'http://127.0.0.1:9/',
      networkHash: networkHash('nowhere'),
      timers: systemTimers,
      random: systemRandom,
    });
    open.push(nowhere);
    const state = next(nowhere.events, 'rendezvous');
    nowhere.start();
    expect(await state).toBe('offline');
  });
});
