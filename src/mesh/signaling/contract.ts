/** What the signaling protocol is told and what it answers (signaling.ts). */
import type { RendezvousState, SignalWay } from '../../transport/index.ts';
import type { NodeId, Signal } from '../../wire/index.ts';
import type { Directory } from '../identity/identity.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type { Drop, FrameArrived, LinkUp, Route } from '../vocabulary.ts';

/** FrameArrived: `signal`, for this Node, and of its source (direct, or under its seal). */
export type SignalingEvent =
  | Wake
  /** A Link with this peer is wanted; there is none, and it is not being called. */
  | { readonly type: 'call'; readonly peer: NodeId }
  | { readonly type: 'path-failing'; readonly peer: NodeId }
  /** Our transport has this to say to a peer, in a connection that goes by the mesh. */
  | { readonly type: 'signal'; readonly to: NodeId; readonly signal: Signal }
  | FrameArrived
  | LinkUp
  | { readonly type: 'rendezvous'; readonly state: RendezvousState }
  /** A call or handshake came to nothing. */
  | { readonly type: 'attempt-failed'; readonly peer: NodeId };

export type SignalingEffect =
  /** To the transport: open a channel to this peer, and send its signals this way. */
  | { readonly type: 'connect'; readonly peer: NodeId; readonly way: SignalWay }
  /** To the transport: look for another path for the channels that there are with this peer. */
  | { readonly type: 'restart'; readonly peer: NodeId; readonly way: SignalWay }
  /** Nothing carries a signal to this peer now: the call has failed before it was made. */
  | { readonly type: 'no-way'; readonly peer: NodeId }
  /** To the transport: that of `from`, who is a member, says this. */
  | { readonly type: 'signal'; readonly from: NodeId; readonly signal: Signal }
  | Route
  | Drop;

export interface SignalingOptions {
  /** Who can be reached over relays must have a session with us: its life is known. */
  readonly directory: Directory;
  /** The neighbour over whom frames to this Node leave; undefined: no path. */
  nextHop(peer: NodeId): NodeId | undefined;
}

/** Implemented by `Signaling` in signaling.ts: `new Signaling(options, now)`. */
export type SignalingProtocol = Protocol<SignalingEvent, SignalingEffect>;
