/** A bare RTCDataChannel, tuned well: the floor that every layer above stands on. The bench carries its descriptions. */
import { gathered } from '../common/gathered.ts';
import { Counter, type Line, pump } from './line.ts';

const connection = new RTCPeerConnection();
const channel = connection.createDataChannel('bench', { negotiated: true, id: 0 });
channel.binaryType = 'arraybuffer';
const counter = new Counter();
let finished: () => void = () => undefined;
channel.addEventListener('message', ({ data }) => {
  if (typeof data === 'string') finished();
  else counter.arrived(data.byteLength);
});

export async function offer(): Promise<string> {
  await connection.setLocalDescription(await connection.createOffer());
  return gathered(connection);
}

export async function answer(sdp: string): Promise<string> {
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  return gathered(connection);
}

export async function accept(sdp: string): Promise<void> {
  await connection.setRemoteDescription({ type: 'answer', sdp });
  if (channel.readyState === 'open') return;
  await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
}

export const raw: Line = {
  expect: (bytes, count) => counter.expect(bytes, count, () => channel.send('all')),
  async send(bytes, count) {
    const all = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const startMs = performance.now();
    await pump(channel, bytes, count, (message) => channel.send(message));
    await all;
    return performance.now() - startMs;
  },
};
