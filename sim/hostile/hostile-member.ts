/**
 * A member with a key and a handshake as good as anyone's, whose driver also sends what no honest one does: one forgery
 * from the menu every so often, on one of its Links, and now and then a flood through its own mesh.
 */
import type { StreamId, Token } from '../../src/mesh/vocabulary.ts';
import { integerBelow, seededRandom, uniform } from '../../src/runtime/index.ts';
import type { FrameType } from '../../src/wire/index.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import type { Simulation } from '../engine/simulation.ts';
import { eachFrame } from '../engine/trace.ts';
import { FORGERIES, FORGERY_NAMES, type ForgeryName } from './forgery.ts';

/** Of each type, the last so many that came by. */
const REMEMBERED = 8;
const TYPE_AT = 1;
/** Questions whose answers are far larger than they. */
const GREEDY_QUESTIONS = 50;
const GREEDY_EVERY = 40;

export class HostileMember {
  readonly node: SimulatedNode;
  readonly #simulation: Simulation;
  readonly #menu: readonly ForgeryName[];
  readonly #random;
  readonly #seen = new Map<number, Uint8Array[]>();
  #isActive = true;
  #tokens = 0x1000_0000;

  constructor(simulation: Simulation, node: SimulatedNode, menu: readonly ForgeryName[] | 'all') {
    this.#simulation = simulation;
    this.node = node;
    this.#menu = menu === 'all' ? FORGERY_NAMES : menu;
    this.#random = seededRandom(simulation.random.uint32());
    node.tap = (event) => {
      if (event.type === 'channel-message') eachFrame(event.bytes, (frame) => this.#remember(frame));
    };
  }

  begin(everyMs: number): void {
    this.#simulation.after(everyMs * (0.5 + uniform(this.#random)), () => {
      if (!this.#isActive || !this.node.isAlive) return;
      if (integerBelow(this.#random, GREEDY_EVERY) === 0) this.#askMuch();
      else this.#forge();
      this.begin(everyMs);
    });
  }

  readonly stop = (): void => {
    this.#isActive = false;
  };

  #forge(): void {
    const simulation = this.#simulation;
    const end = simulation.pick([...this.node.ends.values()]);
    const neighbour = end?.other.station.id;
    const victim = simulation.pick(simulation.honest.filter(({ id }) => id !== neighbour));
    const name = simulation.pick(this.#menu);
    if (end === undefined || neighbour === undefined || victim === undefined || name === undefined) return;
    simulation.log.note(simulation.now, this.node.index, `forges ${name}`);
    const messages = FORGERIES[name]({
      self: this.node.id,
      neighbour,
      victim: victim.id,
      random: this.#random,
      seen: (type) => this.#recall(type),
      seenAny: () => this.#recallAny(),
    });
    for (const message of messages) this.node.inject(end, message);
  }

  /** Through its own mesh, by the rules, but far too much. */
  #askMuch(): void {
    const target = this.#simulation.pick(this.#simulation.honest);
    if (target === undefined) return;
    for (let i = 0; i < GREEDY_QUESTIONS; i++) {
      this.node.happen({
        type: 'request',
        token: ++this.#tokens as Token,
        target: target.id,
        stream: 16 as StreamId,
        name: 'much',
        body: new Uint8Array(8),
        timeoutMs: 5000,
      });
    }
  }

  #remember(frame: Uint8Array): void {
    const type = frame[TYPE_AT] ?? 0;
    let frames = this.#seen.get(type);
    if (frames === undefined) {
      frames = [];
      this.#seen.set(type, frames);
    }
    if (frames.length < REMEMBERED) frames.push(frame.slice());
    else if (integerBelow(this.#random, 20) === 0)
      frames[integerBelow(this.#random, REMEMBERED)] = frame.slice();
  }

  #recall(type: FrameType): Uint8Array | undefined {
    const frames = this.#seen.get(type) ?? [];
    return frames[integerBelow(this.#random, Math.max(1, frames.length))];
  }

  #recallAny(): Uint8Array | undefined {
    const types = [...this.#seen.keys()];
    const type = types[integerBelow(this.#random, Math.max(1, types.length))];
    return type === undefined ? undefined : this.#recall(type as FrameType); // it came in a frame
  }
}
