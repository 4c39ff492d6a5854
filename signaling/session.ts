/**
 * One client's socket: proves whose it is, then lets messages through within its limits. Nothing that a socket sends is acted
 * on before the proof, and nothing that it sends is believed further than its own id.
 */
import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { toHex } from '../src/runtime/index.ts';
import {
  type GoodbyeReason,
  type NodeId,
  type RegistryReply,
  SERVER_NONCE_BYTES,
} from '../src/wire/index.ts';
import type { AddressShare } from './client-addresses.ts';
import {
  ADDRESS_OFFERS_TO_ONE,
  MAX_REMEMBERED_RATES,
  MAX_STRIKES,
  MAX_UNREAD_BYTES,
  PAIR_OFFERS,
  PROOF_TIMEOUT_MS,
  SOCKET_BYTES,
  SOCKET_FRAMES,
  STRIKES_FORGIVEN_PER_SECOND,
} from './limits.ts';
import { type PeerFrame, parsePeerFrame } from './peer-frames.ts';
import { isProven } from './proof.ts';
import { Rates } from './rates.ts';
import { TokenBucket } from './token-bucket.ts';

export type SignalFrame = Extract<PeerFrame, { type: 'signal' }>;

/** What the sockets' common house does for a socket. */
export interface SessionHost {
  readonly now: () => number;
  /** The id is proved; the network is the one it wants to be registered in. */
  registered(session: Session, network: string): void;
  signal(session: Session, frame: SignalFrame): void;
  malformed(session: Session): void;
  closed(session: Session): void;
}

/** RFC 6455 and the registry of its close codes; 4000 and up are ours. */
export const CloseCode = { policy: 1008, restarting: 1012, replaced: 4001 } as const;

const BEAT = Buffer.from(JSON.stringify({ type: 'BEAT' }));
const AS_TEXT = { binary: false };
/** Beats between two WebSocket pings, which browsers answer from their network process, hidden and frozen tabs included. */
const BEATS_PER_PING = 6;

export class Session {
  /** As claimed; its own once `isRegistered`. */
  readonly id: NodeId;
  readonly share: AddressShare;
  /** Above its time a large network is chosen from anew for this Node. */
  introduceAtMs = 0;
  introduceAfterMs = 0;
  readonly #socket: WebSocket;
  readonly #host: SessionHost;
  readonly #openedAtMs: number;
  readonly #frames = new TokenBucket(SOCKET_FRAMES.burst, SOCKET_FRAMES.perSecond);
  readonly #bytes = new TokenBucket(SOCKET_BYTES.burst, SOCKET_BYTES.perSecond);
  readonly #strikes = new TokenBucket(MAX_STRIKES, STRIKES_FORGIVEN_PER_SECOND);
  /** Made when first needed: most sockets are idle. */
  #offersTo: Rates | undefined;
  #offersFrom: Rates | undefined;
  /** Until the proof. */
  #nonce: Uint8Array | undefined = randomBytes(SERVER_NONCE_BYTES);
  #isRegistered = false;
  #isUnheard = false;
  #beats = 0;

  constructor(options: { id: NodeId; share: AddressShare; socket: WebSocket; host: SessionHost }) {
    this.id = options.id;
    this.share = options.share;
    this.#socket = options.socket;
    this.#host = options.host;
    this.#openedAtMs = options.host.now();
    const { socket } = options;
    // A frame that is too large or broken: ws closes the socket itself, `close` follows.
    socket.on('error', () => this.#host.malformed(this));
    socket.on('close', () => this.#host.closed(this));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    const count = (): void => {
      if (!this.#frames.take(this.#host.now())) this.#strike();
    };
    socket.on('ping', count);
    socket.on('pong', () => {
      this.#isUnheard = false;
      count();
    });
    if (this.#nonce) this.tell({ type: 'CHALLENGE', nonce: this.#nonce });
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /** Whether one more offer may go to that Node. */
  mayOffer(to: NodeId): boolean {
    this.#offersTo ??= new Rates(PAIR_OFFERS, MAX_REMEMBERED_RATES);
    return this.#offersTo.take(to, this.#host.now());
  }

  /** Whether one more offer of somebody at that address may come in. */
  mayBeOffered(addressTag: string): boolean {
    this.#offersFrom ??= new Rates(ADDRESS_OFFERS_TO_ONE, MAX_REMEMBERED_RATES);
    return this.#offersFrom.take(addressTag, this.#host.now());
  }

  tell(reply: RegistryReply): void {
    const { type, ...rest } = reply;
    const payload = 'nonce' in rest ? { nonce: toHex(rest.nonce) } : rest;
    this.sendText(JSON.stringify({ type, payload }));
  }

  /** Dropped when the client has not read what was sent before. */
  sendText(text: string | Buffer): void {
    const socket = this.#socket;
    if (socket.readyState === socket.OPEN && socket.bufferedAmount <= MAX_UNREAD_BYTES) {
      socket.send(text, AS_TEXT);
    }
  }

  /** Every BEAT_INTERVAL_MS: lets the server be heard, and finds clients that are gone without a word. */
  beat(): void {
    if (!this.#isRegistered) {
      if (this.#host.now() - this.#openedAtMs > PROOF_TIMEOUT_MS) {
        this.#refuse('the id was not proved in time', CloseCode.policy);
      }
      return;
    }
    this.sendText(BEAT);
    this.#beats = (this.#beats + 1) % BEATS_PER_PING;
    if (this.#beats !== 0) return;
    if (this.#isUnheard) {
      this.#socket.terminate();
      return;
    }
    this.#isUnheard = true;
    this.#socket.ping();
  }

  goodbye(reason: GoodbyeReason): void {
    this.tell({ type: 'GOODBYE', reason });
    this.#socket.close(CloseCode[reason], reason);
  }

  /** At once, without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#isUnheard = false;
    const now = this.#host.now();
    const size = Array.isArray(data) ? data.length : data.byteLength;
    const { share } = this;
    const isWithinLimits =
      this.#frames.take(now) &&
      this.#bytes.take(now, size) &&
      share.frames.take(now) &&
      share.bytes.take(now, size);
    const frame = isWithinLimits && !isBinary ? parsePeerFrame(data.toString()) : undefined;
    if (!frame || !this.#handle(frame)) this.#strike();
  }

  /** False for what must not come now. */
  #handle(frame: PeerFrame): boolean {
    switch (frame.type) {
      case 'heartbeat':
        return true;
      case 'signal':
        if (!this.#isRegistered) return false;
        this.#host.signal(this, frame);
        return true;
      case 'request':
        if (frame.request.type === 'PING') {
          this.sendText(BEAT);
          return true;
        }
        return this.#register(frame.request);
    }
  }

  #register({
    network,
    publicKey,
    signature,
  }: {
    readonly network: string;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
  }): boolean {
    const nonce = this.#nonce;
    if (!nonce) return false;
    this.#nonce = undefined;
    if (!isProven({ id: this.id, nonce, network, publicKey, signature })) {
      this.#host.malformed(this);
      this.#refuse('the proof does not fit the id', CloseCode.policy);
      return true;
    }
    this.#isRegistered = true;
    this.sendText('{"type":"OPEN"}');
    this.#host.registered(this, network);
    return true;
  }

  #strike(): void {
    this.#host.malformed(this);
    if (!this.#strikes.take(this.#host.now())) {
      this.#refuse('too many messages that make no sense', CloseCode.policy);
    }
  }

  /** PeerJS's word for it. */
  #refuse(reason: string, code: number): void {
    this.sendText(JSON.stringify({ type: 'ERROR', payload: { msg: reason } }));
    this.#socket.close(code, reason);
  }
}
