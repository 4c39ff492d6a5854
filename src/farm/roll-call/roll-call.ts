/**
 * When does a newcomer know every Job? It asks each member which Jobs it coordinates, and is done when all have told and it knows those,
 * or they have left. Whoever was met late is asked late: so each also tells how many members it sees, and who sees fewer waits a moment
 * for the rest. No time is waited for that nobody needs, and as long as somebody needs: also for the first member, where one is needed.
 */
import type { NodeId } from '../../wire/index.ts';
import type { JobId } from '../contract.ts';

/** What a member answers. */
export interface Roll {
  /** Jobs that it coordinates, or that nobody does, as far as it knows; those that are not over first. */
  readonly jobs: readonly JobId[];
  /** Members that it knows, itself included. */
  readonly members: number;
}

/** Members that others see and we do not: when nobody has come for so long, they were ghosts. */
const QUIET_MS = 700;
/** A Job's description may be lost on its way. */
const ASK_AGAIN_MS = 1_000;

/** What a member has told and is not known here yet. */
interface Told {
  readonly jobs: Set<JobId>;
  /** When it is to be asked for them. */
  askAtMs: number;
}

export class RollCall {
  /** Whether they have been asked, and what they have told that is not known here yet. */
  readonly #open = new Map<NodeId, 'unasked' | 'asked' | Told>();
  readonly #others = new Set<NodeId>();
  readonly #silent = new Set<NodeId>();
  readonly #learned = new Set<JobId>();
  readonly #needsSomebody: boolean;
  #mostMembers = 0;
  #changedAtMs: number;

  /** `needsSomebody`: with nobody else there it is not over. */
  constructor(others: Iterable<NodeId>, nowMs: number, needsSomebody = false) {
    this.#needsSomebody = needsSomebody;
    this.#changedAtMs = nowMs;
    for (const node of others) this.joined(node, nowMs);
  }

  /** Members that did not answer, or told of Jobs that did not come. */
  get missing(): readonly NodeId[] {
    return [...new Set([...this.#silent, ...this.#open.keys()])];
  }

  get nextWakeAt(): number {
    const quietAtMs = this.#isMissingSome ? this.#changedAtMs + QUIET_MS : Number.POSITIVE_INFINITY;
    return Math.min(quietAtMs, ...this.#told().map(({ told }) => told.askAtMs));
  }

  isOver(nowMs: number): boolean {
    if (this.#open.size > 0 || (this.#needsSomebody && this.#others.size === 0)) return false;
    return !this.#isMissingSome || nowMs >= this.#changedAtMs + QUIET_MS;
  }

  joined(node: NodeId, nowMs: number): void {
    if (this.#others.has(node)) return;
    this.#others.add(node);
    this.#changedAtMs = nowMs;
    this.#ask(node);
  }

  left(node: NodeId, nowMs: number): void {
    if (!this.#others.delete(node)) return;
    this.#silent.delete(node);
    this.#changedAtMs = nowMs;
    // What it coordinated it has not told: the others may know that nobody does now.
    if (this.#open.delete(node)) for (const other of this.#others) this.#ask(other);
  }

  /** Who is to be asked, each once. */
  questions(): readonly NodeId[] {
    const unasked = [...this.#open].flatMap(([node, told]) => (told === 'unasked' ? [node] : []));
    for (const node of unasked) this.#open.set(node, 'asked');
    return unasked;
  }

  /** `roll`: undefined where nobody knows of Jobs. */
  answered(node: NodeId, roll: Roll | undefined, nowMs: number): void {
    if (this.#open.get(node) !== 'asked') return;
    const unknown = roll?.jobs.filter((id) => !this.#learned.has(id)) ?? [];
    if (unknown.length > 0) this.#open.set(node, { jobs: new Set(unknown), askAtMs: nowMs });
    else this.#open.delete(node);
    this.#mostMembers = Math.max(this.#mostMembers, roll?.members ?? 0);
  }

  /** It cannot be asked, or does not answer. */
  silent(node: NodeId): void {
    if (this.#open.delete(node)) this.#silent.add(node);
  }

  learned(id: JobId): void {
    this.#learned.add(id);
    for (const { node, told } of this.#told()) {
      told.jobs.delete(id);
      if (told.jobs.size === 0) this.#open.delete(node);
    }
  }

  /** Jobs that were told of and are not known: whom to ask now. */
  wanted(nowMs: number): readonly { readonly node: NodeId; readonly id: JobId }[] {
    const due = this.#told().filter(({ told }) => nowMs >= told.askAtMs);
    for (const { told } of due) told.askAtMs = nowMs + ASK_AGAIN_MS;
    return due.flatMap(({ node, told }) => [...told.jobs].map((id) => ({ node, id })));
  }

  #told(): readonly { readonly node: NodeId; readonly told: Told }[] {
    return [...this.#open].flatMap(([node, told]) => (typeof told === 'string' ? [] : [{ node, told }]));
  }

  #ask(node: NodeId): void {
    if (!this.#open.has(node)) this.#open.set(node, 'unasked');
  }

  get #isMissingSome(): boolean {
    return this.#others.size + 1 < this.#mostMembers;
  }
}
