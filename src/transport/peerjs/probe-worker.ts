/**
 * Answers health probes while the page is busy: the datagram channels of a tab live here where the browser can transfer
 * them. Whatever arrives is passed on to the page; what the page sends goes out from here.
 */
import { answerTo, PageWatch } from './probe-answer.ts';
import type { FromProbeWorker, ToProbeWorker } from './probe-messages.ts';

/** Health datagrams have 17 bytes; what is larger is none of ours. */
const MAX_DATAGRAM_BYTES = 1_200;

/** The part of a dedicated worker's global scope that is used; the project's types are those of a page. */
const scope = globalThis as unknown as {
  postMessage(message: FromProbeWorker): void;
  onmessage: (event: MessageEvent<ToProbeWorker>) => void;
};
const channels = new Map<number, RTCDataChannel>();
/** Channels on which the page wants nothing to be said. */
const silent = new Set<number>();
const watch = new PageWatch();

scope.onmessage = ({ data: message }) => {
  switch (message.type) {
    case 'adopt':
      adopt(message.id, message.channel);
      return;
    case 'send':
      send(channels.get(message.id), message.bytes);
      return;
    case 'answering':
      if (message.isAnswering) silent.delete(message.id);
      else silent.add(message.id);
      return;
    case 'release':
      channels.get(message.id)?.close();
      channels.delete(message.id);
      silent.delete(message.id);
      return;
    case 'taken':
      watch.onTaken(message.count, performance.now());
      return;
    default:
      message satisfies never;
  }
};
scope.postMessage({ type: 'ready' });

function adopt(id: number, channel: RTCDataChannel): void {
  channel.binaryType = 'arraybuffer';
  channels.set(id, channel);
  channel.onclose = () => channels.delete(id);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_DATAGRAM_BYTES) return;
    const bytes = new Uint8Array(data);
    const now = performance.now();
    const answer = silent.has(id) ? undefined : answerTo(bytes, watch.isBusy(now));
    if (answer) send(channel, answer);
    if (watch.hand(now)) scope.postMessage({ type: 'datagram', id, bytes });
  };
}

function send(channel: RTCDataChannel | undefined, bytes: Uint8Array<ArrayBuffer>): void {
  if (channel?.readyState !== 'open') return;
  try {
    channel.send(bytes);
  } catch {
    // Best effort: a full buffer loses it, as the network might.
  }
}
