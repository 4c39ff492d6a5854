/** Someone who opens a channel and never says a word. */
import type { ChannelId } from '../../src/mesh/vocabulary.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import type { Simulation } from '../engine/simulation.ts';
import type { Station } from '../engine/station.ts';

export class Stranger implements Station {
  readonly index: number;
  readonly place: number;
  readonly id: NodeId;
  readonly isAlive = true;
  readonly isRunning = true;
  readonly answersProbes = false;
  readonly hasRunningWorker = false;
  readonly #simulation: Simulation;
  #channels = 0;

  constructor(simulation: Simulation) {
    const { index, place } = simulation.newStation();
    this.index = index;
    this.place = place;
    this.id = newNodeId(simulation.random);
    this.#simulation = simulation;
  }

  open(victim: SimulatedNode): void {
    this.#simulation.medium.open(this, victim, this.#simulation.now);
  }

  nextChannel(): ChannelId {
    return ++this.#channels as ChannelId;
  }

  opened(): void {}
  receive(): void {}
  wake(): void {}
}
