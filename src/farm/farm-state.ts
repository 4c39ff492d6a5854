/**
 * The farm on one Node as one pure state machine, made of the others: all Jobs that are known (job-state.ts) and the workers that
 * this Node lends to them (lender.ts). What it tells itself takes the same path as what it tells others, only without the network in
 * between. `Farm` in a page and the simulator are two thin drivers of it.
 */
import type { NodeId } from '../wire/index.ts';
import type {
  ArchivedJob,
  JobDescription,
  JobId,
  JobKind,
  JobView,
  JobWish,
  ResultStore,
} from './contract.ts';
import { FIRST_CONTROL, isFinal } from './control.ts';
import type { FarmEffect, FarmEvent } from './farm-events.ts';
import { Introductions } from './introductions.ts';
import type { JobPort } from './job-port.ts';
import { JobState } from './job-state.ts';
import { KnownJobs } from './known-jobs.ts';
import { Lender } from './lender.ts';
import { lenderPort } from './lender-port.ts';
import { makeStore } from './make-store.ts';
import type { Beat, FarmMessage } from './messages.ts';
import { Reaction } from './reaction.ts';
import { AttributedStore } from './trust/attributed-store.ts';
import { Liars } from './trust/liars.ts';

export interface FarmOptions {
  readonly self: NodeId;
  readonly kinds: ReadonlyMap<string, Pick<JobKind, 'store' | 'partCount'>>;
  /** Random bytes that nobody else knows: what is checked depends on them. */
  readonly secret: Uint8Array;
}

/** A wake that comes so late after its time means that this Node stood still: nobody could be heard meanwhile. */
const STOOD_STILL_MS = 2_500;
const NEVER = Number.POSITIVE_INFINITY;

export class FarmState {
  readonly #options: FarmOptions;
  readonly #members = new Set<NodeId>();
  readonly #names = new Map<NodeId, string>();
  readonly #jobs: KnownJobs;
  readonly #introductions = new Introductions();
  readonly #lender: Lender;
  readonly #reaction = new Reaction();
  #nowMs = 0;
  #nextWakeAt = NEVER;
  #timeOfDayAheadMs = 0;

  constructor(options: FarmOptions) {
    this.#options = options;
    this.#members.add(options.self);
    this.#jobs = new KnownJobs(options.self);
    this.#lender = new Lender(
      lenderPort(options.self, this.#reaction, {
        toCoordinator: (message) => this.#toCoordinator(message),
        ownResult: (result) => this.#jobs.get(result.id)?.work.result(options.self, result, this.#nowMs),
        nowMs: () => this.#nowMs,
        isMember: (node) => this.#members.has(node),
      }),
    );
  }

  get workerCount(): number {
    return this.#lender.workerCount;
  }

  get nextWakeAt(): number {
    return this.#nextWakeAt;
  }

  /** The oldest first. */
  views(nowMs: number): readonly JobView[] {
    const views = this.#jobs.all().map((job) => job.view(nowMs));
    return views.sort((a, b) => a.description.submittedAtMs - b.description.submittedAtMs);
  }

  view(id: JobId, nowMs: number): JobView | undefined {
    return this.#jobs.get(id)?.view(nowMs);
  }

  /** The results as the JobKind keeps them, and with who made them. */
  store(id: JobId): ResultStore | undefined {
    return this.kept(id)?.inner;
  }

  kept(id: JobId): AttributedStore | undefined {
    return this.#jobs.get(id)?.store;
  }

  isInDoubt(id: JobId, part: number): boolean {
    return this.#jobs.get(id)?.work.isInDoubt(part) ?? false;
  }

  holders(id: JobId): readonly NodeId[] {
    return this.#jobs.get(id)?.holders ?? [];
  }

  handle(event: FarmEvent, nowMs: number): readonly FarmEffect[] {
    this.#nowMs = nowMs;
    if (nowMs > this.#nextWakeAt + STOOD_STILL_MS) this.#woke();
    this.#dispatch(event);
    const effects = this.#reaction.end((id) => this.#jobs.get(id) !== undefined);
    this.#nextWakeAt = this.#soonest();
    return effects;
  }

  #dispatch(event: FarmEvent): void {
    const nowMs = this.#nowMs;
    switch (event.type) {
      case 'wake':
        this.#wake();
        return;
      case 'joined':
        this.#joined(event.node);
        return;
      case 'left':
        this.#left(event.node);
        return;
      case 'away':
        this.#woke();
        return;
      case 'message':
        this.#received(event.from, event.message, event.isDirect);
        return;
      case 'result':
        this.#jobs.get(event.result.id)?.work.result(event.from, event.result, nowMs);
        return;
      case 'part':
        this.#jobs.get(event.part.id)?.work.part(event.from, event.part, nowMs);
        return;
      case 'result-settled':
        event.sending.worker.sent(event.sending, nowMs);
        return;
      case 'part-settled':
        this.#jobs.get(event.id)?.work.partSettled(event.to, event.part, event.hasArrived, nowMs);
        return;
      case 'submit':
        this.#submit(event.description, event.store);
        return;
      case 'restore':
        this.#restore(event.job, event.store);
        return;
      case 'wish':
        this.#wish(event.id, event.wish, event.token);
        return;
      case 'forget':
        this.#remove(event.id, true);
        return;
      case 'kind':
        for (const job of this.#jobs.all()) if (job.description.kind === event.name) this.#lend(job);
        return;
      case 'read-log':
        this.#jobs.get(event.id)?.readLog(nowMs);
        return;
      case 'named':
        this.#names.set(event.node, event.name);
        return;
      case 'time-of-day':
        this.#timeOfDayAheadMs = event.aheadMs;
        return;
      case 'inputs':
        this.#toCoordinator(event);
        return;
      default:
        this.#lender.handle(event, nowMs);
    }
  }

  #wake(): void {
    const nowMs = this.#nowMs;
    for (const job of this.#jobs.all()) if (job.nextWakeAt <= nowMs) job.wake(nowMs);
    this.#lender.wake(nowMs);
    for (const id of this.#lender.neglected(nowMs)) this.#jobs.get(id)?.neglected(nowMs);
  }

  #woke(): void {
    for (const job of this.#jobs.all()) job.woke(this.#nowMs);
    this.#lender.woke(this.#nowMs);
  }

  #joined(node: NodeId): void {
    this.#members.add(node);
    for (const job of this.#jobs.all()) {
      job.joined(node, this.#nowMs);
      if (job.term.node === node || job.holders.includes(node)) this.#lender.resync(job.id, this.#nowMs);
    }
  }

  #left(node: NodeId): void {
    this.#members.delete(node);
    this.#introductions.left(node);
    for (const job of this.#jobs.all()) job.left(node, this.#nowMs);
    this.#names.delete(node);
  }

  #submit(description: JobDescription, store: ResultStore): void {
    if (this.#jobs.get(description.id)) return;
    const term = { number: 0, node: this.#options.self };
    const kept = new AttributedStore(store, new Liars(this.#options.self));
    const known = { description, control: FIRST_CONTROL, term, liars: [], log: [] };
    const job = new JobState(this.#jobPort, known, this.#nowMs, kept);
    this.#jobs.add(job, this.#options.self, this.#partsOf(job.description));
    job.takeOver(this.#nowMs);
  }

  #restore(archived: ArchivedJob, store: AttributedStore | undefined): void {
    const { id } = archived.description;
    if (this.#jobs.get(id)) {
      store?.close();
      return;
    }
    const job = new JobState(this.#jobPort, archived, this.#nowMs, store);
    job.abandon(this.#nowMs);
    this.#jobs.add(job, this.#options.self, this.#partsOf(job.description));
    this.#reaction.changed(id);
  }

  #wish(id: JobId, wish: JobWish, token: number): void {
    const job = this.#jobs.get(id);
    if (job) job.wish(wish, token, this.#nowMs);
    else this.#reaction.add({ type: 'wish-settled', token, isFulfilled: true });
  }

  #remove(id: JobId, isForGood: boolean): void {
    const job = this.#jobs.get(id);
    this.#jobs.remove(id, isForGood);
    if (!job) return;
    this.#lender.ended(id, this.#nowMs);
    job.close();
    this.#reaction.add({ type: 'removed', id });
  }

  #received(from: NodeId, message: FarmMessage, isDirect: boolean): void {
    const { id } = message;
    const nowMs = this.#nowMs;
    const job = this.#jobs.get(id);
    switch (message.type) {
      case 'beat':
        if (job) this.#hear(job, from, message, isDirect);
        // Whoever is not known as a member yet cannot be asked; it tells us again when we have met.
        else if (
          this.#members.has(from) &&
          !this.#jobs.isForgotten(id) &&
          this.#introductions.heard(from, message, nowMs)
        ) {
          this.#tell(from, { type: 'ask', id, isNew: true });
        }
        return;
      case 'description':
        this.#meet(from, message.description);
        return;
      case 'grant':
      case 'check':
      case 'revoke':
      case 'blocked':
        this.#lender.received(from, message, nowMs);
        return;
      case 'ask':
        if (job && message.isNew && this.#introductions.mayTell(from, nowMs)) {
          this.#tell(from, { type: 'description', id, description: job.description });
        }
        job?.received(from, message, nowMs);
        return;
      default:
        job?.received(from, message, nowMs);
    }
  }

  #hear(job: JobState, from: NodeId, beat: Beat, isDirect: boolean): void {
    job.hear(from, beat, this.#nowMs);
    const { number, node } = job.term;
    if (node !== from || number !== beat.term) return;
    this.#lender.progress(job.id, beat.doneCost, beat.inWork, this.#nowMs);
    // It has just met us, or we asked: whatever it knew of us, it may know no more.
    if (isDirect) this.#lender.resync(job.id, this.#nowMs);
  }

  /** A Job that we asked for is described; its id has been checked. */
  #meet(from: NodeId, description: JobDescription): void {
    const beat = this.#introductions.described(from, description.id);
    if (!beat || this.#jobs.get(description.id) || this.#jobs.isForgotten(description.id)) return;
    const parts = this.#partsOf(description);
    const crowded = this.#jobs.roomFor(from, parts);
    if (!crowded) return;
    for (const id of crowded) this.#remove(id, false);
    const term = { number: beat.term, node: from };
    const known = { description, control: beat.control, term, liars: beat.liars, log: [] };
    const job = new JobState(this.#jobPort, known, this.#nowMs);
    this.#jobs.add(job, from, parts);
    this.#lend(job);
    this.#hear(job, from, beat, false);
    this.#reaction.changed(job.id);
  }

  #partsOf(description: JobDescription): number {
    return this.#options.kinds.get(description.kind)?.partCount?.(description) ?? 0;
  }

  #lend(job: JobState): void {
    const { description, term, control } = job;
    if (isFinal(control.phase)) this.#lender.ended(job.id, this.#nowMs);
    else if (this.#options.kinds.has(description.kind))
      this.#lender.offer(description, term, control, this.#nowMs);
  }

  #tell(to: NodeId, message: FarmMessage): void {
    if (to === this.#options.self) this.#reaction.later(() => this.#received(to, message, true));
    else if (this.#members.has(to)) this.#reaction.add({ type: 'tell', to, message });
  }

  #toCoordinator(message: FarmMessage): void {
    const job = this.#jobs.get(message.id);
    if (job) this.#tell(job.term.node, message);
  }

  #soonest(): number {
    let soonest = this.#lender.nextWakeAt;
    for (const job of this.#jobs.all()) soonest = Math.min(soonest, job.nextWakeAt);
    return soonest;
  }

  get #jobPort(): JobPort {
    const { self, kinds, secret } = this.#options;
    const log = (text: string): void => this.#reaction.add({ type: 'log', text });
    return {
      ...{ self, secret, log },
      later: (step) => this.#reaction.later(step),
      isMember: (node) => this.#members.has(node),
      members: () => [...this.#members],
      tell: (to, message) => this.#tell(to, message),
      broadcast: (message) => this.#reaction.add({ type: 'broadcast', message }),
      sendPart: (to, part) => this.#reaction.add({ type: 'send-part', to, part }),
      makeStore: (job) => makeStore(kinds, job, log),
      hasInputs: (id) => this.#lender.hasInputs(id),
      ownResult: (id, task) => this.#lender.ownResult(id, task),
      canCoordinate: ({ kind }) => kinds.has(kind),
      changed: (job) => {
        this.#reaction.later(() => {
          const known = this.#jobs.get(job.id);
          if (known === job) this.#lend(known);
        });
        this.#reaction.changed(job.id);
      },
      shown: (id) => this.#reaction.changed(id),
      wallMs: (nowMs) => Math.floor(nowMs + this.#timeOfDayAheadMs),
      nameOf: (node) => this.#names.get(node) ?? '',
      logTold: (id) => this.#reaction.add({ type: 'log-told', id }),
      wishSettled: (token, isFulfilled) => this.#reaction.add({ type: 'wish-settled', token, isFulfilled }),
    };
  }
}
