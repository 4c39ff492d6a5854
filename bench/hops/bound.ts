/**
 * The bound: a chain of bare RTCDataChannels. A page in the middle stores what comes and forwards it as fast as the next
 * channel drains; it looks at nothing. The word "all" goes back the same way.
 */
import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../../src/transport/index.ts';
import { gathered } from '../common/gathered.ts';
import { Counter, type Line, pump } from '../unicast/line.ts';

interface Hop {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  /** What waits for the other side of this page to drain. */
  readonly queue: ArrayBuffer[];
}

const counter = new Counter();
let finished: () => void = () => undefined;
/** Towards the first page, and towards the last. */
let back: Hop | undefined;
let forth: Hop | undefined;

function makeHop(): Hop {
  const connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('bench', { negotiated: true, id: 0 });
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  return { connection, channel, queue: [] };
}

function forward(hop: Hop): void {
  const { channel, queue } = hop;
  while (queue.length > 0 && channel.bufferedAmount < HIGH_WATER_BYTES) {
    const message = queue.shift();
    if (message) channel.send(message);
  }
}

export async function offer(): Promise<string> {
  const hop = makeHop();
  forth = hop;
  hop.channel.addEventListener('bufferedamountlow', () => forward(hop));
  hop.channel.addEventListener('message', ({ data }) => {
    if (back) back.channel.send(data);
    else finished();
  });
  await hop.connection.setLocalDescription(await hop.connection.createOffer());
  return gathered(hop.connection);
}

export async function answer(sdp: string): Promise<string> {
  const hop = makeHop();
  back = hop;
  hop.channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    if (!forth) {
      counter.arrived(data.byteLength);
      return;
    }
    forth.queue.push(data);
    forward(forth);
  });
  await hop.connection.setRemoteDescription({ type: 'offer', sdp });
  await hop.connection.setLocalDescription(await hop.connection.createAnswer());
  return gathered(hop.connection);
}

export async function accept(sdp: string): Promise<void> {
  if (!forth) throw new Error('there was no offer');
  const { connection, channel } = forth;
  await connection.setRemoteDescription({ type: 'answer', sdp });
  if (channel.readyState === 'open') return;
  await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
}

export const bound: Line = {
  expect: (bytes, count) => counter.expect(bytes, count, () => back?.channel.send('all')),
  async send(bytes, count) {
    const channel = forth?.channel;
    if (!channel) throw new Error('the chain is not connected');
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const startMs = performance.now();
    await pump(channel, bytes, count, (message) => channel.send(message));
    await all;
    return performance.now() - startMs;
  },
};
