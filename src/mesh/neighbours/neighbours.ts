/**
 * With whom to hold Links. Up to eight Nodes: with everyone. Beyond that with about six, never more than twelve: two of the
 * six because they are near, the others at random. What matters, in this order:
 * - whoever has no path to us (strangers.ts): that is how a mesh forms, heals and takes back who was away;
 * - then the slots: free ones are filled from a sample of the members (member-choice.ts, near-search.ts);
 * - then surplus goes, one at a time, at rest, and never across a cut (surplus.ts).
 *
 * It plans at a `wake`, once, when something it looks at has changed or its time has come; the work goes by the degree, not by
 * the number of members. All its numbers are in limits.ts.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { LinkDown } from '../vocabulary.ts';
import { Attempts } from './attempts.ts';
import { CallTimes } from './call-times.ts';
import type { NeighboursEffect, NeighboursEvent, NeighboursOptions, NeighboursProtocol } from './contract.ts';
import {
  FULL_MESH_NODES,
  MAX_DEGREE,
  MAX_DEGREE_FOR_STRANGERS,
  MAX_UNDER_WAY,
  NEAR_SLOTS,
  NEWCOMER_GRACE_MS,
  NEWCOMER_PATIENCE_MS,
  REFILL_LOOK_MS,
  RENDEZVOUS_BACK_MS,
  SECURE_DEGREE,
  SLOT_PATIENCE_MS,
  TARGET_DEGREE,
} from './limits.ts';
import { chooseMember } from './member-choice.ts';
import { NearSearch } from './near-search.ts';
import { jittered, Plan, type Why } from './plan.ts';
import { Strangers } from './strangers.ts';
import { Surplus } from './surplus.ts';

export class Neighbours implements NeighboursProtocol {
  readonly #options: NeighboursOptions;
  readonly #attempts: Attempts;
  readonly #callTimes = new CallTimes();
  readonly #strangers: Strangers;
  readonly #surplus: Surplus;
  readonly #nearSearch: NearSearch;
  readonly #blocked = new Set<NodeId>();
  /** Of those called or linked with; an entry goes with the call or the Link. */
  readonly #whys = new Map<NodeId, Why>();
  #nextWakeAt = NEVER;
  /** Members, and whether a slot was free, at the last plan: what tells whether a changed graph concerns us. */
  #plannedSize = -1;
  #hasRoom = true;
  /** Until then slots beyond SECURE_DEGREE are left for others to take. */
  #patientUntil = 0;
  /** A free slot is filled no sooner: calls for them are made one after the other. */
  #fillAt = 0;
  /** When the first Link of those that we have without a break came up. */
  #linkedSince = 0;

  constructor(options: NeighboursOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.random);
    this.#strangers = new Strangers(options, this.#attempts, this.#callTimes);
    this.#surplus = new Surplus(options);
    this.#nearSearch = new NearSearch(options);
  }

  get nextWakeAt(): number {
    return this.#nextWakeAt;
  }

  get blocked(): ReadonlySet<NodeId> {
    return this.#blocked;
  }

  mayAccept(peer: NodeId, degree: number): boolean {
    if (this.#blocked.has(peer)) return false;
    if (degree < MAX_DEGREE) return true;
    return degree < MAX_DEGREE_FOR_STRANGERS && !this.#options.view.has(peer);
  }

  why(peer: NodeId): string {
    return this.#isFullMesh() ? 'full mesh' : (this.#whys.get(peer) ?? 'chosen by them');
  }

  handle(event: NeighboursEvent, now: number): readonly NeighboursEffect[] {
    switch (event.type) {
      case 'wake':
        return now < this.#nextWakeAt ? NO_EFFECTS : this.#plan(now);
      case 'graph-changed':
        if (this.#concerns()) this.#planBy(now);
        return NO_EFFECTS;
      case 'joined':
        this.#onJoined(event.id, now);
        return NO_EFFECTS;
      case 'block':
        return this.#onBlock(event.peer, event.isBlocked, now);
      case 'rendezvous':
        this.#strangers.onRendezvous(event.state === 'online');
        // Away, it carried no calls: that they failed says nothing about whom they were for.
        if (event.state === 'online') this.#attempts.relax(RENDEZVOUS_BACK_MS, now);
        break;
      case 'candidates':
        this.#strangers.onCandidates(event.ids, now);
        break;
      case 'offered':
        this.#callTimes.offered(event.peer, now);
        return NO_EFFECTS;
      case 'candidate-gone':
        this.#strangers.onGone(event.id);
        break;
      case 'left':
        if (this.#options.view.hasLeft(event.id)) this.#strangers.forget(event.id);
        break;
      case 'link-up':
        if (this.#options.open.size <= 1) this.#linkedSince = now;
        this.#linksChanged(now);
        this.#strangers.onLinkUp(event.peer);
        this.#callTimes.linked(event.peer, now);
        if (!this.#whys.has(event.peer)) this.#whys.set(event.peer, 'chosen by them');
        break;
      case 'link-down':
        this.#onLinkDown(event, now);
        break;
      case 'attempt-failed':
        this.#attempts.failed(event.peer, this.#exists(event.peer), now);
        this.#attemptEnded(event.peer);
        break;
      case 'attempt-over':
        this.#attemptEnded(event.peer);
        break;
      case 'refused':
        this.#attempts.refused(event.peer, event.reason === 'full', now);
        this.#attemptEnded(event.peer);
        break;
    }
    this.#planBy(now);
    return NO_EFFECTS;
  }

  /** Two that hear of each other at the same time do not both call: in a full mesh the smaller id does, at once. */
  #onJoined(peer: NodeId, now: number): void {
    const { self, random } = this.#options;
    if (!this.#concerns()) return;
    this.#planBy(now);
    if (!this.#isFullMesh()) return;
    if (self < peer) this.#attempts.forget(peer);
    else if (!this.#strangers.isLost(peer)) {
      const graceMs = Math.max(NEWCOMER_GRACE_MS, this.#callTimes.graceMs(now));
      this.#attempts.hold(peer, now + jittered(graceMs, random));
    }
  }

  #onLinkDown({ peer, livedMs }: LinkDown, now: number): void {
    this.#linksChanged(now);
    this.#whys.delete(peer);
    const hadLasted = this.#attempts.ended(peer, livedMs, now);
    if (this.#options.view.hasLeft(peer)) this.#strangers.forget(peer);
    else if (hadLasted) this.#strangers.onLost(peer, now);
  }

  #onBlock(peer: NodeId, isBlocked: boolean, now: number): readonly NeighboursEffect[] {
    this.#planBy(now);
    if (!isBlocked) {
      if (this.#blocked.delete(peer)) this.#attempts.forget(peer);
      return NO_EFFECTS;
    }
    this.#blocked.add(peer);
    return this.#options.open.has(peer) ? [{ type: 'disconnect', peer, reason: 'blocked here' }] : NO_EFFECTS;
  }

  #linksChanged(now: number): void {
    this.#surplus.changed(now);
    const isNew = now - this.#linkedSince < NEWCOMER_PATIENCE_MS;
    const patienceMs = isNew ? NEWCOMER_PATIENCE_MS : SLOT_PATIENCE_MS;
    this.#patientUntil =
      now + jittered(Math.max(patienceMs, this.#callTimes.graceMs(now)), this.#options.random);
  }

  #attemptEnded(peer: NodeId): void {
    this.#callTimes.ended(peer);
    if (!this.#options.open.has(peer)) this.#whys.delete(peer);
  }

  /** It is or was with us: no invention of a registry's. */
  #exists(peer: NodeId): boolean {
    return this.#strangers.isSought(peer) || this.#options.view.has(peer);
  }

  #isComplete(): boolean {
    return this.#strangers.population <= this.#options.view.size;
  }

  #isFullMesh(): boolean {
    return this.#strangers.population < FULL_MESH_NODES;
  }

  /**
   * Whether a changed graph can change the plan. In a large mesh it changes all the time, and seldom concerns us; to count who is
   * there would cost a search of the graph each time.
   */
  #concerns(): boolean {
    if (this.#plannedSize >= FULL_MESH_NODES) return this.#hasRoom; // who leaves is told of by itself
    return this.#options.view.size !== this.#plannedSize;
  }

  #planBy(at: number): void {
    if (at < this.#nextWakeAt) this.#nextWakeAt = at;
  }

  #plan(now: number): readonly NeighboursEffect[] {
    const { view } = this.#options;
    const plan = new Plan(this.#options, this.#blocked, now);
    this.#plannedSize = view.size;
    this.#strangers.plan(plan);
    if (this.#isFullMesh()) {
      this.#completeFullMesh(plan);
    } else {
      this.#fillSlots(plan);
      if (plan.isAtRest) {
        this.#nearSearch.plan(plan, (peer) => this.#isReady(peer, plan));
        this.#surplus.plan(plan);
      } else if (this.#options.open.size > MAX_DEGREE) this.#surplus.plan(plan);
    }
    for (const [peer, why] of plan.called) {
      this.#whys.set(peer, why);
      this.#callTimes.began(peer, now);
    }
    this.#sweepWhys(plan);
    this.#nextWakeAt = plan.nextWakeAt;
    return plan.effects;
  }

  /** A call may end without a word to us. */
  #sweepWhys(plan: Plan): void {
    if (this.#whys.size <= 2 * MAX_UNDER_WAY) return;
    for (const peer of this.#whys.keys()) if (plan.isFree(peer)) this.#whys.delete(peer);
  }

  #completeFullMesh(plan: Plan): void {
    for (const peer of this.#options.view.ids()) {
      if (!plan.isFree(peer)) continue;
      const notBefore = this.#attempts.notBefore(peer);
      if (notBefore <= plan.now) plan.call(peer, 'random');
      else plan.lookAt(notBefore);
    }
  }

  #fillSlots(plan: Plan): void {
    const { open, random } = this.#options;
    const degree = open.size + plan.membersPending;
    this.#hasRoom = degree < TARGET_DEGREE;
    if (!this.#hasRoom) return;
    // A newcomer's first calls are to strangers, and come through while it learns that they are members.
    if (degree + plan.strangersPending >= SECURE_DEGREE && plan.now < this.#patientUntil) {
      this.#hasRoom = false;
      plan.lookAt(this.#patientUntil);
      return;
    }
    const othersUntil = this.#isComplete() ? 0 : this.#linkedSince + this.#callTimes.graceMs(plan.now);
    const notBefore = Math.max(this.#fillAt, othersUntil);
    if (plan.now < notBefore) {
      plan.lookAt(notBefore);
      return;
    }
    const chosen = chooseMember(this.#options, this.#isNearTurn(), (peer) => this.#isReady(peer, plan));
    const isCalled = chosen !== undefined && plan.call(chosen.peer, chosen.why);
    const pauseMs = isCalled ? this.#callTimes.typicalMs(plan.now) : REFILL_LOOK_MS;
    this.#fillAt = plan.now + jittered(pauseMs, random);
    plan.lookAt(this.#fillAt);
  }

  /** Each near one comes after one by chance: first ones that are all near leave a young mesh with far corners. */
  #isNearTurn(): boolean {
    let near = 0;
    let byChance = 0;
    for (const why of this.#whys.values()) {
      if (why === 'near') near++;
      else if (why !== 'chosen by them') byChance++;
    }
    return near < Math.min(NEAR_SLOTS, byChance);
  }

  #isReady(peer: NodeId, plan: Plan): boolean {
    return plan.isFree(peer) && this.#attempts.notBefore(peer) <= plan.now;
  }
}
