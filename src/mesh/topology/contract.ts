/** What the topology protocol is told and what it answers (topology.ts). */
import type { Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { Directory, OwnLife } from '../identity/identity.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type {
  Drop,
  FrameArrived,
  GraphChanged,
  LinkDown,
  LinkUp,
  Log,
  PeerLife,
  RoundTrip,
  Tell,
  WantRecords,
} from '../vocabulary.ts';
import type { RecordCache } from './record-cache.ts';
import type { Router, View } from './view.ts';

/** FrameArrived: network_state_request, network_state, new_edge, destroy_edge. */
export type TopologyEvent =
  | Wake
  | FrameArrived
  | LinkUp
  | LinkDown
  | RoundTrip
  | { readonly type: 'attributes'; readonly bytes: Uint8Array }
  /** Somebody who refused us has shown the record of a newer life of ours, or what it takes for one. */
  | { readonly type: 'shown'; readonly record: Uint8Array }
  | WantRecords
  /** Farewell: answers with our tombstone for every neighbour. */
  | { readonly type: 'leave' };

export type TopologyEffect =
  | Tell
  | Drop
  | Log
  | GraphChanged
  | PeerLife
  /** A newer life of our own key is in the mesh. */
  | { readonly type: 'replaced' }
  /** A newer life of this neighbour's key is. */
  | { readonly type: 'disconnect'; readonly peer: NodeId; readonly reason: string };

export interface TopologyOptions {
  readonly own: OwnLife;
  /** Of `networkNameHash`: records are signed for one Network. */
  readonly nameHash: Uint8Array;
  readonly attributes: Uint8Array;
  readonly cryptography: Cryptography;
  readonly random: Random;
  /** Verified records, shared by the Nodes of one Network in one process (a simulator). Default: one of its own. */
  readonly records?: RecordCache | undefined;
}

/** Implemented by `Topology` in topology.ts: `new Topology(options, now)`. */
export interface TopologyProtocol extends Protocol<TopologyEvent, TopologyEffect> {
  readonly view: View;
  readonly router: Router;
  /** Of everyone whose record we hold. */
  readonly directory: Directory;
  /** The bytes of the record that is held of this Node, with its owner's signature. */
  recordOf(id: NodeId): Uint8Array | undefined;
  /** Everyone met in this life who has no path to us any more and did not say farewell: addresses to try when alone. Bounded. */
  remembered(): Iterable<NodeId>;
}
