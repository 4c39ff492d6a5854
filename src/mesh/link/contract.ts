/** What the protocol of Links is told and what it answers (links.ts). It alone knows channels. */
import type { Random } from '../../runtime/index.ts';
import type { Lane, NodeId } from '../../wire/index.ts';
import type { LinkSnapshot } from '../contract.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { OwnLife, PeerIdentity } from '../identity/identity.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type {
  CutOff,
  FrameArrived,
  LinkDown,
  LinkId,
  LinkUp,
  Log,
  MeshEffect,
  MeshEvent,
} from '../vocabulary.ts';

export type LinksEvent =
  | Wake
  | Extract<
      MeshEvent,
      {
        type:
          | 'channel-opened'
          | 'channel-message'
          | 'channel-datagram'
          | 'channel-fill'
          | 'channel-closed'
          | 'connect-failed'
          | 'pause';
      }
    >
  /** We are calling this peer: counted as pending until a channel opens, `connect-failed` comes, or 90 s have passed. */
  | { readonly type: 'connecting'; readonly peer: NodeId }
  /**
   * A frame for this neighbour; leaves with the next `wake`. `isTransit`: passed on for others, dropped when its lane is
   * full. What is our own is bounded by its maker (windows, budgets) and never dropped here.
   */
  | {
      readonly type: 'queue';
      readonly to: NodeId;
      readonly frame: Uint8Array;
      readonly lane: Lane;
      readonly isTransit: boolean;
    }
  | { readonly type: 'send-datagram'; readonly to: NodeId; readonly bytes: Uint8Array }
  /** Says goodbye after what is queued, then closes. */
  | { readonly type: 'close-link'; readonly peer: NodeId; readonly reason: string }
  | CutOff
  /**
   * Nothing comes from this neighbour any more. The Link ends; its channel is kept for a while (DORMANT_MS, MAX_DORMANT of
   * them), so that a peer that goes on, or is heard again, can make a Link of it without signaling.
   */
  | { readonly type: 'fell-silent'; readonly peer: NodeId; readonly reason: string }
  | { readonly type: 'close-all'; readonly reason: string }
  /** The neighbour sent something no honest one sends, seen further up. */
  | { readonly type: 'malformed'; readonly peer: NodeId; readonly what: string };

export type LinksEffect =
  | Extract<MeshEffect, { type: 'channel-send' | 'channel-datagram' | 'channel-close' | 'refused' }>
  /** The other end has our own key in a newer life, and has proven it. */
  | { readonly type: 'replaced' }
  /** Who refused us as too old has shown this, perhaps the record of a newer life of ours. */
  | { readonly type: 'shown'; readonly record: Uint8Array }
  | LinkUp
  | LinkDown
  | FrameArrived
  | { readonly type: 'datagram'; readonly via: NodeId; readonly bytes: Uint8Array }
  /** A transit frame found its lane full or its Link gone. */
  | { readonly type: 'queue-full'; readonly to: NodeId; readonly frame: Uint8Array; readonly lane: Lane }
  /** A lane of this Link that held LANE_MARK_BYTES, or turned a frame away, is down to half of that. */
  | { readonly type: 'lane-free'; readonly peer: NodeId; readonly lane: Lane }
  /** A call or handshake came to nothing. */
  | { readonly type: 'attempt-failed'; readonly peer: NodeId }
  /** Something with this peer that did not count is over: it may be called again. */
  | { readonly type: 'attempt-over'; readonly peer: NodeId }
  | Log;

export interface LinksOptions {
  readonly own: OwnLife;
  /** Of `networkNameHash`. */
  readonly nameHash: Uint8Array;
  readonly networkKey: Uint8Array;
  readonly cryptography: Cryptography;
  readonly random: Random;
  /** The latest life of this Node that a valid hello or record has told of. */
  newestLife(peer: NodeId): number | undefined;
  /** The bytes of the newest record of this Node, as its owner signed them: shows an older life of it that it has to go. */
  recordOf(peer: NodeId): Uint8Array | undefined;
  /**
   * Asked when a handshake has succeeded and before the Link counts: `degree` counts the other Links. False refuses it
   * as `full`. (Unauthenticated handshakes have a budget of their own inside Links.)
   */
  mayAccept(peer: NodeId, degree: number): boolean;
}

/** An open Link, as others may look at it. */
export interface OpenLink {
  readonly peer: NodeId;
  readonly link: LinkId;
  readonly identity: PeerIdentity;
  readonly isInitiator: boolean;
  readonly sinceMs: number;
  /** Bytes of our own and of transit frames that wait in this lane (what the channel holds is of all lanes, and not in it). */
  queuedBytes(lane: Lane): number;
}

/** Implemented by `Links` in links.ts: `new Links(options)`. */
export interface LinksProtocol extends Protocol<LinksEvent, LinksEffect> {
  readonly open: ReadonlyMap<NodeId, OpenLink>;
  /**
   * Peers with whom something is under way: being called, shaking hands, taking leave; without those that have a Link, and
   * without callers that have not shown who they are (the name may be borrowed).
   */
  readonly pending: ReadonlySet<NodeId>;
  readonly isPaused: boolean;
  /** Whether nothing is taken from this Node now, whatever way it comes. */
  isCutOff(peer: NodeId, nowMs: number): boolean;
  /** Without `rttMs`, `loss`, `health`, `why`, `isTreeEdge`, which others know. */
  snapshot(): Omit<LinkSnapshot, 'rttMs' | 'loss' | 'health' | 'why' | 'isTreeEdge'>[];
}
