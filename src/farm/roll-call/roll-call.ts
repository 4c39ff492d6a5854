/**
 * When does a newcomer know every Job? It asks each member which Jobs it knows, and is done when all have told and it knows those,
 * or they have left. Whoever was met late is asked late: so each also tells how many members it sees, and who sees fewer waits a moment
 * for the rest. No time is waited for that nobody needs, and as long as somebody needs: also for the first member, where one is needed.
 */
import type { NodeId } from '../../wire/index.ts';
import type { JobId } from '../contract.ts';

/** What a member answers. */
export interface Roll {
  /** Jobs that it coordinates, and others that go on, or that nobody does, as far as it knows; its own first. */
  readonly jobs: readonly JobId[];
  /** Members that it knows, itself included. */
  readonly members: number;
}

/** Members that others see and we do not: when nobody has come for so long, they were ghosts. */
const QUIET_MS = 700;
/** A Job's description may be lost on its way. */
const ASK_AGAIN_MS = 1_000;

/** A Job that was told of and is not known here yet. */
interface Wanted {
  /** Whom to ask for it, the next one first. */
  readonly tellers: NodeId[];
  askAtMs: number;
}

export class RollCall {
  /** Whether they have been asked; or the Jobs that they have told of and are not known here yet. */
  readonly #open = new Map<NodeId, 'unasked' | 'asked' | Set<JobId>>();
  readonly #wanted = new Map<JobId, Wanted>();
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
    return Math.min(quietAtMs, ...[...this.#wanted.values()].map(({ askAtMs }) => askAtMs));
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
    // What it knew it has not told: the others may by now.
    if (this.#open.delete(node)) for (const other of this.#others) this.#ask(other);
    for (const id of this.#wanted.keys()) this.#cannotTell(node, id);
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
    for (const id of unknown) {
      const wanted = this.#wanted.get(id) ?? { tellers: [], askAtMs: nowMs };
      if (!wanted.tellers.includes(node)) wanted.tellers.push(node);
      this.#wanted.set(id, wanted);
    }
    if (unknown.length > 0) this.#open.set(node, new Set(unknown));
    else this.#open.delete(node);
    this.#mostMembers = Math.max(this.#mostMembers, roll?.members ?? 0);
  }

  /** It cannot be asked, or does not answer. */
  silent(node: NodeId): void {
    if (this.#open.delete(node)) this.#silent.add(node);
  }

  learned(id: JobId): void {
    this.#learned.add(id);
    for (const node of this.#wanted.get(id)?.tellers.slice() ?? []) this.#cannotTell(node, id);
  }

  /** Jobs that were told of and are not known: whom to ask now. One after the other of those that told. */
  wanted(nowMs: number): readonly { readonly node: NodeId; readonly id: JobId }[] {
    return [...this.#wanted].flatMap(([id, wanted]) => {
      const [node, ...others] = wanted.tellers;
      if (node === undefined || nowMs < wanted.askAtMs) return [];
      wanted.askAtMs = nowMs + ASK_AGAIN_MS;
      wanted.tellers.splice(0, wanted.tellers.length, ...others, node);
      return [{ node, id }];
    });
  }

  /** It is not needed for this Job any more, or gone. */
  #cannotTell(node: NodeId, id: JobId): void {
    const tellers = this.#wanted.get(id)?.tellers ?? [];
    const at = tellers.indexOf(node);
    if (at >= 0) tellers.splice(at, 1);
    if (tellers.length === 0) this.#wanted.delete(id);
    const told = this.#open.get(node);
    if (told instanceof Set && told.delete(id) && told.size === 0) this.#open.delete(node);
  }

  #ask(node: NodeId): void {
    if (!this.#open.has(node)) this.#open.set(node, 'unasked');
  }

  get #isMissingSome(): boolean {
    return this.#others.size + 1 < this.#mostMembers;
  }
}
