/** What the Nodes of a scenario say to each other. */
import { integerBelow, uniform } from '../../src/runtime/index.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Ledger } from '../checks/ledger.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import type { Simulation } from '../engine/simulation.ts';
import { drawSpan, streamNumber, whoIs } from './drawing.ts';
import type { Scenario, Talk } from './scenario.ts';

type Chatter = Extract<Talk, { type: 'chatter' }>;
type Broadcasts = Extract<Talk, { type: 'broadcasts' }>;

/** Until everything of a burst has settled. */
const LOOK_EVERY_MS = 5;
/** Of an asker that is asked back. */
const ASK_BACK_TIMEOUT_MS = 5000;
const ASK_BACK_BYTES = 24;

export class Talks {
  readonly #simulation: Simulation;
  readonly #ledger: Ledger;
  readonly #timeoutMs: number;
  readonly #hostile = new Set<NodeId>();
  readonly #ofAll: (Chatter | Broadcasts)[] = [];

  constructor(simulation: Simulation, ledger: Ledger, { timeoutMs }: Scenario) {
    this.#simulation = simulation;
    this.#ledger = ledger;
    this.#timeoutMs = timeoutMs;
  }

  /** A Node has come: it takes part in what all do. */
  prepare(node: SimulatedNode): void {
    if (node.isHostile) {
      this.#hostile.add(node.id);
      return;
    }
    node.application.askBack = (target, stream, afterwards) =>
      this.#ledger.say({
        kind: 'request',
        from: node,
        target,
        stream,
        bytes: ASK_BACK_BYTES,
        timeoutMs: ASK_BACK_TIMEOUT_MS,
        name: 'ask-back',
        afterwards,
      });
    for (const talk of this.#ofAll) this.#goOn(talk, node);
  }

  begin(talk: Talk): void {
    if (talk.type === 'burst') {
      for (const node of whoIs(talk.who, this.#simulation)) this.#burst(talk, node);
      return;
    }
    if (talk.who === 'all') this.#ofAll.push(talk);
    for (const node of whoIs(talk.who, this.#simulation)) this.#goOn(talk, node);
  }

  #goOn(talk: Chatter | Broadcasts, node: SimulatedNode): void {
    const { random, now } = this.#simulation;
    const next = talk.everyMs * (0.5 + uniform(random));
    if (now + next > talk.untilMs) return;
    this.#simulation.after(next, () => {
      if (!node.isAlive) return;
      if (talk.type === 'chatter') this.#chat(talk, node);
      else this.#broadcast(talk, node);
      this.#goOn(talk, node);
    });
  }

  #chat(talk: Chatter, node: SimulatedNode): void {
    const simulation = this.#simulation;
    const target = simulation.pick(this.#listeners(talk, node));
    if (target === undefined) return;
    const streams = talk.streams ?? 1;
    this.#ledger.say({
      kind: simulation.chance(talk.requests ?? 0.3) ? 'request' : 'send',
      from: node,
      target,
      stream: streamNumber(integerBelow(simulation.random, streams), streams),
      bytes: Math.round(drawSpan(talk.bytes, simulation)),
      timeoutMs: this.#timeoutMs,
    });
  }

  /** Whoever it believes to be there: also those who are dead and not missed yet. */
  #listeners(talk: Chatter, node: SimulatedNode): NodeId[] {
    const wanted = talk.to === undefined ? undefined : whoIs(talk.to, this.#simulation).map(({ id }) => id);
    const members = [...node.memberIds];
    if (wanted === undefined && this.#hostile.size === 0) return members;
    return members.filter((id) => wanted?.includes(id) ?? !this.#hostile.has(id));
  }

  #broadcast(talk: Broadcasts, node: SimulatedNode): void {
    const simulation = this.#simulation;
    const isMulticast = simulation.chance(talk.multicasts ?? 0);
    const targets = isMulticast
      ? whoIs({ share: 0.4 }, simulation).filter((other) => other !== node && node.memberIds.has(other.id))
      : undefined;
    if (targets?.length === 0) return;
    this.#ledger.say({
      kind: 'broadcast',
      from: node,
      targets,
      stream: streamNumber(0, 1),
      bytes: Math.round(drawSpan(talk.bytes, simulation)),
      timeoutMs: this.#timeoutMs,
    });
  }

  #burst(talk: Extract<Talk, { type: 'burst' }>, node: SimulatedNode): void {
    const simulation = this.#simulation;
    const others = simulation.honest.filter((other) => other !== node && node.memberIds.has(other.id));
    const target = simulation.pick(others);
    if (target === undefined) return;
    for (let i = 0; i < talk.count; i++) {
      this.#ledger.say({
        kind: talk.kind,
        from: node,
        target: talk.kind === 'send' ? target.id : undefined,
        stream: streamNumber(0, 1),
        bytes: Math.round(drawSpan(talk.bytes, simulation)),
        timeoutMs: this.#timeoutMs,
      });
    }
    if (talk.thenLeaves) this.#leaveOnceSettled(node);
  }

  #leaveOnceSettled(node: SimulatedNode): void {
    this.#simulation.after(LOOK_EVERY_MS, () => {
      if (this.#ledger.pendingOf(node) === 0) node.leave();
      else this.#leaveOnceSettled(node);
    });
  }
}
