/**
 * The coordinator's role in one Job for one term: gives out the work, takes the results, has them copied, takes in what others
 * have, and knows how everyone stands to the Job. What it decides goes out by its port.
 */
import { messageOf } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { Helper, JobDescription, JobEventKind, WorkerRef } from './contract.ts';
import { type ActiveTask, Coordinator } from './coordinator.ts';
import type { CoordinatorEffect } from './coordinator-effect.ts';
import { Copying } from './copying.ts';
import type { Offer } from './handover.ts';
import { Helpers } from './helpers.ts';
import type { Counted } from './log/job-log.ts';
import { type FarmMessage, MAX_HOLDERS, type WorkReport } from './messages.ts';
import type { FarmPart, FarmResult, OutgoingPart } from './payload.ts';
import type { AttributedStore } from './trust/attributed-store.ts';
import { HURRIED_MS } from './trust/checks.ts';
import type { Trust } from './trust/trust.ts';
import { Wanting } from './wanting.ts';

export interface CoordinationPort {
  readonly self: NodeId;
  /** Every Node in reach, this one included. */
  members(): readonly NodeId[];
  tell(to: NodeId, message: FarmMessage): void;
  /** `copied` follows. */
  sendPart(to: NodeId, part: OutgoingPart): void;
  done(nowMs: number): void;
  failed(reason: string, nowMs: number): void;
  /** These brought wrong results. */
  wrong(liars: readonly NodeId[], nowMs: number): void;
  /** Who keeps the second copy, or who has the inputs, is another now: the others should hear of it. */
  changed(nowMs: number): void;
  log(text: string): void;
  /** For people: it happened to that Node, or it did it. */
  note(kind: JobEventKind, node: NodeId | undefined, detail: string | undefined, nowMs: number): void;
  count(node: NodeId, what: Counted, by?: number): void;
}

export interface CoordinationOptions {
  readonly description: JobDescription;
  readonly store: AttributedStore;
  readonly trust: Trust;
  readonly term: number;
  readonly isPaused: boolean;
  /** Who had the inputs, or a copy, when another coordinated. */
  readonly holders: readonly NodeId[];
  /** It was another's before: the workers say first what they have. */
  readonly isTakeover: boolean;
}

/** Leases expire after many seconds, so one look a second is enough. */
const TICK_MS = 1_000;
/** While its end waits for checks: whether they should go to others. */
const ENDING_TICK_MS = HURRIED_MS / 2;
/** When the Job is over: whether the keeper of the copy is there at all. */
const OVER_TICK_MS = 10_000;
/** What workers take to hear of a takeover and say what they have. */
const GATHER_MS = 500;

export class Coordination {
  readonly #options: CoordinationOptions;
  readonly #port: CoordinationPort;
  readonly #coordinator: Coordinator;
  readonly #helpers: Helpers;
  readonly #copying: Copying;
  readonly #wanting: Wanting;
  #tickAtMs: number;

  constructor(options: CoordinationOptions, port: CoordinationPort, nowMs: number) {
    const { store, trust, description, isTakeover, isPaused, holders } = options;
    this.#options = options;
    this.#port = port;
    const openAtMs = isTakeover ? nowMs + GATHER_MS : nowMs;
    this.#coordinator = new Coordinator({
      self: port.self,
      taskCount: description.taskCount,
      ...{ store, trust, openAtMs },
    });
    this.#helpers = new Helpers(holders);
    this.#copying = new Copying(store);
    this.#wanting = new Wanting(store);
    this.#tickAtMs = openAtMs;
    if (isPaused) this.#coordinator.setPaused(true, nowMs);
    this.#choose(nowMs);
  }

  get nextWakeAt(): number {
    return Math.min(this.#tickAtMs, this.#copying.nextWakeAt);
  }

  get standby(): NodeId | undefined {
    return this.#copying.standby;
  }

  get active(): readonly ActiveTask[] {
    return this.#coordinator.isOver ? [] : this.#coordinator.active();
  }

  isInDoubt(part: number): boolean {
    return this.#coordinator.isInDoubt(part);
  }

  get helpers(): readonly Helper[] {
    const { trust } = this.#options;
    return this.#helpers.view((node) => ({
      ...this.#coordinator.stateOf(node),
      checked: trust.checkedOf(node),
    }));
  }

  /** What a beat says of the work. */
  get report(): WorkReport {
    const { doneCost, totalCost } = this.#options.store;
    const members = this.#port.members();
    const here = this.#helpers.candidates().filter((node) => members.includes(node));
    const holders = [...new Set([...this.#submitter, ...here])].slice(0, MAX_HOLDERS);
    const inWork = this.#coordinator.isOver ? 0 : this.#coordinator.inWork;
    const { checked } = this.#options.trust;
    return { standby: this.standby, holders, doneCost, totalCost, inWork, checked };
  }

  received(from: NodeId, message: FarmMessage, nowMs: number): void {
    switch (message.type) {
      case 'inputs':
        this.#helpers.inputs(from, message.receivedBytes, message.totalBytes);
        return;
      case 'refused':
        this.#helpers.refused(from, message.reason);
        this.#port.note('refused', from, message.reason, nowMs);
        this.#choose(nowMs);
        return;
      case 'unable':
        this.#helpers.unable(from);
        this.#choose(nowMs);
        return;
      case 'versions':
        this.#offered(from, message, nowMs);
        return;
      case 'pull':
      case 'failure':
      case 'unfit':
      case 'release':
        if (message.term === this.#options.term) this.#ofWorker(from, message, nowMs);
        return;
      default:
        return; // not for a coordinator
    }
  }

  #offered(from: NodeId, { first, versions }: Offer, nowMs: number): void {
    this.#helpers.offers(from);
    const isChosen = this.#choose(nowMs) && this.standby === from;
    this.#copying.offered(from, first, versions, nowMs);
    const parts = this.#wanting.offered(from, first, versions, nowMs);
    // Told now that nothing is wanted, it would let go of what it is to keep. It offers again.
    if (!parts || (isChosen && parts.length === 0)) return;
    this.#port.tell(from, { type: 'want', id: this.#options.description.id, first, parts });
  }

  /** A result came in. It must have the form of one before it counts; what has not is a failure of the worker. */
  result(from: NodeId, { lease, worker, term, elapsedMs, bytes }: FarmResult, nowMs: number): void {
    const author: WorkerRef = { node: from, index: worker };
    if (term !== this.#options.term) return;
    if (this.#coordinator.isCheck(author, lease)) {
      this.#perform(this.#coordinator.checked(author, lease, bytes, nowMs), nowMs);
      return;
    }
    if (!this.#coordinator.isWelcome(author, lease)) return;
    const { store, trust } = this.#options;
    const part = store.partOf(lease.task);
    const before = store.version(part);
    try {
      store.accept(lease.task, bytes, author, elapsedMs);
      trust.taken(lease.task, bytes, author);
    } catch (error) {
      this.#perform(this.#coordinator.failed(author, lease, messageOf(error), nowMs), nowMs);
      return;
    }
    this.#port.count(from, 'tasks');
    this.#copying.accepted(part, { task: lease.task, worker: author, bytes }, before, nowMs);
    this.#perform(this.#coordinator.succeeded(lease, elapsedMs, nowMs), nowMs);
  }

  /** A part that was asked for came from another copy. */
  part(from: NodeId, { part, bytes }: FarmPart, nowMs: number): void {
    if (!this.#wanting.takes(from, part)) return;
    try {
      this.#options.store.mergePart(part, bytes);
    } catch (error) {
      this.#port.log(`a part of node ${from.slice(0, 8)} is none: ${messageOf(error)}`);
      return;
    }
    this.#wanting.came(from, nowMs);
    this.#copying.merged(part, nowMs);
    this.#perform(this.#coordinator.merged(nowMs), nowMs);
  }

  copied(to: NodeId, part: number, hasArrived: boolean, nowMs: number): void {
    this.#copying.settled(to, part, hasArrived, nowMs);
    this.#ship(nowMs);
  }

  joined(nowMs: number): void {
    this.#choose(nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    this.#port.note('left', node, undefined, nowMs);
    this.#helpers.left(node);
    this.#wanting.left(node);
    this.#perform(this.#coordinator.left(node, nowMs), nowMs);
    this.#choose(nowMs);
  }

  setPaused(isPaused: boolean, nowMs: number): void {
    this.#perform(this.#coordinator.setPaused(isPaused, nowMs), nowMs);
  }

  /** The Job is over: nothing more is given out, what is here is still copied. */
  over(nowMs: number): void {
    this.#coordinator.end();
    this.#copying.over(nowMs);
  }

  /** Looks whether it is complete already. */
  begin(nowMs: number): void {
    this.#perform(this.#coordinator.merged(nowMs), nowMs);
  }

  wake(nowMs: number): void {
    if (nowMs >= this.#tickAtMs) {
      this.#tickAtMs = nowMs + (this.#coordinator.isOver ? OVER_TICK_MS : TICK_MS);
      if (this.standby !== undefined && this.#copying.isMute(nowMs)) {
        this.#helpers.unable(this.standby);
        this.#choose(nowMs);
      }
      this.#perform(this.#coordinator.tick(nowMs, this.#helpers.isHelpComing), nowMs);
    }
    this.#ship(nowMs);
  }

  #ofWorker(from: NodeId, message: FarmMessage & { worker: number }, nowMs: number): void {
    const worker: WorkerRef = { node: from, index: message.worker };
    switch (message.type) {
      case 'pull':
        if (this.#helpers.ready(from)) {
          this.#port.note('joined', from, undefined, nowMs);
          this.#port.changed(nowMs);
          this.#choose(nowMs);
        }
        this.#perform(this.#coordinator.pull(worker, nowMs, message), nowMs);
        return;
      case 'failure': {
        const { lease, reason } = message;
        this.#port.log(`a worker of node ${from.slice(0, 8)} failed at task ${lease.task}: ${reason}`);
        this.#perform(this.#coordinator.failed(worker, lease, reason, nowMs), nowMs);
        return;
      }
      case 'unfit':
        this.#helpers.ready(from);
        this.#port.note('blocked', from, message.reason, nowMs);
        this.#perform(this.#coordinator.unfit(worker, message.reason, nowMs), nowMs);
        return;
      case 'release':
        this.#perform(this.#coordinator.released(worker, nowMs), nowMs);
        return;
      default:
        return;
    }
  }

  #perform(effects: readonly CoordinatorEffect[], nowMs: number): void {
    const { term, description } = this.#options;
    if (this.#coordinator.isEnding) this.#tickAtMs = Math.min(this.#tickAtMs, nowMs + ENDING_TICK_MS);
    for (const effect of effects) {
      switch (effect.type) {
        case 'grant':
        case 'revoke': {
          const { type, worker, leases } = effect;
          this.#port.tell(worker.node, { type, id: description.id, term, worker: worker.index, leases });
          break;
        }
        case 'check': {
          const { type, worker, checks } = effect;
          this.#port.tell(worker.node, { type, id: description.id, term, worker: worker.index, checks });
          break;
        }
        case 'failure':
          this.#port.count(effect.worker.node, 'failures');
          this.#port.note('failure', effect.worker.node, `${effect.task}: ${effect.reason}`, nowMs);
          break;
        case 'expired':
          this.#port.count(effect.worker.node, 'expired', effect.leases);
          this.#port.note('expired', effect.worker.node, String(effect.leases), nowMs);
          break;
        case 'wrong':
          this.#port.wrong(effect.liars, nowMs);
          break;
        case 'blocked': {
          const { type, worker, reason } = effect;
          this.#port.tell(worker.node, { type, id: description.id, term, worker: worker.index, reason });
          break;
        }
        case 'done':
          this.#port.done(nowMs);
          break;
        case 'failed':
          this.#port.failed(effect.reason, nowMs);
          break;
      }
    }
  }

  /** The submitter where it is another Node that is here: it has the inputs, and its person waits for the picture. */
  get #submitter(): readonly NodeId[] {
    const { submitter } = this.#options.description;
    return this.#port.members().includes(submitter) ? [submitter] : [];
  }

  /** True when another one keeps the second copy now. */
  #choose(nowMs: number): boolean {
    const members = this.#port.members();
    const canKeep = (node: NodeId): boolean =>
      node !== this.#port.self &&
      members.includes(node) &&
      !this.#helpers.isUnable(node) &&
      !this.#options.trust.isLiar(node);
    const wished = this.#submitter.find(canKeep);
    // Better a copy on a Node that only looks on than none.
    const lastResort = members.filter(canKeep);
    const others = this.#helpers.candidates().filter(canKeep);
    const hasChanged = this.#copying.choose({ wished, others, lastResort }, nowMs);
    if (hasChanged) this.#port.changed(nowMs);
    return hasChanged;
  }

  #ship(nowMs: number): void {
    const { id } = this.#options.description;
    for (const { to, part, bytes } of this.#copying.ship(nowMs)) this.#port.sendPart(to, { id, part, bytes });
  }
}
