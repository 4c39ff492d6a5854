/** What the parts of the multicast protocol share: who is there, whose broadcasts are kept, where effects and deadlines go. */
import type { FrameType, NodeId } from '../../wire/index.ts';
import type { MulticastEffect, MulticastOptions } from './contract.ts';
import type { Neighbour } from './neighbour.ts';
import type { Source } from './source.ts';

export interface Context {
  readonly options: MulticastOptions;
  readonly isFlood: boolean;
  readonly neighbours: Map<NodeId, Neighbour>;
  readonly sources: Map<NodeId, Source>;
  /** Those with frames in their logs: few of them, when somebody announces thousands. */
  readonly heard: Set<Source>;
  /** The time of the first event: where this Node begins. */
  startedAt: number | undefined;
  emit(effect: MulticastEffect): void;
  tell(to: NodeId, frameType: FrameType, body: Uint8Array): void;
  /** Asks to be woken at that time at the latest. */
  wakeBy(at: number): void;
}
