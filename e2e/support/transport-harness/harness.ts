/** A tab with a Transport and nothing above it. What happens is written down; a test reads it with `page.evaluate`. */
import { newIdentity, serverProver } from '../../../src/mesh/index.ts';
import { systemRandom, systemTimers, toHex } from '../../../src/runtime/index.ts';
import type { Channel } from '../../../src/transport/index.ts';
import { createPeerTransport } from '../../../src/transport/peerjs/index.ts';
import { networkHash, parseNodeId } from '../../../src/wire/index.ts';

export interface ChannelRecord {
  readonly peer: string;
  readonly isInitiator: boolean;
  readonly answersProbes: boolean;
  readonly local: string;
  readonly remote: string;
  readonly frames: string[];
  readonly datagrams: string[];
  drained: number;
  closed: string | undefined;
}

export interface Harness {
  readonly id: string;
  readonly channels: ChannelRecord[];
  readonly failed: { readonly peer: string; readonly reason: string }[];
  readonly candidates: readonly string[];
  readonly gone: string[];
  /** Peers to whom the path of a channel failed; a new one was looked for by the server then. */
  readonly failing: string[];
  readonly rendezvous: string;
  connect(peer: string): void;
  send(channel: number, text: string): void;
  sendDatagram(channel: number, text: string): void;
  /** Sends that many frames of 64 KiB, waiting for `drained` as the mesh does; resolves with the deepest buffer. */
  flood(channel: number, frames: number): Promise<number>;
  closeChannel(channel: number): void;
  closeTransport(): void;
}

declare global {
  interface Window {
    join(server: string, network: string): string;
    harness: Harness;
  }
}

const text = (bytes: Uint8Array): string =>
  bytes.length > 1000 ? `${bytes.length} bytes` : new TextDecoder().decode(bytes);

window.join = (server, network) => {
  const identity = newIdentity(systemRandom);
  const self = identity.id;
  const transport = createPeerTransport({
    self,
    prover: serverProver(identity),
    server,
    networkHash: networkHash(network),
    timers: systemTimers,
    random: systemRandom,
  });
  const channels: ChannelRecord[] = [];
  const open: Channel[] = [];
  const failed: { peer: string; reason: string }[] = [];
  const gone: string[] = [];
  const failing: string[] = [];
  let candidates: readonly string[] = [];
  const channelAt = (index: number): Channel => {
    const channel = open[index];
    if (!channel) throw new Error(`no channel ${index}`);
    return channel;
  };
  transport.events.on('channel', (channel) => {
    const record: ChannelRecord = {
      peer: channel.peer,
      isInitiator: channel.isInitiator,
      answersProbes: channel.answersProbes,
      local: toHex(channel.fingerprints.local),
      remote: toHex(channel.fingerprints.remote),
      frames: [],
      datagrams: [],
      drained: 0,
      closed: undefined,
    };
    channels.push(record);
    open.push(channel);
    channel.events.on('frame', (bytes) => record.frames.push(text(bytes)));
    channel.events.on('datagram', (bytes) => record.datagrams.push(text(bytes)));
    channel.events.on('drained', () => {
      record.drained += 1;
    });
    channel.events.on('closed', ({ reason }) => {
      record.closed = reason;
    });
  });
  transport.events.on('connectFailed', (failure) => failed.push(failure));
  transport.events.on('candidates', (ids) => {
    candidates = ids;
  });
  transport.events.on('candidateGone', (id) => gone.push(id));
  transport.events.on('pathFailing', (id) => {
    failing.push(id);
    transport.restart(id, 'rendezvous');
  });
  window.harness = {
    id: self,
    channels,
    failed,
    gone,
    failing,
    get candidates() {
      return candidates;
    },
    get rendezvous() {
      return transport.rendezvous;
    },
    connect: (peer) => transport.connect(parseNodeId(peer), 'rendezvous'),
    send: (channel, message) => channelAt(channel).send(new TextEncoder().encode(message)),
    sendDatagram: (channel, message) => channelAt(channel).sendDatagram(new TextEncoder().encode(message)),
    async flood(index, frames) {
      const channel = channelAt(index);
      let deepest = 0;
      for (let i = 0; i < frames; i++) {
        if (channel.bufferedBytes + 65_536 > 262_144) {
          await new Promise<void>((resolve) => channel.events.once('drained', () => resolve()));
        }
        channel.send(new Uint8Array(65_536));
        deepest = Math.max(deepest, channel.bufferedBytes);
      }
      return deepest;
    },
    closeChannel: (channel) => channelAt(channel).close(),
    closeTransport: () => transport.close(),
  };
  window.addEventListener('pagehide', () => transport.close());
  transport.start();
  return self;
};
