import type { DataConnection } from 'peerjs';
import { expect, it } from 'vitest';
import { Emitter, seededRandom, type Timers } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { writeCandidates, writeDescription } from './description.ts';
import { parseInviteText } from './invite-text.ts';
import type { PeerClient, PeerClientEvents } from './peer-client.ts';
import { PeerTextInvites } from './text-invites.ts';

const random = seededRandom(2);
const timers: Timers = { after: () => () => undefined };
const description = {
  ufrag: 'Zx9+',
  password: 'q1w2e3r4t5y6u7i8o9p0aAsS',
  fingerprint: random.bytes(32),
  setup: 'actpass',
  candidates: [{ type: 'host', protocol: 'udp', address: '192.168.1.77', port: 50_123 }],
} as const;
const lines = writeCandidates(description).map((line) => `a=${line}\r\n`);
const sdp = writeDescription(description) + lines.join('');

/** A connection of which all addresses are known, and that nobody answers. */
function connection(): DataConnection {
  const peerConnection = Object.assign(new EventTarget(), {
    iceGatheringState: 'complete',
    localDescription: { sdp },
    remoteDescription: null,
    createDataChannel: () => new EventTarget(),
    addIceCandidate: async () => undefined,
  });
  const events = new Emitter<{ close: undefined; open: undefined; error: Error }>();
  const made = { peerConnection, connectionId: 'dc_1', on: events.on.bind(events), close: () => undefined };
  return made as unknown as DataConnection;
}

function make(onOffer: (text: string) => void = () => undefined): PeerTextInvites {
  const events = new Emitter<PeerClientEvents>();
  const peerClient: Pick<PeerClient, 'connect' | 'receiveSignal' | 'events'> = {
    events,
    connect: () => connection(),
    receiveSignal: (peer, { kind, text }, way = 'mesh') => {
      if (kind === 'offer') onOffer(text);
      if (kind === 'offer') events.emit('incoming', { peer, connection: connection(), way });
    },
  };
  return new PeerTextInvites({
    self: newNodeId(random),
    peerClient: peerClient as PeerClient,
    timers,
    random,
    onChannel: () => undefined,
  });
}

it('tells whoever waits for a connection that another invite, or the end, has taken its place', async () => {
  const [host, guest] = [make(), make()];
  const text = await host.inviteOffer();
  const first = await guest.acceptOffer(text);
  const second = await guest.acceptOffer(text);
  await expect(first.connected).rejects.toMatchObject({ code: 'no-invite' });

  const waiting = host.acceptAnswer(second.answer);
  host.close();
  guest.close();
  await expect(waiting).rejects.toMatchObject({ code: 'no-invite' });
  await expect(second.connected).rejects.toMatchObject({ code: 'no-invite' });
});

it('gives out no text of an invite that has ended while its addresses were gathered', async () => {
  const invites = make();
  const [first, second] = [invites.inviteOffer(), invites.inviteOffer()];
  await expect(first).rejects.toMatchObject({ code: 'no-invite' });
  expect(parseInviteText(await second, 'offer').kind).toBe('offer');
});

it('leaves it to the one who invites to begin the encryption, who can when the second text has come', async () => {
  const offers: string[] = [];
  const guest = make((text) => offers.push(text));
  await guest.acceptOffer(await make().inviteOffer());
  expect(offers).toHaveLength(1);
  expect(offers[0]).toMatch(/^a=setup:active\r?$/m);
});
