/**
 * An open connection as the mesh sees it: frames on PeerJS's own data channel, reliable and ordered, and datagrams on a
 * second one of the same RTCPeerConnection. It ends when one of its ends closes it. A path that fails does not end it: the
 * other machine may only sleep, or be on its way to another network, and Chromium finds the path again for half a minute.
 * Whether a silent channel is worth keeping, and how long, is for whoever uses it to decide (src/mesh/link).
 */
import type { DataConnection } from 'peerjs';
import { Emitter, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import {
  type Channel,
  type ChannelEvents,
  LOW_WATER_BYTES,
  MAX_FRAME_BYTES,
  type PathKind,
} from '../contract.ts';
import type { Datagrams } from './datagrams.ts';
import type { Fingerprints } from './fingerprints.ts';
import { pathKindOf } from './path-kind.ts';

/** How long a closed channel may take to bring its last frames across before the connection goes too. */
const LINGER_MS = 2_000;

export interface PeerChannelOptions {
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly connection: DataConnection;
  readonly datagrams: Datagrams;
  readonly fingerprints: Fingerprints;
  readonly timers: Timers;
}

export class PeerChannel implements Channel {
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly fingerprints: Fingerprints;
  readonly answersProbes: boolean;
  readonly events = new Emitter<ChannelEvents>();
  readonly #connection: DataConnection;
  readonly #frames: RTCDataChannel;
  readonly #datagrams: Datagrams;
  readonly #timers: Timers;
  #isClosed = false;

  /** The connection must be open. */
  constructor(options: PeerChannelOptions) {
    this.peer = options.peer;
    this.isInitiator = options.isInitiator;
    this.fingerprints = options.fingerprints;
    this.#timers = options.timers;
    this.#connection = options.connection;
    this.#datagrams = options.datagrams;
    const { dataChannel: frames, peerConnection } = options.connection;
    this.#frames = frames;
    frames.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    frames.addEventListener('bufferedamountlow', () => {
      if (!this.#isClosed) this.events.emit('drained', undefined);
    });
    frames.onmessage = null; // PeerJS's own: it would unpack every frame for listeners that it does not have
    frames.addEventListener('message', ({ data }) => this.#receiveFrame(data));
    options.datagrams.onDatagram = (bytes) => {
      if (!this.#isClosed) this.events.emit('datagram', bytes);
    };
    this.answersProbes = options.datagrams.answersProbes;
    options.connection.on('close', () => this.#finish('the other end closed the connection'));
    // PeerJS's own listener closes the connection when its path fails.
    peerConnection.oniceconnectionstatechange = null;
    peerConnection.addEventListener('connectionstatechange', () => {
      if (peerConnection.connectionState !== 'failed') return;
      // The encryption is up still when only the path failed. In Node there is no way to tell, and none back.
      const encryption = peerConnection.sctp?.transport.state ?? 'failed';
      if (encryption === 'failed' || encryption === 'closed')
        this.#finish('nothing arrives from the other end any more');
    });
    // PeerJS would take any channel that the other end opens in-band for its own. There are no others.
    peerConnection.ondatachannel = ({ channel }) => channel.close();
  }

  get connection(): DataConnection {
    return this.#connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#frames.bufferedAmount;
  }

  /** How it runs now: ICE may move it. Undefined once it is closed. */
  async path(): Promise<PathKind | undefined> {
    try {
      return pathKindOf((await this.#connection.peerConnection.getStats()).values());
    } catch {
      return undefined;
    }
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return;
    try {
      this.#frames.send(frame as Uint8Array<ArrayBuffer>);
    } catch (error) {
      // Too large, or so much unsent that the browser refuses more: the stream has a hole now.
      this.#finish(`the browser did not take a frame: ${messageOf(error)}`);
    }
  }

  sendDatagram(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#datagrams.send(bytes);
  }

  setAnswering(isAnswering: boolean): void {
    if (!this.#isClosed) this.#datagrams.setAnswering(isAnswering);
  }

  /** Orderly: frames already given to `send` still arrive. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#datagrams.release();
    this.#frames.close();
    // The data channel's own close comes when the other end has everything; then PeerJS ends the connection.
    const giveUp = this.#timers.after(LINGER_MS, () => this.#connection.close());
    this.#connection.on('close', giveUp);
    queueMicrotask(() => this.events.emit('closed', { reason: 'closed here' }));
  }

  /** At once and without an event: the page is going away, and no timer of it will run again. */
  abort(): void {
    this.#isClosed = true;
    this.#datagrams.release();
    this.events.clear();
    this.#connection.close();
  }

  #receiveFrame(data: unknown): void {
    if (this.#isClosed) return;
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_FRAME_BYTES) {
      this.#finish('the other end sent something that is no frame');
      return;
    }
    this.events.emit('frame', new Uint8Array(data));
  }

  #finish(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#datagrams.release();
    this.#connection.close();
    queueMicrotask(() => this.events.emit('closed', { reason }));
  }
}
