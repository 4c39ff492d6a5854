/**
 * From a publisher to whoever wants it: our own subscriptions at once, the other Nodes by one message to those that are interested. Of
 * each queue group one member is chosen here, near first and then by turns, and named in the message; when its Node leaves before it
 * has said what became of it, or has no such member any more, another is chosen. A Node that we have not met yet may want it, too: for
 * it the message is kept until we know. Nobody is waited for without end: a member may say nothing, out of malice or because it is stuck.
 */
import type { NodeId } from '../../wire/index.ts';
import type { ClientId, ClientState } from './client-state.ts';
import type { Subject } from './contract.ts';
import { GroupChoice, type GroupChoicePort } from './group-choice.ts';
import { Oversleeping } from './oversleeping.ts';
import { Patience } from './patience.ts';
import type { Publication } from './publication.ts';
import { isAfter } from './sending-order.ts';
import { type Errand, Tracked, type TrackedOptions } from './tracked.ts';

/** A publication as it leaves for other Nodes. */
export interface Outgoing {
  readonly targets: readonly NodeId[];
  readonly publication: Publication;
  /** They say what became of it under this number; 0: nobody wants to know. */
  readonly seq: number;
  /** Its plain subscriptions have it already. */
  readonly isForGroupsOnly: boolean;
  /** Which Node is to give it to a member of which queue groups. */
  readonly picks: ReadonlyMap<NodeId, readonly string[]>;
}

/** What became of a publication on one Node. */
export interface PublicationResult {
  readonly seq: number;
  readonly subscriptions: number;
  readonly dropped: number;
  /** Queue groups of which nobody was there any more. */
  readonly missing: readonly string[];
}

export interface PublishingPort extends GroupChoicePort {
  /** Members of which we do not know yet what they want. */
  readonly unmet: ReadonlySet<NodeId>;
  /**
   * Under which the first is sent of which we want to know what became of it. Drawn anew in each life: what others have still to say of the one
   * before is nothing to this one.
   */
  readonly firstSeq: number;
  send(outgoing: Outgoing): void;
}

/** Of what is kept for Nodes that we have not met; a publisher that minds `room` does not come near it. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** What had left before its Node told of a gap, and came, is answered within it; so long is also waited for who let a message time out. */
const DOUBT_MS = 5_000;
/** For whoever is to say what became of a message, or what it wants. */
const ANSWER_TIMEOUT_MS = 30_000;
const MAX_SEQ = 0xffff_ffff;
const NEVER = Number.POSITIVE_INFINITY;
const NO_PICKS: ReadonlyMap<NodeId, readonly string[]> = new Map();
const NO_RESPONDERS = new TextEncoder().encode('NATS/1.0 503\r\n\r\n');
const NOTHING = new Uint8Array();

interface Doubt {
  readonly node: NodeId;
  readonly seqs: readonly number[];
  readonly sinceMs: number;
  /** What it does not answer for did not come to it: a queue group's message goes to another member. */
  readonly isLoss: boolean;
}

export class Publishing {
  readonly #port: PublishingPort;
  /** In the order in which they time out. */
  readonly #tracked = new Set<Tracked>();
  readonly #bySeq = new Map<number, Tracked>();
  readonly #groups: GroupChoice;
  readonly #oversleeping = new Oversleeping();
  readonly #patience = new Patience(ANSWER_TIMEOUT_MS);
  /** In the order in which they began. */
  readonly #doubts = new Set<Doubt>();
  /** None times out before; a publication that is settled, as nearly all are, leaves it where it is, and no timer is set anew. */
  #expireAtMs = NEVER;
  #seq: number;
  #heldBytes = 0;
  /** Were not kept for a Node that may have wanted them. */
  overflowed = 0;

  constructor(port: PublishingPort) {
    this.#port = port;
    this.#groups = new GroupChoice(port);
    this.#seq = port.firstSeq;
  }

  publish(client: ClientState, publication: Publication, ack: number | undefined, nowMs: number): void {
    const { local, peers, unmet } = this.#port;
    const { echo, headers, noResponders } = client.options;
    const { subject, reply } = publication;
    const except = echo ? undefined : client.family;
    const isAsking = reply !== undefined && noResponders && headers;
    const wanted = peers.match(subject);
    if (ack === undefined && !isAsking && wanted.groups.size === 0 && unmet.size === 0) {
      this.#publishUntracked(publication, wanted.nodes, except);
      return;
    }
    const untilMs = nowMs + ANSWER_TIMEOUT_MS;
    const tracked = this.#track({ client, publication, ack, isAsking, untilMs });
    const receipt = tracked.receipt(() => this.#check(tracked));
    local.deliverPlain(publication, receipt, except);
    this.#holdForUnmet(tracked);
    const picks = new Map<NodeId, string[]>();
    for (const queue of new Set([...local.match(subject).groups.keys(), ...wanted.groups.keys()])) {
      const chosen = this.#groups.choose(queue, tracked, except);
      if (chosen === this.#port.self) {
        tracked.tried.set(queue, new Set());
        local.deliverToGroup(queue, publication, receipt, except);
      } else if (chosen !== undefined) {
        picks.set(chosen, [...(picks.get(chosen) ?? []), queue]);
      }
    }
    this.#send(tracked, wanted.nodes, picks);
    for (const node of new Set([...this.#groups.inArrears, ...this.#patience.exhausted(nowMs)])) {
      const seqs = [...tracked.seqs].filter((seq) => tracked.isWaitingFor(seq, node));
      this.#waitShortly({ node, seqs, isLoss: false }, nowMs);
    }
    receipt.release();
  }

  /** To our own subscriptions, and of each queue group on this Node to one member. */
  publishHere(publication: Publication): void {
    this.#publishUntracked(publication, [], undefined);
  }

  /** A Node says what became of it. */
  result(from: NodeId, { seq, subscriptions, dropped, missing }: PublicationResult): void {
    this.#groups.inArrears.delete(from);
    const tracked = this.#bySeq.get(seq);
    const errand = tracked && this.#answered(tracked, seq, from);
    if (!tracked || !errand) return;
    tracked.heard(subscriptions, dropped);
    const absent = new Set(missing);
    this.#reassignAll(
      tracked,
      errand.queues.filter((queue) => absent.has(queue)),
      false,
    );
    this.#check(tracked);
  }

  /** Some of what that Node was sent after a number did not come to it: what it does not answer for soon is lost. */
  gap(node: NodeId, after: number, nowMs: number): void {
    const seqs: number[] = [];
    for (const [seq, tracked] of this.#bySeq) {
      if ((after === 0 || isAfter(seq, after)) && tracked.doubt(seq, node)) seqs.push(seq);
    }
    this.#waitShortly({ node, seqs, isLoss: true }, nowMs);
  }

  get nextWakeAt(): number {
    return this.#oversleeping.wakeAt(this.#dueMs);
  }

  get #dueMs(): number {
    const [oldest] = this.#doubts;
    return Math.min(oldest ? oldest.sinceMs + DOUBT_MS : NEVER, this.#expireAtMs);
  }

  wake(nowMs: number): void {
    if (!this.#oversleeping.isOver(this.#dueMs, nowMs)) return;
    if (nowMs >= this.#expireAtMs) this.#expireSome(nowMs);
    for (const doubt of this.#doubts) {
      if (doubt.sinceMs + DOUBT_MS > nowMs) break;
      this.#doubts.delete(doubt);
      this.#isOver(doubt);
    }
  }

  #isOver({ node, seqs, isLoss }: Doubt): void {
    for (const seq of seqs) {
      const tracked = this.#bySeq.get(seq);
      if (!tracked) continue;
      if (isLoss ? this.#fail(tracked, seq, node) : this.#giveUp(tracked, seq, node)) this.#check(tracked);
    }
  }

  #waitShortly(doubt: Omit<Doubt, 'sinceMs'>, nowMs: number): void {
    if (doubt.seqs.length > 0) this.#doubts.add({ ...doubt, sinceMs: nowMs });
  }

  #expireSome(nowMs: number): void {
    this.#expireAtMs = NEVER;
    for (const tracked of this.#tracked) {
      if (tracked.untilMs > nowMs) {
        this.#expireAtMs = tracked.untilMs;
        break;
      }
      this.#expire(tracked, nowMs);
    }
  }

  #expire(tracked: Tracked, nowMs: number): void {
    for (const node of tracked.waitingFor) {
      this.#groups.inArrears.add(node);
      this.#patience.waited(node, tracked.untilMs - ANSWER_TIMEOUT_MS, nowMs);
    }
    this.#forget(tracked);
    if (tracked.held.size > 0) {
      this.#heldBytes -= tracked.bytes;
      this.overflowed++;
    }
    tracked.expire();
    this.#check(tracked);
  }

  /** Now we know what that Node wants. */
  met(node: NodeId): void {
    const { peers } = this.#port;
    for (const tracked of [...this.#tracked]) {
      if (!this.#unhold(tracked, node)) continue;
      const wanted = peers.match(tracked.publication.subject);
      const queues = [...wanted.groups]
        .filter(([queue, members]) => members.some(({ key }) => key === node) && tracked.isOpenTo(queue))
        .map(([queue]) => queue);
      const picks = queues.length > 0 ? new Map([[node, queues]]) : NO_PICKS;
      this.#send(tracked, wanted.nodes.includes(node) ? [node] : [], picks);
      this.#check(tracked);
    }
  }

  /** It wants nothing, or is gone, and takes with it what it was sent and did not acknowledge. */
  left(node: NodeId): void {
    this.#groups.left(node);
    for (const tracked of [...this.#tracked]) if (this.#unhold(tracked, node)) this.#check(tracked);
    this.lost(node);
  }

  /** Whatever it was sent and did not acknowledge is lost. */
  lost(node: NodeId): void {
    for (const tracked of [...this.#tracked]) {
      let isConcerned = false;
      for (const seq of [...tracked.seqs]) {
        if (this.#fail(tracked, seq, node)) isConcerned = true;
      }
      if (isConcerned) this.#check(tracked);
    }
  }

  /** The mesh did not take it: none of its targets has it. */
  unsent({ seq, targets }: Outgoing): void {
    const tracked = this.#bySeq.get(seq);
    if (!tracked) return;
    for (const node of targets) this.#fail(tracked, seq, node);
    this.#check(tracked);
  }

  #publishUntracked(
    publication: Publication,
    targets: readonly NodeId[],
    except: ClientId | undefined,
  ): void {
    const { local } = this.#port;
    local.deliverPlain(publication, undefined, except);
    for (const queue of local.match(publication.subject).groups.keys()) {
      local.deliverToGroup(queue, publication, undefined, except);
    }
    if (targets.length === 0) return;
    this.#port.send({ targets, publication, seq: 0, isForGroupsOnly: false, picks: NO_PICKS });
  }

  #track(options: TrackedOptions): Tracked {
    const tracked = new Tracked(options);
    this.#tracked.add(tracked);
    this.#expireAtMs = Math.min(this.#expireAtMs, tracked.untilMs);
    options.client.tracked(tracked.bytes);
    return tracked;
  }

  #holdForUnmet(tracked: Tracked): void {
    const { unmet } = this.#port;
    if (unmet.size === 0) return;
    if (this.#heldBytes + tracked.bytes > MAX_HELD_BYTES) {
      this.overflowed++;
      tracked.missed();
      return;
    }
    this.#heldBytes += tracked.bytes;
    for (const node of unmet) tracked.held.add(node);
  }

  #unhold(tracked: Tracked, node: NodeId): boolean {
    if (!tracked.held.delete(node)) return false;
    if (tracked.held.size === 0) this.#heldBytes -= tracked.bytes;
    return true;
  }

  #send(
    tracked: Tracked,
    plain: readonly NodeId[],
    picks: ReadonlyMap<NodeId, readonly string[]>,
    isForGroupsOnly = false,
  ): void {
    const isPlain = new Set(plain);
    const targets = [...new Set([...plain, ...picks.keys()])];
    if (targets.length === 0) return;
    this.#seq = this.#seq === MAX_SEQ ? 1 : this.#seq + 1;
    this.#bySeq.set(this.#seq, tracked);
    for (const node of targets) {
      tracked.sent(this.#seq, node, { isPlain: isPlain.has(node), queues: picks.get(node) ?? [] });
    }
    const { publication } = tracked;
    this.#port.send({ targets, publication, seq: this.#seq, isForGroupsOnly, picks });
  }

  /** That Node may have it and is not waited for; false when it owed nothing, or has said meanwhile that this may be lost. */
  #giveUp(tracked: Tracked, seq: number, node: NodeId): boolean {
    if (tracked.isDoubtful(seq, node) || !this.#answered(tracked, seq, node)) return false;
    tracked.unanswered();
    return true;
  }

  /** That Node will not answer; false when it owed nothing. */
  #fail(tracked: Tracked, seq: number, node: NodeId): boolean {
    const errand = this.#answered(tracked, seq, node);
    if (!errand) return false;
    if (errand.isPlain) tracked.missed();
    this.#reassignAll(tracked, errand.queues, true);
    return true;
  }

  #answered(tracked: Tracked, seq: number, node: NodeId): Errand | undefined {
    const errand = tracked.answered(seq, node);
    if (!tracked.isWaitingFor(seq)) this.#bySeq.delete(seq);
    return errand;
  }

  /** It is not settled before each of them has it. */
  #reassignAll(tracked: Tracked, queues: readonly string[], isGone: boolean): void {
    const receipt = tracked.receipt(() => {});
    for (const queue of queues) this.#reassign(tracked, queue, isGone);
    receipt.release();
  }

  /** The member of a queue group that was to have it does not: another one has to. @param isGone it may have had it */
  #reassign(tracked: Tracked, queue: string, isGone: boolean): void {
    const { local, self } = this.#port;
    const { client, publication } = tracked;
    const except = client.options.echo ? undefined : client.family;
    const chosen = this.#groups.choose(queue, tracked, except);
    if (chosen === self) {
      const receipt = tracked.receipt(() => this.#check(tracked));
      local.deliverToGroup(queue, publication, receipt, except);
      receipt.release();
    } else if (chosen !== undefined) {
      this.#send(tracked, [], new Map([[chosen, [queue]]]), true);
    } else tracked.nobodyOf(queue, isGone);
  }

  #check(tracked: Tracked): void {
    if (tracked.held.size === 0) tracked.noneHeld();
    if (!tracked.isSettled || !this.#tracked.has(tracked)) return;
    const { client, publication, ack, isAsking } = tracked;
    this.#tracked.delete(tracked);
    this.#forget(tracked);
    client.settled(tracked.bytes);
    if (ack !== undefined) client.tell({ type: 'ack', token: ack, outcome: tracked.outcome });
    if (isAsking && tracked.isUnheard && publication.reply) this.#sayNobody(client, publication.reply);
  }

  /** What is still said of it is of no concern. */
  #forget(tracked: Tracked): void {
    for (const seq of tracked.seqs) this.#bySeq.delete(seq);
  }

  /** As nats-server answers a request that nobody serves: an empty message with the status 503, to the requester only. */
  #sayNobody(client: ClientState, reply: Subject): void {
    const { local, self } = this.#port;
    const publication = {
      subject: reply,
      reply: undefined,
      headers: NO_RESPONDERS,
      payload: NOTHING,
      from: self,
    };
    local.deliverToFamily(publication, client.family);
  }
}
