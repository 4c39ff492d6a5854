/** What befalls the Nodes and the network of a scenario. */
import { integerBelow } from '../../src/runtime/index.ts';
import { newNodeId } from '../../src/wire/index.ts';
import type { Company } from '../checks/agreement.ts';
import type { Watch } from '../checks/watch.ts';
import { type Habits, PROMPT } from '../engine/application.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import type { Simulation } from '../engine/simulation.ts';
import { HostileMember } from '../hostile/hostile-member.ts';
import { Stranger } from '../hostile/stranger.ts';
import { drawSpan, whoIs } from './drawing.ts';
import type { Fault, Scenario, Span, Who } from './scenario.ts';

export class Faults {
  readonly #simulation: Simulation;
  readonly #watch: Watch;
  readonly #habits: Habits;
  readonly #started: (node: SimulatedNode) => void;
  readonly #hostile: HostileMember[] = [];
  /** Places in a line: each has Links to those before and after it only. */
  #line: readonly number[] | undefined;

  constructor(
    simulation: Simulation,
    watch: Watch,
    scenario: Scenario,
    started: (node: SimulatedNode) => void,
  ) {
    this.#simulation = simulation;
    this.#watch = watch;
    this.#habits = { ...PROMPT, ...scenario.habits };
    this.#started = started;
  }

  get company(): Company {
    return {
      isLinear: this.#line !== undefined,
      hostile: new Set(this.#hostile.map(({ node }) => node.id)),
    };
  }

  perform(fault: Fault): void {
    const simulation = this.#simulation;
    switch (fault.type) {
      case 'join':
        for (let i = 0; i < fault.count; i++) {
          simulation.after(((fault.overMs ?? 0) * i) / fault.count, () => this.#start({}));
        }
        return;
      case 'kill':
        for (const node of this.#struck(fault.who, fault.type)) node.kill();
        return;
      case 'leave':
        for (const node of this.#struck(fault.who, fault.type)) node.leave();
        return;
      case 'restart':
        for (const node of this.#struck(fault.who, fault.type)) this.#restart(fault, node);
        return;
      case 'freeze':
      case 'busy':
        for (const node of this.#struck(fault.who, fault.type))
          this.#standStill(node, fault.forMs, fault.type === 'freeze');
        return;
      case 'throttle':
        for (const node of this.#struck(fault.who, fault.type)) node.timer.grainMs = fault.toMs;
        return;
      case 'late-timers':
        for (const node of this.#struck(fault.who, fault.type)) node.timer.lateByMs = fault.byMs;
        return;
      case 'clock-jump':
        for (const node of this.#struck(fault.who, fault.type)) node.jump(fault.byMs);
        return;
      case 'partition':
        this.#partition(fault.parts);
        return;
      case 'cut-one-way':
        this.#cutOneWay(fault.pairs);
        return;
      case 'heal':
        this.#heal();
        return;
      case 'rendezvous':
        this.#disturbed();
        simulation.rendezvous.setUp(fault.isUp, simulation.now);
        return;
      case 'ghosts':
        simulation.rendezvous.haunt(
          Array.from({ length: fault.count }, () => newNodeId(simulation.random)),
          simulation.now,
        );
        return;
      case 'strangers':
        for (const node of this.#struck(fault.who, fault.type)) {
          for (let i = 0; i < fault.count; i++) new Stranger(simulation).open(node);
        }
        return;
      case 'line':
        this.#line = simulation.honest.map(({ place }) => place);
        for (const node of simulation.honest) this.#keepInLine(node);
        return;
      case 'drop-links':
        for (const node of this.#struck({ share: fault.share }, fault.type)) {
          const peer = simulation.pick([...node.ends.values()])?.other.station.id;
          if (peer !== undefined) node.happen({ type: 'drop-link', peer });
        }
        return;
      case 'hostile':
        for (let i = 0; i < fault.count; i++) {
          const node = this.#start({ isHostile: true });
          const member = new HostileMember(simulation, node, fault.forgeries);
          this.#hostile.push(member);
          member.begin(fault.everyMs);
        }
        return;
      case 'habits':
        for (const node of this.#struck(fault.who, fault.type)) {
          node.application.habits = { ...node.application.habits, ...fault.habits };
        }
        return;
      case 'faults': {
        const { medium } = simulation;
        medium.conditions = { ...medium.conditions, channelFaults: fault.channelFaults, loss: fault.loss };
        return;
      }
    }
  }

  /** The trouble is over: whatever still lasts ends, so that the mesh can come to rest. */
  calm(): void {
    const simulation = this.#simulation;
    for (const { stop } of this.#hostile) stop();
    this.#heal();
    simulation.rendezvous.setUp(true, simulation.now);
    const { medium } = simulation;
    medium.conditions = {
      ...medium.conditions,
      channelFaults: { drop: 0, duplicate: 0, reorder: 0 },
      loss: 0,
    };
    for (const node of simulation.here) {
      node.goOn();
      node.timer.grainMs = 0;
      node.timer.lateByMs = 0;
    }
  }

  #start(options: { isHostile?: boolean; after?: SimulatedNode; isNewIdentity?: boolean }): SimulatedNode {
    const node = this.#simulation.start({ ...options, habits: this.#habits });
    this.#started(node);
    if (this.#line !== undefined && !node.isHostile) {
      for (const each of this.#simulation.honest) this.#keepInLine(each);
    }
    return node;
  }

  #restart(fault: Extract<Fault, { type: 'restart' }>, node: SimulatedNode): void {
    if (fault.leaves) node.leave();
    else node.kill();
    const isNewIdentity = fault.identity === 'new';
    this.#simulation.after(fault.afterMs, () => this.#start({ after: node, isNewIdentity }));
  }

  #standStill(node: SimulatedNode, forMs: Span, isWhole: boolean): void {
    if (!node.isRunning) return;
    node.standStill(isWhole);
    this.#simulation.after(drawSpan(forMs, this.#simulation), () => node.goOn());
  }

  /** Whom it befalls, which a trace tells. */
  #struck(who: Who, by: Fault['type']): readonly SimulatedNode[] {
    const simulation = this.#simulation;
    const nodes = whoIs(who, simulation);
    for (const { index } of nodes) simulation.log.note(simulation.now, index, by);
    return nodes;
  }

  #partition(parts: number): void {
    const { random, medium, now } = this.#simulation;
    const first = integerBelow(random, parts);
    const groups = new Map<number, number>();
    // The first two stand apart, so that no partition is none.
    for (const [i, { place }] of this.#simulation.here.entries()) {
      groups.set(place, i < parts ? (first + i) % parts : integerBelow(random, parts));
    }
    this.#watch.cut(now);
    medium.partition((place) => groups.get(place) ?? 0, now);
  }

  #cutOneWay(pairs: number | 'a-third'): void {
    const simulation = this.#simulation;
    const { honest } = simulation;
    const count = pairs === 'a-third' ? Math.ceil(honest.length / 3) : pairs;
    this.#watch.cut(simulation.now);
    for (let i = 0; i < count; i++) {
      const from = simulation.pick(honest);
      const to = simulation.pick(honest.filter((other) => other !== from));
      if (from && to) simulation.medium.cutOneWay(from.place, to.place, simulation.now);
    }
  }

  #heal(): void {
    this.#disturbed();
    this.#watch.healed(this.#simulation.now);
    this.#simulation.medium.heal(this.#simulation.now);
  }

  #disturbed(): void {
    this.#watch.departures.disturbedAt = this.#simulation.now;
  }

  #keepInLine(node: SimulatedNode): void {
    const line = this.#line ?? [];
    const at = line.indexOf(node.place);
    for (const other of this.#simulation.honest) {
      if (other === node || Math.abs(line.indexOf(other.place) - at) === 1) continue;
      node.happen({ type: 'block', peer: other.id, isBlocked: true });
    }
  }
}
