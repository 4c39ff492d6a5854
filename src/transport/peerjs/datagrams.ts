/**
 * The second channel of a connection, best effort, wherever it lives: on the page, or with the tab's probe worker where the
 * browser can transfer it (Chromium). It can be transferred only in the task that created it and before anything was sent.
 */
import { log, messageOf } from '../../runtime/index.ts';
import type { FromProbeWorker, ToProbeWorker } from './probe-messages.ts';

/** Health datagrams have 17 bytes; what is larger is none of ours. */
const MAX_DATAGRAM_BYTES = 1_200;

export interface Datagrams {
  /** A worker answers probes on this channel, as far as is known now. */
  readonly answersProbes: boolean;
  /** What arrives before it is set is lost. */
  onDatagram: (bytes: Uint8Array) => void;
  send(bytes: Uint8Array): void;
  /** While false the worker leaves probes unanswered. */
  setAnswering(isAnswering: boolean): void;
  /** Lets go of what is kept for it. The connection closes the channel. */
  release(): void;
}

/** Takes a channel that has just been created. */
export function datagramsOn(channel: RTCDataChannel): Datagrams {
  return ProbeWorker.ofThisTab()?.adopt(channel) ?? new PageDatagrams(channel);
}

/** Loads the worker, so that it runs when the first connection comes and does not depend on the server then. */
export function prepareDatagrams(): void {
  ProbeWorker.ofThisTab();
}

class PageDatagrams implements Datagrams {
  readonly answersProbes = false;
  onDatagram: (bytes: Uint8Array) => void = () => undefined;
  readonly #channel: RTCDataChannel;

  constructor(channel: RTCDataChannel) {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_DATAGRAM_BYTES) return;
      this.onDatagram(new Uint8Array(data));
    });
  }

  send(bytes: Uint8Array): void {
    if (this.#channel.readyState !== 'open') return;
    try {
      this.#channel.send(bytes as Uint8Array<ArrayBuffer>);
    } catch {
      // Best effort: a full buffer loses it, as the network might.
    }
  }

  setAnswering(): void {
    // On the page health answers, or does not.
  }

  release(): void {
    this.onDatagram = () => undefined;
  }
}

class WorkerDatagrams implements Datagrams {
  onDatagram: (bytes: Uint8Array) => void = () => undefined;
  readonly #worker: ProbeWorker;
  readonly #id: number;

  constructor(worker: ProbeWorker, id: number) {
    this.#worker = worker;
    this.#id = id;
  }

  get answersProbes(): boolean {
    return this.#worker.state === 'ready';
  }

  send(bytes: Uint8Array): void {
    // A copy of its own: a view would take its whole buffer along.
    this.#worker.post({ type: 'send', id: this.#id, bytes: new Uint8Array(bytes) });
  }

  setAnswering(isAnswering: boolean): void {
    this.#worker.post({ type: 'answering', id: this.#id, isAnswering });
  }

  release(): void {
    this.onDatagram = () => undefined;
    this.#worker.release(this.#id);
  }
}

/** One for the whole tab. When it fails, its channels are silent (health asks on the reliable channel then), new ones stay on the page. */
class ProbeWorker {
  static #shared: ProbeWorker | undefined;

  state: 'loading' | 'ready' | 'failed' = 'loading';
  readonly #worker: Worker;
  readonly #channels = new Map<number, WorkerDatagrams>();
  #nextId = 0;
  #taken = 0;

  private constructor() {
    this.#worker = new Worker(new URL('./probe-worker.ts', import.meta.url), {
      type: 'module',
      name: 'leafcutter probes',
    });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromProbeWorker>) =>
      this.#receive(data),
    );
    this.#worker.addEventListener('error', (event) => {
      if (this.state === 'loading') this.#fail(event.message || 'it did not load');
    });
  }

  /** Undefined where there are no workers, or they cannot be given channels. */
  static ofThisTab(): ProbeWorker | undefined {
    if (typeof Worker === 'undefined' || typeof RTCDataChannel === 'undefined') return undefined;
    ProbeWorker.#shared ??= ProbeWorker.#create();
    return ProbeWorker.#shared?.state === 'failed' ? undefined : ProbeWorker.#shared;
  }

  static #create(): ProbeWorker | undefined {
    try {
      return new ProbeWorker();
    } catch (error) {
      log('debug', `no worker for probes: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Undefined when the browser does not transfer it: then it stays as it is. */
  adopt(channel: RTCDataChannel): Datagrams | undefined {
    const id = this.#nextId++;
    try {
      const message: ToProbeWorker = { type: 'adopt', id, channel };
      this.#worker.postMessage(message, [channel as unknown as Transferable]);
    } catch (error) {
      // A browser that does not transfer the first one would not take the next one either.
      if (id === 0) this.#fail(messageOf(error));
      return undefined;
    }
    const datagrams = new WorkerDatagrams(this, id);
    this.#channels.set(id, datagrams);
    return datagrams;
  }

  post(message: ToProbeWorker): void {
    if (this.state !== 'failed') this.#worker.postMessage(message);
  }

  release(id: number): void {
    if (this.#channels.delete(id)) this.post({ type: 'release', id });
  }

  #receive(message: FromProbeWorker): void {
    switch (message.type) {
      case 'ready':
        if (this.state === 'loading') this.state = 'ready';
        return;
      case 'datagram':
        this.post({ type: 'taken', count: ++this.#taken });
        this.#channels.get(message.id)?.onDatagram(message.bytes);
        return;
      default:
        message satisfies never;
    }
  }

  #fail(reason: string): void {
    if (this.state === 'failed') return;
    this.state = 'failed';
    log('debug', `the worker for probes failed: ${reason}`);
    this.#worker.terminate();
    this.#channels.clear();
  }
}
