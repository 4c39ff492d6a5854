/** One DataConnection from its first moment until it is an open Channel, or has failed for a reason that people can read. */
import type { DataConnection } from 'peerjs';
import { messageOf, systemClock, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { PeerChannel } from './channel.ts';
import { type Datagrams, datagramsOn } from './datagrams.ts';
import { readFingerprints } from './fingerprints.ts';
import { IceDiary } from './ice-diary.ts';
import type { ConnectionWay } from './peer-client.ts';

/** Links form in some 20 ms on a LAN, in a few seconds through a TURN server far away. */
const CONNECT_TIMEOUT_MS = 15_000;
/**
 * Until our offer or answer has left: tens of milliseconds, seconds where many tabs of one machine start at once. What more than
 * a second it took, the other end may need, too: it then has so many times as long, up to SLOWEST times.
 */
const DESCRIBE_TIMEOUT_MS = 30_000;
const USUAL_DESCRIBE_MS = 1_000;
const SLOWEST = 3;
/** People carry the texts of an invite: the other end may take minutes to hear of us. */
const INVITE_TIMEOUT_MS = 10 * 60_000;
/**
 * An answer that has not come by then will not: the peer is gone or stands still, or a relay lost what was said. The server
 * says after six seconds that it does not know a peer.
 */
const ANSWER_TIMEOUT_MS: Readonly<Record<ConnectionWay, number>> = {
  mesh: 5_000,
  rendezvous: 8_000,
  invite: INVITE_TIMEOUT_MS,
};
/** The second channel's stream id, agreed here: far above those the browsers count up from, below Chromium's 1,023. */
const DATAGRAM_STREAM = 64;

export interface AttemptOptions {
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly connection: DataConnection;
  /** Who carries its signals. */
  readonly way: ConnectionWay;
  readonly timers: Timers;
  /** Called once, unless `onFailed` was. */
  onOpen(channel: PeerChannel): void;
  onFailed(reason: string): void;
  /** Called before `onFailed` when ICE found no path, with the reason for people. */
  onNoPath?(reason: string): void;
}

export class Attempt {
  readonly #options: AttemptOptions;
  #peer: NodeId;
  #isPatient: boolean;
  readonly #cancelTimeouts: (() => void)[] = [];
  readonly #beganAt = systemClock.now();
  readonly #ice: IceDiary;
  #datagrams: Datagrams | undefined;
  #isSettled = false;

  get peer(): NodeId {
    return this.#peer;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  get connectionId(): string {
    return this.#options.connection.connectionId;
  }

  get isInitiator(): boolean {
    return this.#options.isInitiator;
  }

  get way(): ConnectionWay {
    return this.#options.way;
  }

  /** Nothing of the other end's is waited for, as with one that it began: from here on it depends on the path between them. */
  get isAnswered(): boolean {
    return !this.isInitiator || this.#options.connection.peerConnection?.remoteDescription != null;
  }

  /** Must be made in the task that made the connection: later, the second channel would miss the negotiation. */
  constructor(options: AttemptOptions) {
    this.#peer = options.peer;
    this.#options = options;
    const { connection } = options;
    const { peerConnection } = connection;
    this.#ice = new IceDiary(peerConnection);
    this.#isPatient = options.way === 'invite';
    if (this.#isPatient) {
      // ICE gives up in seconds, before the other end has heard of us; PeerJS would close the connection then.
      peerConnection.oniceconnectionstatechange = null;
      this.#failAfter(INVITE_TIMEOUT_MS);
    } else this.#failAfter(DESCRIBE_TIMEOUT_MS);
    connection.on('open', () => this.#open());
    connection.on('close', () => this.fail('the connection closed before it was open'));
    connection.on('error', (error) => {
      // PeerJS hears of ICE's end first.
      if (peerConnection.iceConnectionState === 'failed') this.#failForPath();
      else this.fail(messageOf(error));
    });
    peerConnection.addEventListener('connectionstatechange', () => {
      if (peerConnection.connectionState === 'failed' && !this.#isPatient) this.#failForPath();
    });
    peerConnection.addEventListener('icegatheringstatechange', () => {
      if (this.#ice.isHopeless && !this.#isPatient) this.#failForPath();
    });
    try {
      this.#datagrams = datagramsOn(
        peerConnection.createDataChannel('datagrams', {
          negotiated: true,
          id: DATAGRAM_STREAM,
          ordered: false,
          maxRetransmits: 0,
        }),
      );
    } catch (error) {
      // After the caller has our reference.
      queueMicrotask(() => this.fail(`no second channel: ${messageOf(error)}`));
    }
  }

  /** Our offer or answer has left: the time of the other end begins. */
  described(): void {
    if (this.#isSettled) return;
    const { way, timers } = this.#options;
    const slowness = (systemClock.now() - this.#beganAt) / USUAL_DESCRIBE_MS;
    const factor = Math.min(SLOWEST, Math.max(1, slowness));
    this.#endTimeouts();
    const late = (): void => {
      if (!this.isAnswered) this.fail('no answer');
    };
    this.#cancelTimeouts.push(timers.after(factor * ANSWER_TIMEOUT_MS[way], late));
    this.#failAfter(factor * CONNECT_TIMEOUT_MS);
  }

  /** An invite was answered, by this Node: from here on it is a connection like others. */
  answeredBy(peer: NodeId): void {
    this.#peer = peer;
    this.#isPatient = false;
    this.#failAfter(CONNECT_TIMEOUT_MS);
  }

  /** Ends it without a channel. */
  fail(reason: string): void {
    if (!this.#settle()) return;
    this.#datagrams?.release();
    this.#options.connection.close();
    this.#options.onFailed(reason);
  }

  /** Ends it without a word. */
  abort(): void {
    if (!this.#settle()) return;
    this.#datagrams?.release();
    this.#options.connection.close();
  }

  #open(): void {
    const { connection, isInitiator, timers } = this.#options;
    const { dataChannel } = connection;
    const isReliable =
      dataChannel.ordered && dataChannel.maxRetransmits === null && dataChannel.maxPacketLifeTime === null;
    if (!isReliable || !this.#datagrams) {
      this.fail('the other end offered a channel that loses or reorders');
      return;
    }
    let channel: PeerChannel;
    try {
      const fingerprints = readFingerprints(connection.peerConnection);
      channel = new PeerChannel({
        peer: this.#peer,
        isInitiator,
        connection,
        datagrams: this.#datagrams,
        fingerprints,
        timers,
      });
    } catch (error) {
      this.fail(messageOf(error));
      return;
    }
    if (this.#settle()) this.#options.onOpen(channel);
  }

  #failForPath(): void {
    if (this.#isSettled) return;
    const reason = this.#ice.explain();
    this.#options.onNoPath?.(reason);
    this.fail(reason);
  }

  #failAfter(ms: number): void {
    const { timers } = this.#options;
    const late = (): void => {
      if (this.#ice.isIceToBlame) this.#failForPath();
      else this.fail('no connection in time');
    };
    this.#cancelTimeouts.push(timers.after(ms, late));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#endTimeouts();
    return true;
  }

  #endTimeouts(): void {
    for (const cancel of this.#cancelTimeouts.splice(0)) cancel();
  }
}
