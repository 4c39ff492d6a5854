/** One publication of which somebody wants to know what became of it: its publisher, or we, because a queue group has to have it. */
import type { NodeId } from '../../wire/index.ts';
import type { ClientState } from './client-state.ts';
import { type AckOutcome, messageWeight } from './contract.ts';
import type { Publication } from './publication.ts';
import { Receipt } from './receipt.ts';

/** What a Node was sent a publication for. */
export interface Errand {
  /** For its subscriptions that are in no queue group. */
  readonly isPlain: boolean;
  /** For one member of each of these. */
  readonly queues: readonly string[];
}

export interface TrackedOptions {
  readonly client: ClientState;
  readonly publication: Publication;
  readonly ack: number | undefined;
  /** It is a request of somebody who wants to hear that nobody serves it. */
  readonly isAsking: boolean;
  /** What is not known by then is not waited for any longer. */
  readonly untilMs: number;
}

export class Tracked {
  readonly client: ClientState;
  readonly publication: Publication;
  readonly bytes: number;
  readonly ack: number | undefined;
  readonly isAsking: boolean;
  readonly untilMs: number;
  /** Nodes of which we do not know yet what they want. */
  readonly held = new Set<NodeId>();
  /** Nodes that were sent it for a queue group, by its name. */
  readonly tried = new Map<string, Set<NodeId>>();
  /** Queue groups of which nobody that we know is to have it any more; whether one may have had it, and is gone. */
  readonly #vacant = new Map<string, boolean>();
  /** Nodes that have it, or will, and did not say yet what became of it: by the number under which it was sent to them. */
  readonly #waiting = new Map<number, Map<NodeId, Errand>>();
  /** Of those errands, the ones that may be lost. */
  readonly #doubtful = new Set<Errand>();
  #subscriptions = 0;
  #nodes = 0;
  #dropped = 0;
  #gone = 0;
  /** Did not say what became of it while it was waited for. */
  #unanswered = 0;
  #open = 0;
  /** Of those that wait for an answer. */
  #groupErrands = 0;

  constructor({ client, publication, ack, isAsking, untilMs }: TrackedOptions) {
    this.client = client;
    this.publication = publication;
    this.bytes = messageWeight(publication);
    this.ack = ack;
    this.isAsking = isAsking;
    this.untilMs = untilMs;
  }

  get isSettled(): boolean {
    const isAwaited = this.#waiting.size > 0 && this.#mattersWhatTheySay;
    return this.#open === 0 && !isAwaited && this.held.size === 0;
  }

  /** To its publisher, or because somebody else may have to have it. */
  get #mattersWhatTheySay(): boolean {
    return this.ack !== undefined || this.#groupErrands > 0 || (this.isAsking && this.isUnheard);
  }

  /** Nobody has it, nobody had too little room for it, and nobody may have it and not say so. */
  get isUnheard(): boolean {
    return this.#subscriptions === 0 && this.#dropped === 0 && this.#unanswered === 0;
  }

  /** Numbers under which it was sent and not answered by all. */
  get seqs(): Iterable<number> {
    return this.#waiting.keys();
  }

  sent(seq: number, node: NodeId, errand: Errand): void {
    const waiting = this.#waiting.get(seq) ?? new Map<NodeId, Errand>();
    this.#waiting.set(seq, waiting);
    waiting.set(node, errand);
    if (errand.queues.length > 0) this.#groupErrands++;
    for (const queue of errand.queues) {
      const tried = this.tried.get(queue) ?? new Set();
      this.tried.set(queue, tried);
      tried.add(node);
    }
  }

  /** Who owes an answer. */
  get waitingFor(): Iterable<NodeId> {
    return new Set([...this.#waiting.values()].flatMap((errands) => [...errands.keys()]));
  }

  /** That Node has answered: undefined when it owes no answer. */
  answered(seq: number, node: NodeId): Errand | undefined {
    const waiting = this.#waiting.get(seq);
    const errand = waiting?.get(node);
    waiting?.delete(node);
    if (errand) this.#doubtful.delete(errand);
    if (errand && errand.queues.length > 0) this.#groupErrands--;
    if (waiting?.size === 0) this.#waiting.delete(seq);
    return errand;
  }

  /** What that Node was sent under that number may be lost. False when it owes no answer, or this was known. */
  doubt(seq: number, node: NodeId): boolean {
    const errand = this.#waiting.get(seq)?.get(node);
    if (!errand || this.#doubtful.has(errand)) return false;
    this.#doubtful.add(errand);
    return true;
  }

  isDoubtful(seq: number, node: NodeId): boolean {
    const errand = this.#waiting.get(seq)?.get(node);
    return errand !== undefined && this.#doubtful.has(errand);
  }

  /** For that Node, or for any. */
  isWaitingFor(seq: number, node?: NodeId): boolean {
    const waiting = this.#waiting.get(seq);
    return node === undefined ? waiting !== undefined : (waiting?.has(node) ?? false);
  }

  /** For what our own subscriptions do with it. @param then when they have */
  receipt(then: () => void): Receipt {
    this.#open++;
    return new Receipt(({ subscriptions, dropped }) => {
      this.#open--;
      this.heard(subscriptions, dropped);
      then();
    });
  }

  /** What one Node did with it. */
  heard(subscriptions: number, dropped: number): void {
    this.#subscriptions += subscriptions;
    this.#dropped += dropped;
    if (subscriptions > 0) this.#nodes++;
  }

  /** A Node that should have it left before it said so, or nobody took over for it. */
  missed(): void {
    this.#gone++;
  }

  /** That Node may have it, and is not waited for. */
  unanswered(): void {
    this.#unanswered++;
  }

  /** Nobody is waited for any longer. */
  expire(): void {
    const nodes = new Set([...this.waitingFor, ...this.held]);
    this.#unanswered += nodes.size + (this.#open > 0 ? 1 : 0);
    this.#waiting.clear();
    this.held.clear();
    this.#open = 0;
  }

  /** Nobody takes over for that queue group, unless it is one of those whom we have not met. */
  nobodyOf(queue: string, isGone: boolean): void {
    if (this.held.size > 0) this.#vacant.set(queue, isGone);
    else if (isGone) this.missed();
  }

  /** Whether a Node that we have met just now is to have it for that queue group. */
  isOpenTo(queue: string): boolean {
    return this.#vacant.delete(queue) || !this.tried.has(queue);
  }

  /** All have been met, or are gone. */
  noneHeld(): void {
    for (const isGone of this.#vacant.values()) if (isGone) this.missed();
    this.#vacant.clear();
  }

  get outcome(): AckOutcome {
    const [failure, reason] = this.#failure();
    return { subscriptions: this.#subscriptions, nodes: this.#nodes, failure, reason };
  }

  #failure(): [AckOutcome['failure'], string] {
    if (this.#dropped > 0) return ['too-slow', `${this.#dropped} subscriptions had no room for it`];
    if (this.#gone > 0) return ['partial', `${nodes(this.#gone)} left before they had taken it`];
    if (this.#unanswered > 0)
      return ['partial', `${nodes(this.#unanswered)} did not say in time what became of it there`];
    if (this.#subscriptions === 0) return ['no-responders', 'nobody subscribes to it'];
    return [undefined, ''];
  }
}

const nodes = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);
