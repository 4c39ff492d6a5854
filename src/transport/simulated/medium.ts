/** What channels and transports ask of the simulated network they are part of, and the conditions that rule it. */
import type { Random } from '../../runtime/index.ts';
import type { NodeId, Signal } from '../../wire/index.ts';
import type { Channel } from '../contract.ts';
import type { Scheduler } from './scheduler.ts';

interface FrameFaults {
  /** Shares of frames, 0..1. */
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
}

const NO_FRAME_FAULTS: FrameFaults = { drop: 0, duplicate: 0, reorder: 0 };

export interface NetworkConditions {
  /** One-way delay, ms: fixed per pair, drawn between the two, plus a tenth of jitter per frame. */
  readonly latencyMs: readonly [number, number];
  readonly bytesPerSecond: number;
  readonly datagramLoss: number;
  readonly frames: FrameFaults;
  /** How long a `connect` to nobody takes to fail. */
  readonly connectTimeoutMs: number;
  /** When the rendezvous notices a killed peer; Infinity: never. */
  readonly socketDeathMs: number;
}

/** A wireless LAN on a good day. */
export const LAN: NetworkConditions = {
  latencyMs: [0.5, 4],
  bytesPerSecond: 40_000_000,
  datagramLoss: 0,
  frames: NO_FRAME_FAULTS,
  connectTimeoutMs: 3000,
  socketDeathMs: 60,
};

/** What lies between two ends of a channel. */
export interface Medium {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly conditions: NetworkConditions;
  /** One-way delay of the next frame between two peers, ms. */
  latency(a: NodeId, b: NodeId): number;
  isCut(a: NodeId, b: NodeId): boolean;
  channelClosed(channel: Channel): void;
}

/** Where strangers meet. */
export interface Rendezvous {
  readonly conditions: NetworkConditions;
  readonly isRendezvousUp: boolean;
  register(id: NodeId, networkName: string): void;
  unregister(id: NodeId, byDeath: boolean): void;
  /** Brings a signal to the transport of `to`, if it is registered; false when it knows that it is not, or is away. */
  carry(from: NodeId, to: NodeId, signal: Signal): boolean;
  /** Looks for a path between two that have exchanged signals: a channel at both, or nothing where there is none. */
  open(caller: NodeId, callee: NodeId): void;
}
