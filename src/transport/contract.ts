/**
 * What the mesh asks of the world below it: raw channels to other peers and a rendezvous where strangers meet.
 * `peerjs/` does it over WebRTC, `simulated/` in virtual time. A Channel is not trusted: the mesh authenticates it
 * (src/mesh/link) before anything but the handshake is accepted, and only then calls it a Link.
 */
import type { Emitter } from '../runtime/index.ts';
import type { NodeId, Signal } from '../wire/index.ts';

/** Where the rendezvous (the signaling server) stands. Links live on while it is away. */
export type RendezvousState = 'connecting' | 'online' | 'offline';

/** Who carries the signals of a new connection: the members between its two ends, or the signaling server. */
export type SignalWay = 'mesh' | 'rendezvous';
/** How an open channel runs: from address to address, through a NAT, or over a TURN server. */
export type PathKind = 'host' | 'reflexive' | 'relay';

export interface TransportEvents {
  /** A channel opened, by us or by them. Listeners must attach to its events before they return. */
  channel: Channel;
  /** The offer of a `connect` to this peer has left. */
  offered: NodeId;
  /** A `connect` ended without a channel. */
  connectFailed: { readonly peer: NodeId; readonly reason: string };
  /** No path was found between this peer and us, whoever called; `reason` is for people. Tells beyond `connectFailed` why. */
  pathFailed: { readonly peer: NodeId; readonly reason: string };
  /** The rendezvous says which peers are registered in our network now (without ourselves). */
  candidates: readonly NodeId[];
  /** The rendezvous saw this peer's socket die: a hint to probe it, not a proof. */
  candidateGone: NodeId;
  /** This peer was registered and has registered anew: it lives, and its network may be another one. */
  candidateAgain: NodeId;
  rendezvous: RendezvousState;
  /**
   * The path of a channel that we opened to this peer fails: nothing arrives for seconds, or this machine has other addresses.
   * Told again every two seconds while it lasts.
   */
  pathFailing: NodeId;
  /** To be carried through the mesh to the transport of this peer, for its `receiveSignal`. */
  signal: { readonly to: NodeId; readonly signal: Signal };
}

/** Shows a signaling server that our id is our own. */
export interface ServerProver {
  /** Ed25519, 32 bytes; our id follows from it. */
  readonly publicKey: Uint8Array;
  /** The signature, 64 bytes, over `serverProofInput` of src/wire. @param network `networkHash(name)` */
  prove(nonce: Uint8Array, network: string): Uint8Array;
}

/** How Nodes meet and open channels. What it brings is not trusted. */
export interface Transport {
  readonly self: NodeId;
  readonly events: Emitter<TransportEvents>;
  readonly rendezvous: RendezvousState;
  /** `send` of its channels has copied the bytes when it returns: the caller may use their buffer again. */
  readonly copiesFrames: boolean;
  /** Joins the rendezvous. Call after listeners are attached. */
  start(): void;
  /** Asks the rendezvous now, instead of waiting for the next attempt; without effect before `start`. */
  tryNow(): void;
  /**
   * Ends in a `channel` or a `connectFailed` event for that peer. A no-op while one is under way; a channel that is open
   * does not hinder it, for its other end may have lost it. Signals of the connection go `way`. Of two calls that cross on the same
   * way that of the smaller id is made, and its channel is the other's, too.
   */
  connect(peer: NodeId, way: SignalWay): void;
  /** Looks for a new path for the channels of `pathFailing`, keeping them. Signals go `way`. Where that cannot be, nothing happens. */
  restart(peer: NodeId, way: SignalWay): void;
  /** The mesh brought a `signal` event of the transport of `from`. What belongs to no connection, or makes no sense, is dropped. */
  receiveSignal(from: NodeId, signal: Signal): void;
  /** How the open channel with this peer runs; undefined without one, and where it is not known. Never rejects. */
  pathTo(peer: NodeId): Promise<PathKind | undefined>;
  /** Closes every channel and leaves the rendezvous; no event after it. */
  close(): void;
}

/**
 * A connection by two texts that people carry, one each way: for a newcomer while no server is there. Each is some 200
 * characters of base64url. One invite at a time on either side: a new one ends the one before.
 */
export interface TextInvites {
  /** The first text, for the newcomer. @throws LeafcutterError `no-invite` when the browser makes no connection */
  inviteOffer(): Promise<string>;
  /**
   * At the newcomer: the second text, for the one who invites, and with whom there is a channel, once it is; it rejects when it does not
   * come. A channel is no Link yet: the handshake may refuse it.
   * @throws LeafcutterError `bad-invite-text`, `no-invite`
   */
  acceptOffer(text: string): Promise<{ readonly answer: string; readonly connected: Promise<NodeId> }>;
  /** At the one who invites. Resolves when the channel is there, with whom. @throws LeafcutterError `bad-invite-text`, `no-invite` */
  acceptAnswer(text: string): Promise<NodeId>;
}

export interface ChannelEvents {
  /** One reliable, ordered frame, whole. The buffer is the listener's to keep. */
  frame: Uint8Array;
  /** One best-effort datagram (health). */
  datagram: Uint8Array;
  /** `bufferedBytes` fell to LOW_WATER_BYTES after it had been above. */
  drained: undefined;
  /** Fired once, whatever ended it. */
  closed: { readonly reason: string };
}

/** A connection to one peer: reliable frames, and datagrams beside them. */
export interface Channel {
  readonly peer: NodeId;
  /** True at the end that called `connect`. */
  readonly isInitiator: boolean;
  /** SHA-256 fingerprints of the DTLS certificates at both ends: the handshake binds its proofs to them. */
  readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  /**
   * True where the channel answers health probes by itself, off the main thread, so that a busy page and a dead one differ
   * (health/datagram.ts has the bytes). What arrives is passed on all the same.
   */
  readonly answersProbes: boolean;
  readonly events: Emitter<ChannelEvents>;
  /**
   * Reliable, ordered. At most MAX_FRAME_BYTES. After `closed` it does nothing. The bytes may not be copied: leave them alone
   * unless the transport `copiesFrames`.
   */
  send(frame: Uint8Array): void;
  /** Unordered, never retransmitted. After `closed` it does nothing. */
  sendDatagram(bytes: Uint8Array): void;
  /** While false the channel answers no probes by itself either. Without effect where it does not. */
  setAnswering(isAnswering: boolean): void;
  /** Bytes given to `send` that have not left yet. Keep it below HIGH_WATER_BYTES; wait for `drained`. */
  readonly bufferedBytes: number;
  close(): void;
}

/** The largest message every browser takes is 262,144 bytes. */
export const MAX_FRAME_BYTES = 262_144;
/**
 * Low water and two of the largest frames: both go as soon as the channel has drained. Measured: 64 KiB messages run at
 * 28-43 MB/s with a cap of 256 KiB, 5-18 MB/s with stalls at 4 MiB.
 */
export const HIGH_WATER_BYTES = 328 * 1024;
export const LOW_WATER_BYTES = 64 * 1024;
