/**
 * The checks of a run, together: told of everything that Nodes do, they call out what should not have happened. Cheap ones
 * run after every event, the rest once a virtual second and at the end.
 */
import { TOTAL_BUDGET_BYTES } from '../../src/mesh/memory/budget.ts';
import type { Deliver, Failure, Token } from '../../src/mesh/vocabulary.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Simulation } from '../engine/simulation.ts';
import type { Inhabitant, Observer } from '../engine/surroundings.ts';
import { Departures } from './departures.ts';
import { Ledger } from './ledger.ts';

/** What a charge may overshoot: one frame of everybody who has room for less. */
const BUDGET_SLACK_BYTES = 1024 * 1024;

export interface WatchOptions {
  /** After so long both ends of a one-sided departure must have mended it, ms. */
  readonly oneSidedWithinMs: number;
}

export class Watch implements Observer {
  readonly ledger: Ledger;
  readonly departures: Departures;
  #simulation: Simulation | undefined;
  /** From, to: when some could not reach each other over the network. */
  readonly #cuts: [number, number][] = [];

  constructor(options: WatchOptions) {
    const fail = (what: string) => this.#simulation?.fail(what);
    const now = (): number => this.#simulation?.now ?? 0;
    this.ledger = new Ledger(fail, now, (from, to) =>
      this.#cuts.some(([since, until]) => since < to && until > from),
    );
    this.departures = new Departures(options.oneSidedWithinMs, fail);
  }

  /** The simulation is made with its Watch: it is told of it afterwards. */
  attach(simulation: Simulation): void {
    this.#simulation = simulation;
    const look = (now: number): void => {
      this.departures.check(now);
      simulation.after(1000, look);
    };
    simulation.after(1000, look);
  }

  cut(now: number): void {
    if (!this.departures.isCut) this.#cuts.push([now, Number.POSITIVE_INFINITY]);
    this.departures.isCut = true;
  }

  healed(now: number): void {
    const last = this.#cuts.at(-1);
    if (last !== undefined && this.departures.isCut) last[1] = now;
    this.departures.isCut = false;
  }

  started(node: Inhabitant): void {
    this.ledger.started(node);
    this.departures.started(node);
  }

  ended(node: Inhabitant): void {
    this.ledger.ended(node);
  }

  delivered(node: Inhabitant, effect: Deliver, _now: number): void {
    if (!node.isHostile) this.ledger.delivered(node, effect);
  }

  settled(node: Inhabitant, tokens: readonly Token[], failure: Failure | undefined, now: number): void {
    this.ledger.settled(node, tokens, failure, now);
  }

  answered(node: Inhabitant, token: Token, body: Uint8Array, now: number): void {
    this.ledger.answered(node, token, body, now);
  }

  joined(node: Inhabitant, id: NodeId): void {
    this.departures.joined(node, id);
  }

  left(node: Inhabitant, id: NodeId, _reason: string, now: number): void {
    this.departures.left(node, id, now);
  }

  missed(node: Inhabitant, source: NodeId): void {
    this.ledger.missed(node, source);
  }

  turned(node: Inhabitant): void {
    const budget = this.#simulation?.budgets[node.index];
    if (budget !== undefined && budget.total > TOTAL_BUDGET_BYTES + BUDGET_SLACK_BYTES) {
      this.#simulation?.fail(`node ${node.index} keeps ${budget.total} B because of others`);
    }
  }

  /** No account above its limit. Walks all accounts: once in a while. */
  checkAccounts(limitBytes: number): void {
    for (const node of this.#simulation?.honest ?? []) {
      for (const [peer, bytes] of this.#simulation?.budgets[node.index]?.accounts ?? []) {
        if (bytes <= limitBytes + BUDGET_SLACK_BYTES) continue;
        this.#simulation?.fail(`node ${node.index} keeps ${bytes} B because of ${peer.slice(0, 8)}`);
      }
    }
  }
}
