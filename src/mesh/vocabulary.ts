/**
 * The words in which the protocols of the mesh speak with each other and with their driver: every event and effect that
 * more than one of them uses, once. A protocol's own unions, beside it, are made of these and of what is its alone.
 */
import type { RendezvousState, SignalWay } from '../transport/index.ts';
import type { FrameHeader, FrameType, Lane, NodeId, Signal } from '../wire/index.ts';
import type { CutOffReason, Member, RefusalReason, TableEntry, TraceEntry } from './contract.ts';
import type { PeerIdentity } from './identity/identity.ts';
import type { Wake } from './protocol.ts';
import type { MeshMessage } from './window/message.ts';

/** A channel of the transport, numbered by the driver; never used twice. */
export type ChannelId = number & { readonly brand: 'ChannelId' };
/** One Link from its coming up to its going down; a Link to the same Node that comes later has another number. */
export type LinkId = number & { readonly brand: 'LinkId' };
/** One stream between two Nodes, 0..65,535 (src/mesh/streams/stream-number.ts). BULK_STREAM_BIT says that it is bulk. */
export type StreamId = number & { readonly brand: 'StreamId' };
/** What a caller waits for; the driver's to choose, settled exactly once. */
export type Token = number & { readonly brand: 'Token' };

/** How a frame to a Node leaves now. */
export type Path =
  | { readonly type: 'direct'; readonly link: LinkId }
  | { readonly type: 'relayed'; readonly nextHop: NodeId };

/** Read by whoever sends to a target; undefined while no path is known. */
export interface Paths {
  to(target: NodeId): Path | undefined;
}

/** Why a send or request did not succeed; the driver makes the typed error of it. */
export type Failure =
  /** `targets`: of several, those that are no members. */
  | { readonly reason: 'unreachable'; readonly targets?: readonly NodeId[] }
  | { readonly reason: 'left'; readonly because: string }
  | { readonly reason: 'timed-out'; readonly afterMs: number }
  /** The receiver lost the state of the stream: whether it arrived cannot be told. */
  | { readonly reason: 'reset' }
  /** The receiver has as many streams of ours in use as it allows one Node (MAX_STREAMS_AT_ONCE). */
  | { readonly reason: 'too-many-streams' }
  | { readonly reason: 'too-large'; readonly bytes: number; readonly limit: number }
  | { readonly reason: 'cancelled' }
  | { readonly reason: 'closed' }
  /** The other side answered with an error. */
  | { readonly reason: 'refused'; readonly because: string }
  /** The sender's own application transferred or resized it before it had left. */
  | { readonly reason: 'body-gone' };

// ---- what protocols tell each other -------------------------------------------------------------------------------

/** A Link came up. Also the first word of who is at its other end. */
export interface LinkUp {
  readonly type: 'link-up';
  readonly peer: NodeId;
  readonly link: LinkId;
  readonly identity: PeerIdentity;
  readonly isInitiator: boolean;
  /** The transport answers health datagrams of this channel by itself, off the main thread. */
  readonly answersProbes: boolean;
}

export interface LinkDown {
  readonly type: 'link-down';
  readonly peer: NodeId;
  readonly link: LinkId;
  readonly reason: string;
  readonly livedMs: number;
}

/** A frame for this Node whose header and scope were checked. `via`: the neighbour it came from. The frame is the receiver's. */
export interface FrameArrived {
  readonly type: 'frame';
  readonly via: NodeId;
  readonly header: FrameHeader;
  readonly frame: Uint8Array;
}

/** A neighbour is to be asked for the records of these Nodes, also of such as have left. */
export interface WantRecords {
  readonly type: 'want-records';
  readonly peer: NodeId;
  readonly ids: readonly NodeId[];
}

/** The first life of a Node that we hear of, or a newer one: what belonged to an older life is over. */
export interface PeerLife {
  readonly type: 'peer-life';
  readonly identity: PeerIdentity;
}

/** A member became one, or is none any more (membership's word). */
export interface Joined {
  readonly type: 'joined';
  readonly member: Member;
}
export interface Left {
  readonly type: 'left';
  readonly id: NodeId;
  readonly reason: string;
}

/** Links, records or routes are different: whatever was derived from View or Router is out of date. */
export interface GraphChanged {
  readonly type: 'graph-changed';
}

/** Smoothed round trip of a Link, when it differs enough to matter. */
export interface RoundTrip {
  readonly type: 'rtt';
  readonly peer: NodeId;
  readonly rttMs: number;
}

/** A frame of ours to one neighbour. */
export interface Tell {
  readonly type: 'tell';
  readonly to: NodeId;
  readonly frameType: FrameType;
  readonly body: Uint8Array;
}

/** A whole frame to one neighbour: somebody's, passed on, or ours that must keep its bytes. Its hop limit is already lowered. */
export interface Pass {
  readonly type: 'pass';
  readonly to: NodeId;
  readonly frame: Uint8Array;
  readonly lane: Lane;
}

/** A frame of ours to any Node; sealed where a relay is on its way. `via`: over this neighbour, whatever the routes say. */
export interface Route {
  readonly type: 'route';
  readonly target: NodeId;
  readonly frameType: FrameType;
  readonly body: Uint8Array;
  readonly via?: NodeId | undefined;
}

/** The frame just handled could not be used. `isMalformed`: no honest Node makes such; its Link counts it. */
export interface Drop {
  readonly type: 'drop';
  readonly via: NodeId;
  readonly header: FrameHeader;
  readonly frame: Uint8Array;
  /** One of a fixed few texts. */
  readonly why: string;
  readonly isMalformed: boolean;
}

/**
 * This neighbour or Node costs too much or breaks rules: its Link is closed, nothing of it is taken for a while, and the people at both
 * ends are told.
 */
export interface CutOff {
  readonly type: 'cut-off';
  readonly peer: NodeId;
  readonly why: CutOffReason;
  readonly reason: string;
}

/** To the application, in order. The bodies are views; they stay valid. */
export interface Deliver {
  readonly type: 'deliver';
  readonly from: NodeId;
  readonly stream: StreamId;
  readonly isBroadcast: boolean;
  readonly messages: readonly MeshMessage[];
  /** What they are charged in the budget, to be paid back by `taken` events as the application takes them; one cost a message. */
  readonly costs: readonly number[];
}

/** The application took so many of the messages that were delivered; `cost` is what they were charged together. */
export interface Taken {
  readonly type: 'taken';
  readonly from: NodeId;
  readonly stream: StreamId;
  readonly isBroadcast: boolean;
  readonly count: number;
  readonly cost: number;
}

export interface Settled {
  readonly type: 'settled';
  readonly tokens: readonly Token[];
  /** Undefined: it succeeded. */
  readonly failure: Failure | undefined;
}

export interface Answered {
  readonly type: 'answered';
  readonly token: Token;
  readonly body: Uint8Array;
}

export interface Log {
  readonly type: 'log';
  readonly level: 'debug' | 'info' | 'warn';
  readonly text: string;
}

// ---- MeshState and its driver -------------------------------------------------------------------------------------

/** What happens to a Node: from its transport, then from its application. */
export type MeshEvent =
  | Wake
  | {
      readonly type: 'channel-opened';
      readonly channel: ChannelId;
      readonly peer: NodeId;
      readonly isInitiator: boolean;
      readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
      readonly answersProbes: boolean;
    }
  | { readonly type: 'channel-message'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  | { readonly type: 'channel-datagram'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  /** How much of what was given to the channel has not left. The driver tells after it has sent, and when it has drained. */
  | { readonly type: 'channel-fill'; readonly channel: ChannelId; readonly bufferedBytes: number }
  | { readonly type: 'channel-closed'; readonly channel: ChannelId; readonly reason: string }
  | { readonly type: 'connect-failed'; readonly peer: NodeId; readonly reason: string }
  /** The offer of our call has left: what a call costs this machine before anyone else has a part in it is done. */
  | { readonly type: 'offered'; readonly peer: NodeId }
  /** Who is registered at the rendezvous now, without ourselves. */
  | { readonly type: 'candidates'; readonly ids: readonly NodeId[] }
  /** The rendezvous saw this peer's socket die. */
  | { readonly type: 'candidate-gone'; readonly id: NodeId }
  /** This peer was registered and has registered anew. */
  | { readonly type: 'candidate-again'; readonly id: NodeId }
  | { readonly type: 'rendezvous'; readonly state: RendezvousState }
  /** Nothing arrives on a channel that we opened to this peer; its path may have to be another one. */
  | { readonly type: 'path-failing'; readonly peer: NodeId }
  /** The transport has this to say to the transport of `to`, in a connection whose signals go by the mesh. */
  | { readonly type: 'signal'; readonly to: NodeId; readonly signal: Signal }
  // the application
  | SendEvent
  | BroadcastEvent
  | RequestEvent
  | AnswerEvent
  | { readonly type: 'cancel'; readonly token: Token }
  | Taken
  /** msgpack, at most MAX_ATTRIBUTE_BYTES. */
  | { readonly type: 'attributes'; readonly bytes: Uint8Array }
  | { readonly type: 'ask-table'; readonly token: Token; readonly target: NodeId; readonly timeoutMs: number }
  | { readonly type: 'drop-link'; readonly peer: NodeId }
  | { readonly type: 'block'; readonly peer: NodeId; readonly isBlocked: boolean }
  | { readonly type: 'pause'; readonly isPaused: boolean }
  | { readonly type: 'trace'; readonly isOn: boolean }
  /** Farewell. Its effects say goodbye and settle everything; afterwards every event is ignored. */
  | { readonly type: 'leave' };

export interface SendEvent {
  readonly type: 'send';
  readonly token: Token;
  readonly target: NodeId;
  readonly stream: StreamId;
  readonly message: MeshMessage;
  readonly timeoutMs: number;
  /** See SendOptions; default true. */
  readonly isAwaited?: boolean | undefined;
}

export interface BroadcastEvent {
  readonly type: 'broadcast';
  readonly token: Token;
  /** Undefined: everyone. */
  readonly targets: readonly NodeId[] | undefined;
  readonly stream: StreamId;
  readonly message: MeshMessage;
  readonly timeoutMs: number;
}

/** Settles as `answered`, or as `settled` with a failure. */
export interface RequestEvent {
  readonly type: 'request';
  readonly token: Token;
  readonly target: NodeId;
  readonly stream: StreamId;
  readonly name: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** As in `RequestOptions`. */
  readonly longestMs?: number | undefined;
}

/** What the application made of a delivered message of kind `request`: exactly one for each. */
export interface AnswerEvent {
  readonly type: 'answer';
  readonly to: NodeId;
  readonly stream: StreamId;
  readonly requestId: number;
  readonly answer: { readonly body: Uint8Array } | { readonly error: string };
}

/** What a Node's driver is to do, in order. */
export type MeshEffect =
  | { readonly type: 'connect'; readonly peer: NodeId; readonly way: SignalWay }
  /** Look for another path for the channels to this peer. */
  | { readonly type: 'restart'; readonly peer: NodeId; readonly way: SignalWay }
  /** For the transport: that of `from`, who is a member, has said this. */
  | { readonly type: 'signal'; readonly from: NodeId; readonly signal: Signal }
  | { readonly type: 'channel-send'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  | { readonly type: 'channel-datagram'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  | { readonly type: 'channel-close'; readonly channel: ChannelId; readonly reason: string }
  | Deliver
  | Settled
  | Answered
  | { readonly type: 'table'; readonly token: Token; readonly entries: readonly TableEntry[] }
  | Joined
  | Left
  | { readonly type: 'members-changed' }
  | {
      readonly type: 'refused';
      readonly peer: NodeId;
      readonly reason: RefusalReason;
      readonly message: string;
    }
  | { readonly type: 'replaced'; readonly message: string }
  | { readonly type: 'away'; readonly forMs: number }
  | { readonly type: 'missed'; readonly source: NodeId; readonly frames: number }
  | { readonly type: 'trace'; readonly entry: TraceEntry }
  | Log;
