/**
 * The work of one Job on this Node, whoever coordinates: the results that are here (keeper.ts), the role of the coordinator while this Node
 * has it (coordination.ts), and how the work stands, by our own count or by what the coordinator said last.
 */
import type { NodeId } from '../wire/index.ts';
import type { Helper, JobDescription, JobPhase } from './contract.ts';
import { isFinal } from './control.ts';
import { Coordination, type CoordinationPort } from './coordination.ts';
import type { ActiveTask } from './coordinator.ts';
import { Keeper, type KeeperPort } from './keeper.ts';
import type { FarmMessage, WorkReport } from './messages.ts';
import { PastHolders } from './past-holders.ts';
import type { FarmPart, FarmResult } from './payload.ts';
import type { AttributedStore } from './trust/attributed-store.ts';
import type { Liars } from './trust/liars.ts';
import { Lots } from './trust/lots.ts';
import { Trust } from './trust/trust.ts';

export interface WorkPort extends CoordinationPort, Pick<KeeperPort, 'makeStore' | 'ownResult'> {
  coordinator(): NodeId;
  readonly secret: Uint8Array;
  readonly liars: Liars;
  /** Something that people see is another now. */
  shown(): void;
}

const NOTHING: WorkReport = {
  ...{ standby: undefined, holders: [], doneCost: 0, totalCost: 0, inWork: 0, checked: 0 },
};

export class JobWork {
  readonly #description: JobDescription;
  readonly #port: WorkPort;
  readonly #keeper: Keeper;
  #coordination: Coordination | undefined;
  /** While this Node coordinates, over all its terms. */
  #trust: Trust | undefined;
  /** By the coordinator, last. */
  #said = NOTHING;
  readonly #pastHolders = new PastHolders();

  constructor(description: JobDescription, port: WorkPort, store: AttributedStore | undefined) {
    this.#description = description;
    this.#port = port;
    const keeperPort: KeeperPort = {
      makeStore: (job) => port.makeStore(job),
      ownResult: (task) => port.ownResult(task),
      toCoordinator: (message) => port.tell(port.coordinator(), message),
      sendPart: (part) => port.sendPart(port.coordinator(), part),
    };
    this.#keeper = new Keeper(description, keeperPort, store);
  }

  get store(): AttributedStore | undefined {
    return this.#keeper.store;
  }

  get isStandby(): boolean {
    return this.#keeper.isStandby;
  }

  /** All results are here. */
  get isComplete(): boolean {
    return this.#keeper.isComplete;
  }

  /** It was tried, and there is no room for the results here. */
  get isUnable(): boolean {
    return this.#keeper.isUnable;
  }

  /** This Node coordinates it, and has somewhere to keep what comes. */
  get isCoordinating(): boolean {
    return this.#coordination !== undefined;
  }

  /** As far as this Node coordinates. */
  isInDoubt(part: number): boolean {
    return this.#coordination?.isInDoubt(part) ?? false;
  }

  get helpers(): readonly Helper[] {
    return this.#coordination?.helpers ?? [];
  }

  get active(): readonly ActiveTask[] {
    return this.#coordination?.active ?? [];
  }

  get report(): WorkReport {
    return this.#coordination?.report ?? this.#said;
  }

  get nextWakeAt(): number {
    return Math.min(this.#coordination?.nextWakeAt ?? Number.POSITIVE_INFINITY, this.#keeper.nextWakeAt);
  }

  // Coordinating

  /** Makes room for the results; false where there is none. */
  ensureStore(): boolean {
    return this.#keeper.ensure() !== undefined;
  }

  /** This Node coordinates from now on, in that term. `isTakeover`: another one did before. */
  coordinate(term: number, phase: JobPhase, isTakeover: boolean, nowMs: number): void {
    this.#endCoordination();
    this.#keeper.coordinates();
    const { store } = this;
    // Whoever coordinates a Job that is over without its results must not say that it has them.
    this.#said = { ...NOTHING, totalCost: this.#said.totalCost };
    if (!store) return;
    const { self, liars, secret } = this.#port;
    this.#trust ??= new Trust({ self, store, liars, lots: new Lots(secret, this.#description.id) });
    this.#trust.begin(term);
    this.#coordination = new Coordination(
      {
        description: this.#description,
        ...{ store, term, isTakeover, trust: this.#trust },
        isPaused: phase === 'paused',
        holders: this.#pastHolders.latestFirst,
      },
      this.#port,
      nowMs,
    );
    if (isFinal(phase)) this.#coordination.over(nowMs);
    else this.#coordination.begin(nowMs);
  }

  /** The results of that Node were wrong: whatever they are in is taken back. Answers what that cost. */
  withdraw(liar: NodeId): number {
    const cost = this.store?.withdraw(liar) ?? 0;
    this.#trust?.withdrawn(liar);
    return cost;
  }

  setPaused(isPaused: boolean, nowMs: number): void {
    this.#coordination?.setPaused(isPaused, nowMs);
  }

  /** Nothing more is given out. */
  over(nowMs: number): void {
    this.#coordination?.over(nowMs);
  }

  // Following

  /** Another one coordinates, and says how the work stands. */
  heard(report: WorkReport): void {
    this.#said = report;
    this.#pastHolders.add(report);
    this.#endCoordination();
    this.#trust = undefined;
  }

  /** Keeps the second copy or hands over what is here, as it wants. `isNew`: it may know nothing of what is here. */
  follow(isNew: boolean, nowMs: number): void {
    const { standby, doneCost } = this.#said;
    this.#keeper.follows(standby === this.#port.self, isNew, doneCost, nowMs);
  }

  /** We or the coordinator may have missed something. */
  resume(nowMs: number): void {
    this.#keeper.resume(nowMs);
  }

  // What others send

  received(from: NodeId, message: FarmMessage, nowMs: number): void {
    this.#coordination?.received(from, message, nowMs);
    this.#port.shown();
  }

  /** The coordinator wants these of our results. */
  wanted(first: number, parts: Uint32Array, nowMs: number): void {
    this.#keeper.wanted(first, parts, nowMs);
  }

  result(from: NodeId, result: FarmResult, nowMs: number): void {
    this.#coordination?.result(from, result, nowMs);
    this.#port.shown();
  }

  part(from: NodeId, part: FarmPart, nowMs: number): void {
    this.#port.shown();
    if (this.#coordination) {
      this.#coordination.part(from, part, nowMs);
    } else if (from === this.#port.coordinator()) {
      try {
        this.#keeper.merge(part, nowMs);
      } catch {
        this.#port.log(`a part of node ${from.slice(0, 8)} is none`);
      }
    }
  }

  partSettled(to: NodeId, part: number, hasArrived: boolean, nowMs: number): void {
    if (this.#coordination) this.#coordination.copied(to, part, hasArrived, nowMs);
    else this.#keeper.settled(nowMs);
  }

  joined(node: NodeId, nowMs: number): void {
    this.#coordination?.joined(nowMs);
    if (node === this.#port.coordinator()) this.#keeper.resume(nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    this.#coordination?.left(node, nowMs);
    this.#port.shown();
  }

  wake(nowMs: number): void {
    this.#coordination?.wake(nowMs);
    this.#keeper.wake(nowMs);
  }

  close(): void {
    this.#keeper.close();
    this.#coordination = undefined;
  }

  #endCoordination(): void {
    if (this.#coordination) this.#pastHolders.add(this.#coordination.report);
    this.#coordination = undefined;
  }
}
