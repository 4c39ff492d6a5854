/** What the neighbour policy is told and what it answers (neighbours.ts). */
import type { Random } from '../../runtime/index.ts';
import type { RendezvousState } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { RefusalReason } from '../contract.ts';
import type { OpenLink } from '../link/contract.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type { Router, View } from '../topology/view.ts';
import type { GraphChanged, LinkDown, LinkUp } from '../vocabulary.ts';

export type NeighboursEvent =
  | Wake
  | { readonly type: 'rendezvous'; readonly state: RendezvousState }
  | { readonly type: 'candidates'; readonly ids: readonly NodeId[] }
  | { readonly type: 'candidate-gone'; readonly id: NodeId }
  | { readonly type: 'joined'; readonly id: NodeId }
  | { readonly type: 'left'; readonly id: NodeId }
  | GraphChanged
  | LinkUp
  | LinkDown
  /** The offer of our call has left. */
  | { readonly type: 'offered'; readonly peer: NodeId }
  /** A call or handshake came to nothing. */
  | { readonly type: 'attempt-failed'; readonly peer: NodeId }
  | { readonly type: 'attempt-over'; readonly peer: NodeId }
  | { readonly type: 'refused'; readonly peer: NodeId; readonly reason: RefusalReason }
  | { readonly type: 'block'; readonly peer: NodeId; readonly isBlocked: boolean };

export type NeighboursEffect =
  | { readonly type: 'call'; readonly peer: NodeId }
  | { readonly type: 'disconnect'; readonly peer: NodeId; readonly reason: string };

export interface NeighboursOptions {
  readonly self: NodeId;
  readonly random: Random;
  readonly view: View;
  readonly router: Router;
  /** Links that are up, by peer. */
  readonly open: ReadonlyMap<NodeId, OpenLink>;
  /** Being called, shaking hands or taking leave. Asked, not kept. */
  pending(): ReadonlySet<NodeId>;
  /** Our own measurement of the Link, ms. */
  rttMs(peer: NodeId): number | undefined;
  /** How long a neighbour has been silent, ms; 0 while that is nothing unusual. */
  silenceMs(peer: NodeId): number;
  /** Addresses of Nodes that were here once: tried when alone or cut off. */
  remembered(): Iterable<NodeId>;
}

/** Implemented by `Neighbours` in neighbours.ts: `new Neighbours(options)`. */
export interface NeighboursProtocol extends Protocol<NeighboursEvent, NeighboursEffect> {
  readonly blocked: ReadonlySet<NodeId>;
  /** Whether an authenticated channel may become a Link; `degree` counts the other Links. */
  mayAccept(peer: NodeId, degree: number): boolean;
  /** `full mesh`, `near`, `random`, `chosen by them`, `rescue`: why the Link to this neighbour is held. */
  why(peer: NodeId): string;
}
