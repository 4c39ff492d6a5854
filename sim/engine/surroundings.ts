/** What a simulated Node sees of the simulation around it, and what the checks see of a Node. */
import type { MeshSnapshot } from '../../src/mesh/contract.ts';
import type { OwnLife } from '../../src/mesh/identity/identity.ts';
import type { Protocol } from '../../src/mesh/protocol.ts';
import type { Deliver, Failure, MeshEffect, MeshEvent, Token } from '../../src/mesh/vocabulary.ts';
import type { NodeId, Signal } from '../../src/wire/index.ts';
import type { EventLog } from './event-log.ts';
import type { EventQueue } from './event-queue.ts';
import type { Machine } from './machine.ts';
import type { Medium } from './medium.ts';
import type { Station } from './station.ts';

/** MeshState, or a toy with its face. */
export interface SimulatedMesh extends Protocol<MeshEvent, MeshEffect> {
  /** Asked often, and a snapshot costs a walk over everything. */
  readonly linkedPeers: Iterable<NodeId>;
  snapshot(now: number): MeshSnapshot;
}

/** What a Node is made with. `memberNumber`: for a name people can read in its attributes. */
export interface Birth {
  readonly own: OwnLife;
  readonly memberNumber: number;
  readonly seed: number;
}

/** One life of a Node. */
export interface Inhabitant extends Station {
  readonly own: OwnLife;
  readonly mesh: SimulatedMesh;
  /** Who counts as a member here, as `joined` and `left` told; without itself. */
  readonly memberIds: ReadonlySet<NodeId>;
  /** A member that forges: nothing is asked of it. */
  readonly isHostile: boolean;
  readonly startedAt: number;
  readonly ended: { readonly by: 'killed' | 'left' | 'replaced'; readonly at: number } | undefined;
  /** Since when it has run undisturbed: no freeze, jump, or block since then. Of one that stands still, when that began. */
  readonly awakeSince: number;
  /** When its clock last jumped; before all time when it never did. */
  readonly jumpedAt: number;
  /** Its own clock. */
  localTime(now: number): number;
  /** Something its application does, now, or when it runs again. */
  happen(event: MeshEvent): void;
  happenLater(event: MeshEvent, delayMs: number): void;
}

/** A Node as its calls see it, and whoever brings it signals. */
export interface Carrier extends Station {
  /** A signal has come by the rendezvous; heard when it runs. */
  signalled(from: NodeId, signal: Signal): void;
  callFailed(peer: NodeId, reason: string): void;
}

/** Told of what Nodes do, as they do it. The checks are made of it. */
export interface Observer {
  started(node: Inhabitant): void;
  ended(node: Inhabitant): void;
  delivered(node: Inhabitant, effect: Deliver, now: number): void;
  settled(node: Inhabitant, tokens: readonly Token[], failure: Failure | undefined, now: number): void;
  answered(node: Inhabitant, token: Token, body: Uint8Array, now: number): void;
  joined(node: Inhabitant, id: NodeId, now: number): void;
  left(node: Inhabitant, id: NodeId, reason: string, now: number): void;
  missed(node: Inhabitant, source: NodeId, count: number): void;
  /** After each turn of the Node: everything due has been done. */
  turned(node: Inhabitant): void;
}

export interface Surroundings {
  readonly now: number;
  readonly queue: EventQueue;
  readonly medium: Medium;
  readonly machine: Machine;
  readonly log: EventLog;
  readonly observer: Observer;
  /** By the rendezvous. */
  carry(from: Carrier, to: NodeId, signal: Signal): void;
  /** By its index. */
  stationAt(index: number): Station | undefined;
  unregister(node: Inhabitant, byDeath: boolean): void;
  fail(what: string): void;
}
