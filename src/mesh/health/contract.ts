/** What the health protocol is told and what it answers (health.ts). */
import type { Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { NodeHealth, SuspicionSnapshot, TableEntry } from '../contract.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type { Router, View } from '../topology/view.ts';
import type {
  Drop,
  FrameArrived,
  LinkDown,
  LinkUp,
  Log,
  RoundTrip,
  Route,
  Settled,
  Tell,
  Token,
} from '../vocabulary.ts';
import type { Awareness } from './awareness.ts';

/** FrameArrived: ping, pong, peers (target is this Node; the seal was checked), suspect (from the neighbour). */
export type HealthEvent =
  | Wake
  | FrameArrived
  | LinkUp
  | LinkDown
  | { readonly type: 'datagram'; readonly via: NodeId; readonly bytes: Uint8Array }
  /** A frame (no datagram: those say more) arrived on the Link of this neighbour. Called for each: must cost next to nothing. */
  | { readonly type: 'heard'; readonly peer: NodeId }
  /** Something only this Node can have made in its present life arrived, over whatever way (sealed unicast, signed broadcast). */
  | { readonly type: 'proof'; readonly id: NodeId }
  /** The rendezvous saw this Node's socket die: look closely. */
  | { readonly type: 'hint-gone'; readonly id: NodeId }
  /** It registered anew at the rendezvous; undefined: we did, and who is silent may only be out of reach for us. */
  | { readonly type: 'hint-moved'; readonly id: NodeId | undefined }
  | { readonly type: 'left'; readonly id: NodeId }
  | { readonly type: 'ask-table'; readonly token: Token; readonly target: NodeId; readonly timeoutMs: number }
  | { readonly type: 'cancel'; readonly token: Token }
  | { readonly type: 'close' };

export type HealthEffect =
  | { readonly type: 'send-datagram'; readonly to: NodeId; readonly bytes: Uint8Array }
  | Tell
  | Route
  | Drop
  | RoundTrip
  | Log
  /** The health of a Node, neighbour or not, is another now. */
  | { readonly type: 'health-changed'; readonly id: NodeId; readonly health: NodeHealth }
  /** The Link to this neighbour has to be closed: it is dead, or dead on this way. */
  | { readonly type: 'dead'; readonly peer: NodeId; readonly reason: string }
  | { readonly type: 'table'; readonly token: Token; readonly entries: readonly TableEntry[] }
  | Settled
  /** This Node stood still for so long: everyone's silence in that time is forgiven. */
  | { readonly type: 'away'; readonly forMs: number };

export interface HealthOptions {
  readonly self: NodeId;
  readonly random: Random;
  readonly view: View;
  readonly router: Router;
}

/** Implemented by `Health` in health.ts: `new Health(options, now)`. */
export interface HealthProtocol extends Protocol<HealthEvent, HealthEffect> {
  health(id: NodeId): NodeHealth;
  /** Measured by ourselves: of neighbours by datagrams, of others by routed pings. Undefined when never. */
  rttMs(id: NodeId): number | undefined;
  loss(id: NodeId): number;
  /** How long it has been silent, or its page has, ms; 0 while that is nothing unusual. */
  silenceMs(peer: NodeId): number;
  /**
   * Its Link does not answer, so what is for it should go around. Where a worker speaks for a page that stands still the Link is
   * good: what is sent waits in it no longer than on any other way.
   */
  isSilent(peer: NodeId): boolean;
  table(now: number): TableEntry[];
  suspicions(now: number): SuspicionSnapshot[];
}

/** What the health of one Link asks of those around it. */
export type LinkEffect =
  | { readonly type: 'probe'; readonly bytes: Uint8Array }
  /** Ask on the reliable channel of this Link. */
  | { readonly type: 'ping' }
  /** Ask through other neighbours. */
  | { readonly type: 'ask-others' }
  /** Our suspicion begins: tell those who may know better. */
  | { readonly type: 'suspect' }
  /** That neighbour suspected it; we asked, and it has answered: tell. */
  | { readonly type: 'deny'; readonly to: NodeId }
  /** It was suspected and is heard again. */
  | { readonly type: 'acquit' }
  | { readonly type: 'health-changed'; readonly health: NodeHealth }
  | { readonly type: 'dead'; readonly reason: string };

export interface LinkHealthOptions {
  readonly isProber: boolean;
  /** How often the prober asks at rest (rhythm.ts), ms. */
  restRhythmMs(): number;
  readonly random: Random;
  readonly awareness: Awareness;
}
