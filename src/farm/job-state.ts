/**
 * One Job on one Node: what it is, what is wanted of it, who coordinates, and the part that this Node plays in it: it coordinates,
 * keeps a copy of the results, or only helps and looks on (job-work.ts). succession.ts says when one becomes another. What it decides
 * goes out by its port.
 */
import type { NodeId } from '../wire/index.ts';
import type {
  ArchivedJob,
  JobControl,
  JobDescription,
  JobId,
  JobPhase,
  JobRole,
  JobView,
  JobWish,
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
import type { JobPort } from './job-port.ts';
import { JobWork, type WorkPort } from './job-work.ts';
import { knowsBetter } from './knows-better.ts';
import { LogKeeping } from './log/log-keeping.ts';
import type { Beat, FarmMessage } from './messages.ts';
import { OwnTurn } from './own-turn.ts';
import { Speaking } from './speaking.ts';
import { Succession } from './succession.ts';
import { compareTerms } from './term.ts';
import { AttributedStore } from './trust/attributed-store.ts';
import { Liars } from './trust/liars.ts';
import { Wishes } from './wishes.ts';

export class JobState {
  readonly description: JobDescription;
  readonly work: JobWork;
  readonly #port: JobPort;
  readonly #succession: Succession;
  readonly #wishes: Wishes;
  readonly #liars: Liars;
  readonly #turn: OwnTurn;
  readonly #log: LogKeeping;
  #control: JobControl;
  readonly #speaking = new Speaking();

  /** `store`: what is here of the results, from a disk. */
  constructor(port: JobPort, known: ArchivedJob, nowMs: number, store?: AttributedStore) {
    const { description, control, term, log } = known;
    this.#liars = store?.liars ?? new Liars(port.self, known.liars);
    this.#port = port;
    this.description = description;
    this.#control = control;
    this.#succession = new Succession(port.self, term, nowMs);
    this.#succession.setOver(isFinal(control.phase));
    this.#log = new LogKeeping({ ...port, id: description.id, told: () => port.logTold(this.id) }, log);
    this.work = new JobWork(description, this.#workPort, store);
    this.#wishes = new Wishes({
      send: (wish) => port.tell(this.term.node, { type: 'wish', id: description.id, wish }),
      settled: (token, isFulfilled) => port.wishSettled(token, isFulfilled),
      denied: (wish, nowMs) => this.#insist(wish, nowMs),
    });
    this.#turn = new OwnTurn(this, this.#succession, this.#liars, port);
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

  get store(): AttributedStore | undefined {
    return this.work.store;
  }

  get role(): JobRole {
    if (this.#succession.isCoordinator) return 'coordinator';
    return this.work.isStandby ? 'standby' : 'member';
  }

  /** Other Nodes that are thought to have the inputs, the likeliest first. */
  get holders(): readonly NodeId[] {
    const said = [...this.work.report.holders, this.description.submitter, this.term.node];
    return [...new Set(said)].filter((node) => node !== this.#port.self && this.#port.isMember(node));
  }

  view(nowMs: number): JobView {
    const { description, control, term, role } = this;
    const { helpers, active } = this.work;
    const { doneCost, totalCost, standby, checked } = this.work.report;
    return {
      ...{ description, control, term, role, isAttended: this.#succession.isAttended(nowMs), standby },
      ...{ doneCost, totalCost, checked, liars: this.#liars.list, helpers, active },
      log: this.#log.sections,
    };
  }

  get nextWakeAt(): number {
    return Math.min(
      this.#speaking.nextWakeAt,
      this.work.nextWakeAt,
      this.#wishes.nextWakeAt,
      this.#succession.askAtMs,
      this.#turn.lookAtMs,
    );
  }

  /** This Node coordinates from now on, where it can. `above`: a term that ours must be higher than. */
  takeOver(nowMs: number, above = 0): void {
    const isTakeover = this.term.number > 0;
    if (!isFinal(this.#control.phase) && !this.work.ensureStore()) return;
    this.#succession.takeOver(nowMs, above);
    this.#log.begin(this.term, this.description, isTakeover, nowMs);
    // The end was told, but not all that led to it has come here: the rest is done again.
    const isLost = this.#control.phase === 'done' && this.store !== undefined && !this.work.isComplete;
    if (isLost) this.#control = requeuedControl(this.#control);
    this.work.coordinate(this.term.number, this.#control.phase, isTakeover, nowMs);
    this.#controlled(nowMs);
  }

  /** `from` says that it coordinates. */
  hear(from: NodeId, beat: Beat, nowMs: number): void {
    const term: Term = { number: beat.term, node: from };
    const isTooHigh = beat.control.version > this.#control.version + MAX_VERSION_STEP;
    if (isTooHigh || !this.#succession.isPossible(term)) return;
    const { control, role, store } = this;
    const order = compareTerms(term, this.term);
    const own = { control, role, isComplete: this.work.isComplete, doneCost: store?.doneCost };
    if (order >= 0 && knowsBetter(own, beat)) {
      this.#contest(term, nowMs);
      return;
    }
    switch (this.#succession.hear(term, nowMs)) {
      case 'coordinator':
        this.#follow(beat, order > 0, nowMs);
        return;
      case 'contested':
        if (this.work.isCoordinating) this.#contest(term, nowMs);
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
        if (this.role === 'coordinator' && this.#wishes.mayGrant(nowMs))
          this.#grant(message.wish, from, nowMs);
        return;
      case 'want':
        if (from === this.term.node) this.work.wanted(message.first, message.parts, nowMs);
        return;
      default:
        this.#log.received(from, message, nowMs);
        this.work.received(from, message, nowMs);
    }
  }

  /** A person on this Node wants it. */
  wish(wish: JobWish, token: number, nowMs: number): void {
    if (this.role === 'coordinator') this.#grant(wish, this.#port.self, nowMs);
    this.#wishes.add(wish, token, this.#control, nowMs);
  }

  /** A person on this Node wants to read the log: `logTold` follows when there is more of it, or all. */
  readLog(nowMs: number): void {
    this.#log.read(this.term.node, this.role === 'coordinator', nowMs);
  }

  joined(node: NodeId, nowMs: number): void {
    this.#succession.joined(node, nowMs);
    if (this.role === 'coordinator') this.#port.tell(node, this.#ownBeat());
    this.work.joined(node, nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    this.#succession.left(node, nowMs);
    this.work.left(node, nowMs);
    this.#log.left(node);
  }

  /** Nobody is known to coordinate it: it comes from a disk. */
  abandon(nowMs: number): void {
    this.#succession.abandon(nowMs);
  }

  /** This Node stood still. */
  woke(nowMs: number): void {
    this.#succession.woke(nowMs);
    this.work.resume(nowMs);
    if (this.role === 'coordinator') this.#speaking.soon(nowMs);
    else this.#ask(nowMs);
  }

  /** Its coordinator gives no work: we do without it. */
  neglected(nowMs: number): void {
    if (this.role === 'coordinator') return;
    this.#succession.distrust(nowMs);
    this.#liars.forget();
    this.#port.changed(this, nowMs);
  }

  wake(nowMs: number): void {
    if (nowMs >= this.#turn.lookAtMs && this.#turn.hasCome(nowMs)) this.takeOver(nowMs);
    this.work.wake(nowMs);
    if (nowMs >= this.#speaking.nextWakeAt) this.#speak(nowMs);
    if (nowMs >= this.#succession.askAtMs) this.#ask(nowMs);
    this.#wishes.wake(nowMs);
  }

  close(): void {
    this.#wishes.close();
    this.work.close();
  }

  // Coordinating

  get #workPort(): WorkPort {
    return {
      ...this.#port,
      liars: this.#liars,
      makeStore: (job) => {
        const store = this.#port.makeStore(job);
        return store && new AttributedStore(store, this.#liars);
      },
      wrong: (nodes, nowMs) => this.#port.later(() => this.#convict(nodes, nowMs)),
      coordinator: () => this.term.node,
      ownResult: (task) => this.#port.ownResult(this.id, task),
      done: (nowMs) => this.#end('done', undefined, nowMs),
      failed: (reason, nowMs) => this.#end('failed', reason, nowMs),
      changed: (nowMs) => this.#speaking.soon(nowMs),
      shown: () => this.#port.shown(this.id),
      // Who comes and goes when it is over has nothing to do with it.
      note: (...event) => isFinal(this.#control.phase) || this.#log.note(...event),
      count: (...work) => this.#log.count(...work),
    };
  }

  #end(phase: JobPhase, reason: string | undefined, nowMs: number): void {
    this.#control = endedControl(this.#control, phase, reason);
    if (phase === 'done' || phase === 'failed') this.#log.note(phase, undefined, reason, nowMs);
    this.work.over(nowMs);
    this.#controlled(nowMs);
  }

  /** Whoever took the Job's term has no right over it that others lack: we take it from one that does not do what is wanted. */
  #insist(wish: JobWish, nowMs: number): void {
    if (this.role === 'coordinator' || !this.#port.canCoordinate(this.description)) return;
    if (this.#succession.isAttended(nowMs)) this.#succession.distrust(nowMs);
    this.takeOver(nowMs);
    this.#grant(wish, this.#port.self, nowMs);
  }

  /** What their results are in is done again, in a term of its own: no Lease of before may write. */
  #convict(liars: readonly NodeId[], nowMs: number): void {
    for (const node of liars) {
      this.#liars.add({ node, withdrawnCost: this.work.withdraw(node) });
      this.#log.note('wrong', node, undefined, nowMs);
      this.#port.log(`results of node ${node.slice(0, 8)} were wrong: what they were in is done again`);
    }
    this.takeOver(nowMs);
  }

  #grant(wish: JobWish, from: NodeId, nowMs: number): void {
    const before = this.#control;
    const after = wishedControl(before, wish);
    if (after === before) return;
    this.#control = after;
    this.#log.granted(wish, from, nowMs);
    if (wish.type === 'requeue') {
      // Anew, in a term of its own: no Lease of before may write.
      this.takeOver(nowMs);
      return;
    }
    if (isFinal(after.phase)) this.work.over(nowMs);
    else if (after.phase !== before.phase) this.work.setPaused(after.phase === 'paused', nowMs);
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
    const { id, control, term } = this;
    return {
      ...this.work.report,
      ...{ type: 'beat', id, term: term.number, control, liars: this.#liars.list },
    };
  }

  #follow(beat: Beat, isNew: boolean, nowMs: number): void {
    const before = this.#control;
    const order = compareControls(beat.control, before);
    if (isNew || order > 0) this.#control = beat.control;
    for (const liar of this.#liars.told(beat.liars)) this.work.withdraw(liar);
    this.#speaking.silence();
    this.#succession.setOver(isFinal(this.#control.phase));
    const hasCoordinated = this.work.isCoordinating;
    this.work.heard(beat);
    if (hasCoordinated) this.#wishes.bring(before, this.#control, nowMs);
    this.work.follow(isNew, nowMs);
    this.#log.follow(this.term.node, this.work.isStandby, nowMs);
    this.#wishes.controlled(this.#control);
    if (isNew || order !== 0) this.#port.changed(this, nowMs);
    this.#port.shown(this.id);
  }

  #contest({ number }: Term, nowMs: number): void {
    if (this.#speaking.mayAnswer(nowMs)) this.takeOver(nowMs, number);
  }

  #ask(nowMs: number): void {
    this.#succession.asked(nowMs);
    this.#port.tell(this.term.node, { type: 'ask', id: this.id, isNew: false });
  }
}
