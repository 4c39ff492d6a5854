/**
 * RTCPeerConnection in Node, over node-datachannel (libdatachannel) and its polyfill, which this mends where PeerJS or the
 * mesh would be misled:
 *
 * - It negotiates when it is asked to, as in a browser. Left to itself libdatachannel offers as soon as a channel exists, so that
 *   PeerJS's test of what this platform can do, at its import, would already speak to public STUN servers.
 * - The end that answers waits for the DTLS handshake instead of beginning it. It would begin before the other end has the
 *   answer, whose libdatachannel drops what it hears until then: a second is lost until DTLS repeats itself, on every Link
 *   (1,010 ms to connect; 4 ms so).
 * - `sctp` is left out. The polyfill shows an empty certificate there, and the handshake would bind its proofs to that. Without
 *   it the fingerprint is read from the remote description, of which libdatachannel keeps and verifies exactly one.
 * - An attempt that libdatachannel gave up is `failed`, as in a browser. It closes it before its listeners hear of it.
 *
 * It cannot restart ICE, and cannot see whether a channel that the other end opened is reliable: it takes it for so.
 */
import { networkInterfaces } from 'node:os';
import { PeerConnection } from 'node-datachannel';
import { RTCPeerConnection as Polyfill } from 'node-datachannel/polyfill';
import { MAX_FRAME_BYTES } from '../contract.ts';
import { nativeServers } from './native-servers.ts';

/** libdatachannel has no use for it but its own log. */
const NAME = 'leafcutter';

export class HeadlessPeerConnection extends Polyfill {
  readonly #native: PeerConnection;
  #hasBeenUp = false;
  #isClosedHere = false;

  constructor(config: RTCConfiguration = {}) {
    const { iceServers = [], iceTransportPolicy = 'all' } = config;
    const bindAddress = onlyLoopback(networkInterfaces());
    const native = new PeerConnection(NAME, {
      iceServers: nativeServers(iceServers),
      iceTransportPolicy,
      disableAutoNegotiation: true,
      maxMessageSize: MAX_FRAME_BYTES,
      ...(bindAddress !== undefined && { bindAddress }),
    });
    super({ iceServers: [...iceServers], iceTransportPolicy, peerConnection: native });
    this.#native = native;
    this.addEventListener('connectionstatechange', () => {
      if (super.connectionState === 'connected') this.#hasBeenUp = true;
    });
  }

  override get connectionState(): RTCPeerConnectionState {
    const state = super.connectionState;
    return state === 'closed' && !this.#hasBeenUp && !this.#isClosedHere ? 'failed' : state;
  }

  override close(): void {
    this.#isClosedHere = true;
    super.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: the polyfill declares it so
  override get sctp(): any {
    return null;
  }

  override async createOffer(): Promise<RTCSessionDescriptionInit> {
    this.#native.setLocalDescription('offer');
    return super.createOffer();
  }

  override async createAnswer(): Promise<RTCSessionDescriptionInit> {
    this.#native.setLocalDescription('answer');
    return super.createAnswer();
  }

  /** What was created is in force already. */
  override async setLocalDescription(): Promise<void> {}

  override async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    await super.setRemoteDescription({ type, sdp: type === 'offer' ? withActiveOfferer(sdp) : sdp });
  }
}

/** As if the other end had said that it will begin: RFC 8842 leaves the answerer no choice then but to wait. */
export function withActiveOfferer(offer: string): string {
  return offer.replace(/^a=setup:actpass(?=\r?$)/gm, 'a=setup:active');
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Where a machine has no other, libdatachannel must be told to use the loopback interface; undefined elsewhere. */
export function onlyLoopback(interfaces: Interfaces): string | undefined {
  const addresses = Object.values(interfaces).flatMap((some) => some ?? []);
  return addresses.some(({ internal }) => !internal) ? undefined : '127.0.0.1';
}
