/**
 * One Job on one Node: what it is, what is wanted of it, who coordinates, and the part that this Node plays in it: it coordinates
 * (coordination.ts), keeps a copy of the results (keeper.ts), or only helps and looks on. succession.ts says when one becomes
 * another. What it decides goes out by its port.
 */
import type { NodeId } from '../wire/index.ts';
import type {
  JobControl,
  JobDescription,
  JobId,
  JobPhase,
  JobRole,
  JobView,
  JobWish,
  ResultStore,
  Term,
} from './contract.ts';
import {
  compareControls,
  endedControl,
  isFinal,
  MAX_VERSION_STEP,
  requeuedControl,
  wishedControl,
} from './control.ts';
import { Coordination } from './coordination.ts';
import { Keeper, type KeeperPort } from './keeper.ts';
import type { Beat, FarmMessage } from './messages.ts';
import { PastHolders } from './past-holders.ts';
import type { FarmPart, FarmResult } from './payload.ts';
import { Speaking } from './speaking.ts';
import { BEAT_MS, Succession } from './succession.ts';
import { compareTerms } from './term.ts';
import { MIN_TURN_MS, type Rank, turnDelayMs } from './turn.ts';
import { Wishes } from './wishes.ts';

export interface JobPort extends Pick<KeeperPort, 'makeStore'> {
  readonly self: NodeId;
  isMember(node: NodeId): boolean;
  /** Every Node in reach, this one included. */
  members(): readonly NodeId[];
  tell(to: NodeId, message: FarmMessage): void;
  broadcast(message: FarmMessage): void;
  /** `partSettled` follows. */
  sendPart(to: NodeId, part: FarmPart): void;
  hasInputs(id: JobId): boolean;
  canCoordinate(job: JobDescription): boolean;
  /** Term or control is another now. */
  changed(job: JobState, nowMs: number): void;
  /** So is something else that people see. */
  shown(id: JobId): void;
  wishSettled(token: number, isFulfilled: boolean): void;
  log(text: string): void;
}

/** Between two wishes of others that are granted: whoever asks again and again must not keep the Job from its work. */
const WISH_MS = 100;
const NEVER = Number.POSITIVE_INFINITY;

export class JobState {
  readonly description: JobDescription;
  readonly #port: JobPort;
  readonly #succession: Succession;
  readonly #keeper: Keeper;
  readonly #wishes: Wishes;
  #control: JobControl;
  #coordination: Coordination | undefined;
  /** What the coordinator said last. */
  #beat: Beat | undefined;
  readonly #pastHolders = new PastHolders();
  readonly #speaking = new Speaking();
  #askAtMs = 0;
  #turnAtMs = 0;
  #grantedAtMs = Number.NEGATIVE_INFINITY;

  /** `store`: what is here of the results, from a disk. */
  constructor(
    port: JobPort,
    known: { readonly description: JobDescription; readonly control: JobControl; readonly term: Term },
    nowMs: number,
    store?: ResultStore,
  ) {
    const { description } = known;
    const { id } = description;
    this.#port = port;
    this.description = description;
    this.#control = known.control;
    this.#succession = new Succession(port.self, known.term, nowMs);
    this.#succession.setOver(isFinal(known.control.phase));
    const keeperPort: KeeperPort = {
      makeStore: (job) => port.makeStore(job),
      toCoordinator: (message) => port.tell(this.term.node, message),
      sendPart: (part) => port.sendPart(this.term.node, part),
    };
    this.#keeper = new Keeper(description, keeperPort, store);
    this.#wishes = new Wishes({
      send: (wish) => port.tell(this.term.node, { type: 'wish', id, wish }),
      settled: (token, isFulfilled) => port.wishSettled(token, isFulfilled),
    });
  }

  get id(): JobId {
    return this.description.id;
  }

  get control(): JobControl {
    return this.#control;
  }

  get term(): Term {
    return this.#succession.term;
  }

  get store(): ResultStore | undefined {
    return this.#keeper.store;
  }

  get role(): JobRole {
    if (this.#succession.isCoordinator) return 'coordinator';
    return this.#keeper.isStandby ? 'standby' : 'member';
  }

  /** Other Nodes that are thought to have the inputs, the likeliest first. */
  get holders(): readonly NodeId[] {
    const said = [...this.#report.holders, this.description.submitter, this.term.node];
    return [...new Set(said)].filter((node) => node !== this.#port.self && this.#port.isMember(node));
  }

  view(nowMs: number): JobView {
    const { doneCost, totalCost, standby } = this.#report;
    return {
      description: this.description,
      control: this.#control,
      term: this.term,
      role: this.role,
      isAttended: this.#succession.isAttended(nowMs),
      standby,
      doneCost,
      totalCost,
      helpers: this.#coordination?.helpers ?? [],
      active: this.#coordination?.active ?? [],
    };
  }

  get nextWakeAt(): number {
    return Math.min(
      this.#speaking.nextWakeAt,
      this.#coordination?.nextWakeAt ?? NEVER,
      this.#keeper.nextWakeAt,
      this.#wishes.nextWakeAt,
      Math.max(this.#succession.askAtMs, this.#askAtMs),
      this.#lookAtMs,
    );
  }

  /** This Node coordinates from now on, where it can. `above`: a term that ours must be higher than. */
  takeOver(nowMs: number, above = 0): void {
    const isTakeover = this.term.number > 0;
    if (!isFinal(this.#control.phase) && !this.#keeper.ensure()) return;
    if (this.#coordination) this.#pastHolders.add(this.#coordination.report);
    this.#succession.takeOver(nowMs, above);
    this.#keeper.coordinates();
    // The end was told, but not all that led to it has come here: the rest is done again.
    const isLost = this.#control.phase === 'done' && this.store !== undefined && !this.#keeper.isComplete;
    if (isLost) this.#control = requeuedControl(this.#control);
    this.#coordinate(isTakeover, nowMs);
  }

  /** `from` says that it coordinates. */
  hear(from: NodeId, beat: Beat, nowMs: number): void {
    const term: Term = { number: beat.term, node: from };
    if (!this.#succession.isPossible(term)) return;
    if (beat.control.version > this.#control.version + MAX_VERSION_STEP) return;
    const order = compareTerms(term, this.term);
    const isHigher = order > 0;
    if (order >= 0 && this.#knowsBetter(beat)) {
      this.#contest(term, nowMs);
      return;
    }
    switch (this.#succession.hear(term, nowMs)) {
      case 'coordinator':
        this.#follow(beat, isHigher, nowMs);
        return;
      case 'contested':
        if (this.#coordination) this.#contest(term, nowMs);
        return;
      case 'stale':
        if (this.role === 'coordinator' && this.#speaking.mayAnswer(nowMs)) {
          this.#port.tell(from, this.#ownBeat());
        }
        return;
      case 'ignored':
        return;
    }
  }

  received(from: NodeId, message: FarmMessage, nowMs: number): void {
    switch (message.type) {
      case 'ask':
        if (this.role === 'coordinator') this.#port.tell(from, this.#ownBeat());
        return;
      case 'wish':
        this.#receivedWish(message.wish, nowMs);
        return;
      case 'want':
        if (from === this.term.node) this.#keeper.wanted(message.first, message.parts, nowMs);
        return;
      default:
        this.#coordination?.received(from, message, nowMs);
        this.#port.shown(this.id);
    }
  }

  result(from: NodeId, result: FarmResult, nowMs: number): void {
    this.#coordination?.result(from, result, nowMs);
    this.#port.shown(this.id);
  }

  part(from: NodeId, part: FarmPart, nowMs: number): void {
    this.#port.shown(this.id);
    if (this.#coordination) {
      this.#coordination.part(from, part, nowMs);
    } else if (from === this.term.node) {
      try {
        this.#keeper.merge(part);
      } catch {
        this.#port.log(`a part of node ${from.slice(0, 8)} is none`);
      }
    }
  }

  partSettled(to: NodeId, part: number, hasArrived: boolean, nowMs: number): void {
    if (this.#coordination) this.#coordination.copied(to, part, hasArrived, nowMs);
    else this.#keeper.settled(nowMs);
  }

  /** A person on this Node wants it. */
  wish(wish: JobWish, token: number, nowMs: number): void {
    if (this.role === 'coordinator') this.#grant(wish, nowMs);
    this.#wishes.add(wish, token, this.#control, nowMs);
  }

  joined(node: NodeId, nowMs: number): void {
    this.#succession.joined(node, nowMs);
    this.#turnAtMs = 0;
    if (this.role === 'coordinator') this.#port.tell(node, this.#ownBeat());
    this.#coordination?.joined(nowMs);
    if (node === this.term.node) this.#keeper.resume(nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    this.#succession.left(node, nowMs);
    this.#turnAtMs = 0;
    this.#coordination?.left(node, nowMs);
    this.#port.shown(this.id);
  }

  /** Nobody is known to coordinate it: it comes from a disk. */
  abandon(nowMs: number): void {
    this.#succession.abandon(nowMs);
  }

  /** This Node stood still. */
  woke(nowMs: number): void {
    this.#succession.woke(nowMs);
    this.#turnAtMs = 0;
    this.#keeper.resume(nowMs);
    if (this.role === 'coordinator') this.#speaking.soon(nowMs);
    else this.#askAtMs = nowMs;
    if (this.role !== 'coordinator') this.#ask(nowMs);
  }

  /** Its coordinator gives no work: we do without it. */
  neglected(nowMs: number): void {
    if (this.role === 'coordinator') return;
    this.#succession.distrust(nowMs);
    this.#turnAtMs = 0;
    this.#port.changed(this, nowMs);
  }

  wake(nowMs: number): void {
    if (nowMs >= this.#lookAtMs) this.#takeTurn(nowMs);
    this.#coordination?.wake(nowMs);
    if (nowMs >= this.#speaking.nextWakeAt) this.#speak(nowMs);
    if (nowMs >= Math.max(this.#succession.askAtMs, this.#askAtMs)) this.#ask(nowMs);
    this.#wishes.wake(nowMs);
    this.#keeper.wake(nowMs);
  }

  close(): void {
    this.#wishes.close();
    this.#keeper.close();
    this.#coordination = undefined;
  }

  // Coordinating

  #coordinate(isTakeover: boolean, nowMs: number): void {
    const { store, description, term } = this;
    const { phase } = this.#control;
    this.#coordination = undefined;
    if (store) {
      const isPaused = phase === 'paused';
      const holders = this.#pastHolders.latestFirst;
      const options = { description, store, term: term.number, isPaused, isTakeover, holders };
      this.#coordination = new Coordination(options, this.#coordinationPort, nowMs);
      if (isFinal(phase)) this.#coordination.over(nowMs);
      else this.#coordination.begin(nowMs);
    }
    this.#controlled(nowMs);
  }

  readonly #coordinationPort = ((job: JobState) => ({
    get self(): NodeId {
      return job.#port.self;
    },
    isMember: (node: NodeId) => job.#port.isMember(node),
    tell: (to: NodeId, message: FarmMessage) => job.#port.tell(to, message),
    sendPart: (to: NodeId, part: FarmPart) => job.#port.sendPart(to, part),
    done: (nowMs: number) => job.#end('done', undefined, nowMs),
    failed: (reason: string, nowMs: number) => job.#end('failed', reason, nowMs),
    changed: (nowMs: number) => job.#speaking.soon(nowMs),
    log: (text: string) => job.#port.log(text),
  }))(this);

  #end(phase: JobPhase, reason: string | undefined, nowMs: number): void {
    this.#control = endedControl(this.#control, phase, reason);
    this.#coordination?.over(nowMs);
    this.#controlled(nowMs);
  }

  #receivedWish(wish: JobWish, nowMs: number): void {
    if (this.role !== 'coordinator' || nowMs - this.#grantedAtMs < WISH_MS) return;
    this.#grantedAtMs = nowMs;
    this.#grant(wish, nowMs);
  }

  #grant(wish: JobWish, nowMs: number): void {
    const before = this.#control;
    const after = wishedControl(before, wish);
    if (after === before) return;
    this.#control = after;
    if (wish.type === 'requeue') {
      // Anew, in a term of its own: no Lease of before may write.
      this.takeOver(nowMs);
      return;
    }
    if (isFinal(after.phase)) this.#coordination?.over(nowMs);
    else if (after.phase !== before.phase) this.#coordination?.setPaused(after.phase === 'paused', nowMs);
    this.#controlled(nowMs);
  }

  /** Our control is another now, or our term: everyone hears of it at once. */
  #controlled(nowMs: number): void {
    const isOver = isFinal(this.#control.phase);
    this.#speaking.setOver(isOver, nowMs);
    this.#succession.setOver(isOver);
    this.#wishes.controlled(this.#control);
    this.#speak(nowMs);
    this.#port.changed(this, nowMs);
  }

  #speak(nowMs: number): void {
    this.#speaking.silence();
    if (this.role !== 'coordinator') return;
    this.#speaking.spoke(nowMs);
    this.#port.broadcast(this.#ownBeat());
  }

  #ownBeat(): Beat {
    return { ...this.#report, type: 'beat', id: this.id, term: this.term.number, control: this.#control };
  }

  get #report(): Pick<Beat, 'standby' | 'holders' | 'doneCost' | 'totalCost' | 'inWork'> {
    const nothing = { standby: undefined, holders: [], doneCost: 0, totalCost: 0, inWork: 0 };
    if (this.#coordination) return this.#coordination.report;
    // Whoever coordinates a Job that is over without its results must not say that it has them.
    const isEmpty = this.#succession.isCoordinator;
    return isEmpty ? { ...nothing, totalCost: this.#beat?.totalCost ?? 0 } : (this.#beat ?? nothing);
  }

  // Following

  #follow(beat: Beat, isNew: boolean, nowMs: number): void {
    const before = this.#control;
    const isSame = compareControls(beat.control, before) === 0;
    if (isNew || compareControls(beat.control, before) > 0) this.#control = beat.control;
    this.#beat = beat;
    this.#pastHolders.add(beat);
    this.#turnAtMs = 0;
    this.#speaking.silence();
    this.#succession.setOver(isFinal(this.#control.phase));
    if (this.#coordination) {
      this.#pastHolders.add(this.#coordination.report);
      this.#coordination = undefined;
      this.#bring(before, nowMs);
    }
    this.#keeper.follows(beat.standby === this.#port.self, isNew, nowMs);
    this.#wishes.controlled(this.#control);
    if (isNew || !isSame) this.#port.changed(this, nowMs);
    this.#port.shown(this.id);
  }

  /** What was wanted of us while we coordinated is wanted still. */
  #bring(wanted: JobControl, nowMs: number): void {
    if (isFinal(wanted.phase) || compareControls(wanted, this.#control) <= 0) return;
    const { priority } = wanted;
    this.#wishes.add({ type: 'priority', priority }, NOBODYS, this.#control, nowMs);
    this.#wishes.add({ type: wanted.phase === 'paused' ? 'pause' : 'resume' }, NOBODYS, this.#control, nowMs);
  }

  /**
   * A coordinator that does not know that the Job is over, or knows less of what came out, does not take it from one that does. A failure
   * is no such knowledge: others may manage.
   */
  #knowsBetter({ control, doneCost }: Beat): boolean {
    const { phase } = this.#control;
    if (!isFinal(phase) || phase === 'failed') return false;
    const hasAll = phase === 'cancelled' ? this.role === 'coordinator' : this.#keeper.isComplete;
    const order = compareControls(this.#control, control);
    if (order > 0) return hasAll;
    return order === 0 && this.store !== undefined && this.store.doneCost > doneCost;
  }

  #contest({ number }: Term, nowMs: number): void {
    if (this.#speaking.mayAnswer(nowMs)) this.takeOver(nowMs, number);
  }

  #ask(nowMs: number): void {
    this.#askAtMs = nowMs + BEAT_MS;
    this.#port.tell(this.term.node, { type: 'ask', id: this.id, isNew: false });
  }

  /** When it may be our turn to take over. */
  get #lookAtMs(): number {
    if (this.#succession.isCoordinator || !this.#port.canCoordinate(this.description)) return NEVER;
    if (this.#keeper.isUnable && !isFinal(this.#control.phase)) return NEVER;
    return Math.max(this.#succession.dueAt(MIN_TURN_MS), this.#turnAtMs);
  }

  #takeTurn(nowMs: number): void {
    const { self } = this.#port;
    const { holders } = this.#report;
    const rank = this.#rank;
    const isRival = (node: NodeId): boolean => (rank === 'inputs') === holders.includes(node);
    const rivals = rank === 'results' ? [] : this.#port.members().filter(isRival);
    this.#turnAtMs = this.#succession.dueAt(turnDelayMs(this.id, self, rank, rivals));
    if (nowMs >= this.#turnAtMs) this.takeOver(nowMs);
  }

  get #rank(): Rank {
    if (this.store) return 'results';
    const { self } = this.#port;
    const hasInputs = this.description.submitter === self || this.#port.hasInputs(this.id);
    return hasInputs ? 'inputs' : 'none';
  }
}

/** A wish that no person waits for. */
export const NOBODYS = -1;
