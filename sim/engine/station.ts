/** Who can be on the simulated network, a Node with its driver or something that only pretends to be one, and their channels. */
import type { ChannelId, MeshEvent } from '../../src/mesh/vocabulary.ts';
import type { NodeId } from '../../src/wire/index.ts';

export interface Station {
  /** Counts the stations of a run from 0; a restart is another station with, perhaps, the same id. */
  readonly index: number;
  readonly id: NodeId;
  /** Where it stands, for latencies: the same for every life of a machine. */
  readonly place: number;
  /** Neither killed nor gone. */
  readonly isAlive: boolean;
  /** Its program runs: neither frozen nor busy. A frozen one keeps its connections and what comes in waits. */
  readonly isRunning: boolean;
  /** A Worker of it answers health datagrams, whatever the main thread does. */
  readonly answersProbes: boolean;
  /** Its Worker runs, too: false only while the whole process is frozen. */
  readonly hasRunningWorker: boolean;
  /** A number for a channel of it, never given twice. */
  nextChannel(): ChannelId;
  /** A channel of it came up. */
  opened(end: ChannelEnd): void;
  receive(event: MeshEvent, end: ChannelEnd | undefined): void;
  /** `order`: of the queue's entry. */
  wake(order: number): void;
}

/** One end of a channel. */
export interface ChannelEnd {
  readonly station: Station;
  /** Numbered by its station, from 1. */
  readonly channel: ChannelId;
  readonly isInitiator: boolean;
  readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  other: ChannelEnd;
  isOpen: boolean;
  /** What leaves here does not arrive now. */
  isCut: boolean;
  /** When the line is free for the next message, ms. */
  lineFreeAt: number;
  /** The last message under way arrives then: the next never overtakes it. */
  lastArrival: number;
  medianMs: number;
  /** What waits for a cut to end, in order; undefined stands for the close. */
  stalled: (Uint8Array | undefined)[];
  stalledBytes: number;
  isDrainPlanned: boolean;
}
