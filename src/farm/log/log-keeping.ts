/**
 * A Job's log on one Node: written while it coordinates, copied by whoever keeps the second copy of the results, and fetched by whoever
 * wants to read it. It travels only to those who ask, and is taken only from those who were asked: nobody can push one on us.
 */
import type { NodeId } from '../../wire/index.ts';
import type {
  JobDescription,
  JobEvent,
  JobEventKind,
  JobId,
  JobWish,
  LogSection,
  Term,
} from '../contract.ts';
import type { FarmMessage } from '../messages.ts';
import { type Counted, JobLog } from './job-log.ts';

/** The keeper of the second copy asks so often, at a beat. */
const COPY_MS = 5_000;
/** Nobody is answered more often: an answer is a thousand times the question. */
const ANSWER_MS = 1_000;
/** An answer that comes later was not asked for. */
const ASKED_MS = 20_000;

const KIND_OF_WISH: Readonly<Record<JobWish['type'], JobEventKind>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  requeue: 'requeued',
  priority: 'priority',
};

export interface LogPort {
  readonly id: JobId;
  tell(to: NodeId, message: FarmMessage): void;
  /** That moment as ms since 1970. */
  wallMs(nowMs: number): number;
  nameOf(node: NodeId): string;
  /** Whoever wanted to read it can. */
  told(): void;
}

export class LogKeeping {
  readonly #port: LogPort;
  readonly #log: JobLog;
  readonly #askedAtMs = new Map<NodeId, number>();
  readonly #answeredAtMs = new Map<NodeId, number>();
  #copiedAtMs = Number.NEGATIVE_INFINITY;

  constructor(port: LogPort, sections: readonly LogSection[]) {
    this.#port = port;
    this.#log = new JobLog(sections);
  }

  get sections(): readonly LogSection[] {
    return this.#log.sections;
  }

  // Coordinating

  /** This Node coordinates from now on. */
  begin(term: Term, job: JobDescription, isTakeover: boolean, nowMs: number): void {
    const { lastLeader } = this.#log;
    this.#askedAtMs.clear();
    this.#log.begin(term);
    const { submitter: node, submittedAtMs: atMs } = job;
    if (!isTakeover) this.#add({ kind: 'submitted', atMs, node, detail: undefined });
    else if (lastLeader !== term.node) this.note('led', term.node, undefined, nowMs);
  }

  /** That Node's person wanted it. */
  granted(wish: JobWish, node: NodeId, nowMs: number): void {
    const detail = wish.type === 'priority' ? String(wish.priority) : undefined;
    this.note(KIND_OF_WISH[wish.type], node, detail, nowMs);
  }

  note(kind: JobEventKind, node: NodeId | undefined, detail: string | undefined, nowMs: number): void {
    this.#add({ atMs: this.#port.wallMs(nowMs), kind, node, detail });
  }

  count(node: NodeId, what: Counted, by = 1): void {
    this.#log.count(node, what, by, this.#port.nameOf(node));
  }

  // Following

  /** Another one coordinates, and has just spoken. */
  follow(coordinator: NodeId, isStandby: boolean, nowMs: number): void {
    this.#log.end();
    if (!isStandby || nowMs - this.#copiedAtMs < COPY_MS) return;
    this.#copiedAtMs = nowMs;
    this.#ask(coordinator, nowMs, this.#log.version);
  }

  /** A person wants to read it. */
  read(coordinator: NodeId, isOurs: boolean, nowMs: number): void {
    if (isOurs) this.#port.told();
    else this.#ask(coordinator, nowMs);
  }

  // What others send

  received(from: NodeId, message: FarmMessage, nowMs: number): void {
    switch (message.type) {
      case 'versions':
        // It has results of before, so it may have the log of before. Once for each term.
        if (this.#log.isWritten && !this.#askedAtMs.has(from)) this.#ask(from, nowMs);
        return;
      case 'ask-log':
        this.#asked(from, message.known, nowMs);
        return;
      case 'log':
        this.#told(from, message.sections, nowMs);
        return;
      default:
        return; // not about the log
    }
  }

  left(node: NodeId): void {
    this.#askedAtMs.delete(node);
    this.#answeredAtMs.delete(node);
  }

  #add(event: JobEvent): void {
    this.#log.add(event, event.node === undefined ? '' : this.#port.nameOf(event.node));
  }

  #asked(from: NodeId, known: number | undefined, nowMs: number): void {
    const isSoon = nowMs - (this.#answeredAtMs.get(from) ?? Number.NEGATIVE_INFINITY) < ANSWER_MS;
    if (isSoon || known === this.#log.version) return;
    this.#answeredAtMs.set(from, nowMs);
    this.#port.tell(from, { type: 'log', id: this.#port.id, sections: this.#log.sections });
  }

  #told(from: NodeId, sections: readonly LogSection[], nowMs: number): void {
    const askedAtMs = this.#askedAtMs.get(from) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - askedAtMs > ASKED_MS) return;
    this.#askedAtMs.set(from, Number.NEGATIVE_INFINITY);
    this.#log.merge(sections);
    this.#port.told();
  }

  #ask(node: NodeId, nowMs: number, known?: number): void {
    this.#askedAtMs.set(node, nowMs);
    this.#port.tell(node, { type: 'ask-log', id: this.#port.id, known });
  }
}
