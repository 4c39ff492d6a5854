/**
 * A channel of libdatachannel as a browser shows it, as far as PeerJS and the transport look at it. Callbacks of different kinds have
 * queues of their own, and Node looks at those in the order in which the callbacks were set: the end of a channel is set last, or
 * it would overtake the frames before it, which are lost then.
 */
import type { DataChannel } from 'node-datachannel';
import { endChannel } from './lifetime.ts';

export type ChannelInit = Pick<RTCDataChannelInit, 'ordered' | 'maxRetransmits'>;

export class HeadlessDataChannel extends EventTarget {
  readonly label: string;
  /** Of a channel that the other end opened it is not known: it is taken for reliable. */
  readonly ordered: boolean;
  readonly maxRetransmits: number | null;
  readonly maxPacketLifeTime: null = null;
  /** There is no other. */
  binaryType: BinaryType = 'arraybuffer';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null = null;
  onclose: ((event: Event) => void) | null = null;
  readonly #native: DataChannel;
  /** Also of one that the other end opened: it is told as open after it has been told of. */
  #readyState: RTCDataChannelState = 'connecting';
  #lowThreshold = 0;

  constructor(native: DataChannel, { ordered = true, maxRetransmits }: ChannelInit = {}) {
    super();
    this.#native = native;
    this.label = native.getLabel();
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits ?? null;
    native.onOpen(() => {
      if (this.#readyState !== 'connecting') return;
      this.#readyState = 'open';
      this.#tell(new Event('open'), this.onopen);
    });
    native.onBufferedAmountLow(() => this.dispatchEvent(new Event('bufferedamountlow')));
    native.onMessage((data) => {
      const message = new MessageEvent('message', { data: typeof data === 'string' ? data : bufferOf(data) });
      this.#tell(message, this.onmessage);
    });
    native.onClosed(() => this.#ended());
  }

  get readyState(): RTCDataChannelState {
    return this.#readyState;
  }

  /** Bytes. */
  get bufferedAmount(): number {
    return this.#readyState === 'open' ? this.#native.bufferedAmount() : 0;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#lowThreshold;
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#lowThreshold = bytes;
    if (this.#readyState !== 'closed') this.#native.setBufferedAmountLowThreshold(bytes);
  }

  /** Other typed arrays it would send cut short. @throws Error when the channel is not open or the frame too large */
  send(data: string | Uint8Array): void {
    if (this.#readyState !== 'open') throw new Error(`the channel is ${this.#readyState}`);
    if (typeof data === 'string') this.#native.sendMessage(data);
    else this.#native.sendMessageBinary(data);
  }

  /** What was sent before still arrives. */
  close(): void {
    if (this.#readyState !== 'connecting' && this.#readyState !== 'open') return;
    this.#readyState = 'closing';
    this.#native.close();
  }

  /** Nobody listens any more: its connection closes. */
  release(): void {
    if (this.#readyState === 'closed') return;
    this.#readyState = 'closed';
    endChannel(this.#native);
  }

  #ended(): void {
    if (this.#readyState === 'closed') return;
    this.#readyState = 'closed';
    this.#tell(new Event('close'), this.onclose);
  }

  #tell<E extends Event>(event: E, handler: ((event: E) => void) | null): void {
    handler?.(event);
    this.dispatchEvent(event);
  }
}

function bufferOf(data: ArrayBuffer | Uint8Array): ArrayBuffer {
  if (data instanceof ArrayBuffer) return data;
  const { buffer, byteLength } = data;
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) return buffer;
  return new Uint8Array(data).buffer; // a copy: a view would take all of its buffer along
}
