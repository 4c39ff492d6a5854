/** What the multicast protocol is told and what it answers (multicast.ts). */
import type { Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { Directory, OwnLife } from '../identity/identity.ts';
import type { MemoryBudget } from '../memory/budget.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type {
  BroadcastEvent,
  CutOff,
  Deliver,
  Drop,
  FrameArrived,
  LinkDown,
  LinkUp,
  Log,
  Pass,
  PeerLife,
  Settled,
  Taken,
  Tell,
  Token,
  WantRecords,
} from '../vocabulary.ts';

/** FrameArrived: msg_broadcast (from its source or passed on), ihave, graft, prune (from the neighbour). */
export type MulticastEvent =
  | Wake
  | FrameArrived
  | LinkUp
  | LinkDown
  /** Round trip of a neighbour: grafts wait about that long. */
  | { readonly type: 'rtt'; readonly peer: NodeId; readonly rttMs: number }
  | PeerLife
  | { readonly type: 'left'; readonly id: NodeId }
  | BroadcastEvent
  | { readonly type: 'cancel'; readonly token: Token }
  | Taken
  /** The broadcast lane of that Link has room again. */
  | { readonly type: 'lane-free'; readonly peer: NodeId }
  | { readonly type: 'close' };

export type MulticastEffect =
  | Pass
  | Tell
  | Deliver
  | Settled
  | Drop
  | CutOff
  | Log
  /** That neighbour has broadcasts of Nodes whose record, or that of their present life, has not come to us: it is to tell it. */
  | WantRecords
  /** So many frames of that source's broadcasts are lost to us for good. */
  | { readonly type: 'missed'; readonly source: NodeId; readonly frames: number };

export interface MulticastOptions {
  readonly own: OwnLife;
  readonly cryptography: Cryptography;
  readonly directory: Directory;
  readonly budget: MemoryBudget;
  readonly random: Random;
  /** `flood`: everyone pushes to everyone; the fallback and the comparison. Default `plumtree`. */
  readonly mode?: 'plumtree' | 'flood';
  /** Whether this Node is in reach now: its place among the sources is not taken by who is not. */
  isPresent(id: NodeId): boolean;
  /** Bytes that wait in the broadcast lane of the Link to this neighbour. */
  laneBytes(peer: NodeId): number;
}

/** Implemented by `Multicast` in multicast.ts: `new Multicast(options)`. */
export interface MulticastProtocol extends Protocol<MulticastEvent, MulticastEffect> {
  /** Neighbours to whom broadcasts are pushed rather than announced, for most sources. */
  readonly treeEdges: ReadonlySet<NodeId>;
  /** Copies that came and were not needed, and first copies, since the start: the figure of bench/broadcast. */
  readonly counts: { readonly delivered: number; readonly surplus: number };
}
