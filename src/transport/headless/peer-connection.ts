/**
 * RTCPeerConnection in Node, over libdatachannel, as far as PeerJS and the transport look at it. node-datachannel's own polyfill
 * is not used: it offers as soon as a channel exists, so that PeerJS's test of the platform, at its import, would speak to public STUN
 * servers; it shows an empty certificate, to which the mesh's handshake would bind its proofs; and it loses what came just before the end.
 *
 * Whoever offers keeps its candidates until it has the answer, and looks at the other end's only then. libdatachannel checks a
 * certificate against a remote description that it stores a moment after ICE may have connected: where the other end's checks can
 * come before, every thirtieth connection fails. So the end that offers connects first, and the other one, which begins the DTLS
 * handshake, finds it listening; otherwise its first packet is lost, and DTLS repeats itself after a second.
 *
 * There is no `sctp`: fingerprints are read from the descriptions. Of a remote one libdatachannel keeps and verifies exactly one.
 * ICE cannot be restarted.
 */
import { networkInterfaces } from 'node:os';
import { type DataChannelInitConfig, PeerConnection } from 'node-datachannel';
import { MAX_FRAME_BYTES } from '../contract.ts';
import { type ChannelInit, HeadlessDataChannel } from './data-channel.ts';
import { separateCandidates } from './descriptions.ts';
import { countConnections } from './lifetime.ts';
import { nativeServers } from './native-servers.ts';
import { selectedPairReport } from './statistics.ts';

/** libdatachannel has no use for it but its own log. */
const NAME = 'leafcutter';
/** Of the one section that a connection without media has, where nobody says. */
const MID = '0';

type Handler<E extends Event = Event> = ((event: E) => void) | null;
type CandidateEvent = Event & { readonly candidate: RTCIceCandidateInit };
type ChannelEvent = Event & { readonly channel: HeadlessDataChannel };

export class HeadlessPeerConnection extends EventTarget {
  readonly sctp = null;
  onicecandidate: Handler<CandidateEvent> = null;
  onconnectionstatechange: Handler = null;
  oniceconnectionstatechange: Handler = null;
  ondatachannel: Handler<ChannelEvent> = null;
  ontrack: Handler = null;
  readonly #native: PeerConnection;
  readonly #configuration: RTCConfiguration;
  readonly #channels = new Set<HeadlessDataChannel>();
  #connectionState: RTCPeerConnectionState = 'new';
  #iceConnectionState: RTCIceConnectionState = 'new';
  #isClosed = false;
  /** Ours, until the answer has come; undefined where nothing is held. */
  #held: RTCIceCandidateInit[] | undefined;

  /** @throws LeafcutterError `bad-ice-server` */
  constructor({ iceServers = [], iceTransportPolicy = 'all' }: RTCConfiguration = {}) {
    super();
    // PeerJS's object has getters, which may say something else later.
    this.#configuration = { iceServers, iceTransportPolicy };
    const bindAddress = onlyLoopback(networkInterfaces());
    const native = new PeerConnection(NAME, {
      iceServers: nativeServers(iceServers),
      iceTransportPolicy,
      disableAutoNegotiation: true,
      maxMessageSize: MAX_FRAME_BYTES,
      ...(bindAddress !== undefined && { bindAddress }),
    });
    this.#native = native;
    countConnections(1);
    native.onStateChange((state) => this.#changed(state as RTCPeerConnectionState));
    native.onIceStateChange((state) => {
      if (this.#isClosed) return;
      this.#iceConnectionState = state as RTCIceConnectionState;
      this.#tell(new Event('iceconnectionstatechange'), this.oniceconnectionstatechange);
    });
    native.onLocalCandidate((line, sdpMid) => {
      if (this.#isClosed) return;
      // As the attribute of a description; a candidate on its own has no `a=`.
      const candidate = { candidate: line.replace(/^a=/, ''), sdpMid, sdpMLineIndex: 0 };
      if (this.#held) this.#held.push(candidate);
      else this.#tellCandidate(candidate);
    });
    native.onDataChannel((incoming) => {
      const channel = this.#adopt(new HeadlessDataChannel(incoming));
      if (this.#isClosed) channel.release();
      else this.#tell(Object.assign(new Event('datachannel'), { channel }), this.ondatachannel);
    });
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#isClosed ? 'closed' : this.#connectionState;
  }

  get iceConnectionState(): RTCIceConnectionState {
    return this.#isClosed ? 'closed' : this.#iceConnectionState;
  }

  get iceGatheringState(): RTCIceGatheringState {
    return this.#native.gatheringState();
  }

  get signalingState(): RTCSignalingState {
    return this.#isClosed ? 'closed' : (this.#native.signalingState() as RTCSignalingState);
  }

  get localDescription(): RTCSessionDescriptionInit | null {
    return this.#native.localDescription() as RTCSessionDescriptionInit | null;
  }

  get remoteDescription(): RTCSessionDescriptionInit | null {
    return this.#native.remoteDescription() as RTCSessionDescriptionInit | null;
  }

  getConfiguration(): RTCConfiguration {
    return this.#configuration;
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): HeadlessDataChannel {
    const { ordered = true, maxRetransmits, negotiated, id } = init;
    const config: DataChannelInitConfig = {
      unordered: !ordered,
      ...(maxRetransmits !== undefined && { maxRetransmits }),
      ...(negotiated !== undefined && { negotiated }),
      ...(id !== undefined && { id }),
    };
    const reliability: ChannelInit = { ordered, ...(maxRetransmits !== undefined && { maxRetransmits }) };
    return this.#adopt(new HeadlessDataChannel(this.#native.createDataChannel(label, config), reliability));
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    this.#held ??= [];
    this.#native.setLocalDescription('offer');
    const { sdp } = separateCandidates(this.localDescription?.sdp ?? '');
    return { type: 'offer', sdp };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    this.#native.setLocalDescription('answer');
    return { type: 'answer', sdp: this.localDescription?.sdp ?? '' };
  }

  /** What was created is in force already. */
  async setLocalDescription(): Promise<void> {}

  async setRemoteDescription({ type, sdp: text = '' }: RTCSessionDescriptionInit): Promise<void> {
    if (type === 'offer') {
      this.#native.setRemoteDescription(text, type);
      return;
    }
    const { sdp, candidates } = separateCandidates(text);
    this.#native.setRemoteDescription(sdp, type);
    for (const candidate of candidates) this.#native.addRemoteCandidate(candidate, MID);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.#tellCandidate(candidate);
  }

  async addIceCandidate({ candidate = '', sdpMid }: RTCIceCandidateInit): Promise<void> {
    if (candidate !== '' && !this.#isClosed) this.#native.addRemoteCandidate(candidate, sdpMid ?? MID);
  }

  /** The candidate pair in use, when there is one. */
  async getStats(): Promise<ReadonlyMap<string, object>> {
    return selectedPairReport(this.#isClosed ? null : this.#native.getSelectedCandidatePair());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const channel of this.#channels) channel.release();
    this.#channels.clear();
    this.#native.close();
  }

  #tellCandidate(candidate: RTCIceCandidateInit): void {
    this.#tell(Object.assign(new Event('icecandidate'), { candidate }), this.onicecandidate);
  }

  #adopt(channel: HeadlessDataChannel): HeadlessDataChannel {
    this.#channels.add(channel);
    channel.addEventListener('close', () => this.#channels.delete(channel));
    return channel;
  }

  /** libdatachannel closes what has failed; a browser leaves it `failed`. */
  #changed(state: RTCPeerConnectionState): void {
    if (state === 'closed') countConnections(-1);
    if (this.#isClosed || this.#connectionState === 'failed') return;
    this.#connectionState = state;
    this.#tell(new Event('connectionstatechange'), this.onconnectionstatechange);
  }

  #tell<E extends Event>(event: E, handler: Handler<E>): void {
    handler?.(event);
    this.dispatchEvent(event);
  }
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Where a machine has no other, libdatachannel must be told to use the loopback interface; undefined elsewhere. */
export function onlyLoopback(interfaces: Interfaces): string | undefined {
  const addresses = Object.values(interfaces).flatMap((some) => some ?? []);
  return addresses.some(({ internal }) => !internal) ? undefined : '127.0.0.1';
}
