/**
 * Whoever has no path to us: how a mesh forms, how a partition heals, how a frozen tab comes back. Alone, we call lost
 * neighbours, addresses remembered and whoever is registered, one first and more the longer nobody answers: so a
 * thousand ghosts keep nobody out. In company we call those we seek for their own sake (lost neighbours, newcomers we were
 * told of), and now and then one of the others, at a pace that the size of the mesh slows down: so parts of a mesh find each
 * other as long as one address known to any of them answers, and a room of a thousand does not call a newcomer at once.
 */
import { type Random, uniform } from '../../runtime/index.ts';
import { MAX_INSTANCES, type NodeId } from '../../wire/index.ts';
import type { Attempts } from './attempts.ts';
import type { CallTimes } from './call-times.ts';
import type { NeighboursOptions } from './contract.ts';
import {
  ALONE_LOOK_MS,
  APPROACH_MS,
  CUT_OFF_GRACE_MS,
  MAX_DEGREE,
  MAX_STRANGERS_PENDING,
  NEWCOMER_GRACE_MS,
  NEXT_CALL_MS,
  NODES_PER_APPROACH,
  REDIAL_AFTER_MS,
  REDIAL_JITTER_MS,
  REMEMBERED_SAMPLE,
  RESIDENTS_PER_NEWCOMER,
  SEEK_LOST_MS,
  SEEK_NEWCOMER_MS,
  YIELD_MS,
} from './limits.ts';
import { jittered, type Plan, sampleOf } from './plan.ts';
import { Registered } from './registered.ts';
import { Sought } from './sought.ts';

type StrangersOptions = Pick<NeighboursOptions, 'self' | 'random' | 'view' | 'open' | 'remembered'>;

export class Strangers {
  readonly #options: StrangersOptions;
  readonly #random: Random;
  readonly #attempts: Attempts;
  readonly #callTimes: CallTimes;
  readonly #registered = new Registered();
  readonly #sought = new Sought();
  #isRendezvousOnline = false;
  /** The first list of the rendezvous has come: whoever comes later is a newcomer, before it we are one. */
  #hasArrived = false;
  /** The first list is still to be answered with calls, whatever Links we have. */
  #isArriving = false;
  #aloneSince: number | undefined;
  /** Undefined until there is company; then when it began, or others were approached last. */
  #approachedAt: number | undefined;
  /** Of the pace, half to one and a half, drawn anew each time. */
  #approachShare = 1;

  constructor(options: StrangersOptions, attempts: Attempts, callTimes: CallTimes) {
    this.#options = options;
    this.#random = options.random;
    this.#attempts = attempts;
    this.#callTimes = callTimes;
  }

  /** Ids that are kept, here and as attempts. Bounded whatever the rendezvous says, and for however long. */
  get size(): number {
    return this.#registered.size + this.#sought.size + this.#attempts.size;
  }

  /** How many others there are, or will be in a moment: those in reach, or as many as the rendezvous names. */
  get population(): number {
    return Math.max(this.#options.view.size, this.#isRendezvousOnline ? this.#registered.size : 0);
  }

  /** Whether it is sought for its own sake: it exists, or did a moment ago. */
  isSought(peer: NodeId): boolean {
    return this.#sought.has(peer);
  }

  /** A neighbour that we had, and seek. */
  isLost(peer: NodeId): boolean {
    return this.#sought.has(peer) && this.#sought.newcomer(peer) === undefined;
  }

  onRendezvous(isOnline: boolean): void {
    this.#isRendezvousOnline = isOnline;
  }

  /** The list of the rendezvous. */
  onCandidates(ids: readonly NodeId[], now: number): void {
    const newcomers = this.#registered.update(ids, now);
    if (!this.#hasArrived) {
      this.#hasArrived = true;
      this.#isArriving = true;
      return;
    }
    // The rendezvous may have been away: what failed then says nothing about now.
    if (this.#options.open.size === 0) this.#attempts.relax(ALONE_LOOK_MS, now);
    for (const peer of newcomers) this.#onNewcomer(peer, now);
  }

  /** The rendezvous saw it go. */
  onGone(peer: NodeId): void {
    this.#registered.remove(peer);
    this.forget(peer);
  }

  /** A Link that had lasted broke. Both ends call, the greater id a moment later. */
  onLost(peer: NodeId, now: number): void {
    const yieldMs = this.#options.self > peer ? YIELD_MS : 0;
    this.#sought.add(peer, now + SEEK_LOST_MS);
    this.#attempts.hold(peer, now + REDIAL_AFTER_MS + yieldMs + uniform(this.#random) * REDIAL_JITTER_MS);
  }

  onLinkUp(peer: NodeId): void {
    this.#aloneSince = undefined;
    this.#sought.delete(peer);
  }

  /** Nothing of it needs to be remembered. */
  forget(peer: NodeId): void {
    this.#sought.delete(peer);
    this.#attempts.forget(peer);
  }

  plan(plan: Plan): void {
    const isAlone = this.#options.open.size === 0;
    if (isAlone) this.#aloneSince ??= plan.now;
    if (isAlone || this.#isArriving) this.#callAnyone(plan);
    else this.#approach(plan);
  }

  /**
   * It will call somebody itself; should it reach nobody, a few of us call it. Whom we seek already comes anew when it began another
   * life, or when an older list overtook a newer one: that is no reason to call it at once.
   */
  #onNewcomer(peer: NodeId, now: number): void {
    const { view, self } = this.#options;
    if (peer === self || view.has(peer)) return;
    // Whatever failed with this id before, it has just come.
    this.#attempts.forget(peer);
    const isOneOfFew = uniform(this.#random) * (this.population + 1) < RESIDENTS_PER_NEWCOMER;
    if (!isOneOfFew && !this.#sought.has(peer)) return;
    const turn = 1 + uniform(this.#random) * (RESIDENTS_PER_NEWCOMER - 1);
    this.#sought.add(peer, now + SEEK_NEWCOMER_MS, { sinceMs: now, turn });
    this.#attempts.hold(peer, now + NEWCOMER_GRACE_MS * (1 + uniform(this.#random)));
  }

  #callAnyone(plan: Plan): void {
    this.#isArriving = false;
    const aloneMs = plan.now - (this.#aloneSince ?? plan.now);
    const further = Math.floor(aloneMs / Math.max(NEXT_CALL_MS, this.#callTimes.graceMs(plan.now)));
    const most = Math.min(MAX_DEGREE, 1 + further);
    const isWanted = (peer: NodeId): boolean => this.#isReadyStranger(peer, plan);
    let room = most - plan.strangersPending;

    // These are few and known to exist; they do not wait behind ghosts.
    for (const peer of this.#sought.current(plan.now)) {
      if (isWanted(peer) && plan.call(peer, 'rescue')) room--;
    }
    // Who was here once is likelier to answer than whom a registry names; but half the calls go to the registered.
    const addresses = sampleOf(this.#options.remembered(), REMEMBERED_SAMPLE, this.#random);
    const isChoice = this.#registered.size > 0 && addresses.length > 0;
    let fromMemory = isChoice ? Math.floor(room / 2 + uniform(this.#random)) : room;
    for (const peer of addresses) {
      if (fromMemory > 0 && isWanted(peer) && plan.call(peer, 'rescue')) {
        fromMemory--;
        room--;
      }
    }
    if (room > 0) {
      for (const peer of this.#registered.pick(room, isWanted, this.#random)) plan.call(peer, 'random');
    }
    if (this.#registered.size + this.#sought.size + addresses.length > 0) {
      plan.lookAt(plan.now + jittered(ALONE_LOOK_MS, this.#random));
    }
  }

  #approach(plan: Plan): void {
    for (const peer of this.#sought.current(plan.now)) {
      const hasPath = this.#options.view.has(peer);
      if (this.#sought.isCutOff(peer, hasPath))
        this.#attempts.hold(peer, plan.now + CUT_OFF_GRACE_MS * (1 + uniform(this.#random)));
      if (hasPath || !plan.isFree(peer) || this.#isAbsent(peer)) continue;
      const notBefore = this.#notBefore(peer, plan.now);
      if (notBefore > plan.now) plan.lookAt(notBefore);
      else plan.call(peer, 'rescue');
    }
    // A mesh that has grown meanwhile is waited with as one of its present size.
    const mayApproach = this.#approachedAt !== undefined && plan.now >= this.#approachAt(plan.now);
    if (mayApproach) this.#approachOthers(plan);
    if (mayApproach || this.#approachedAt === undefined) {
      this.#approachedAt = plan.now;
      this.#approachShare = jittered(1, this.#random);
    }
    plan.lookAt(this.#approachAt(plan.now));
  }

  #approachAt(now: number): number {
    const paceMs = APPROACH_MS * Math.max(1, (this.#options.view.size + 1) / NODES_PER_APPROACH);
    return (this.#approachedAt ?? now) + this.#approachShare * Math.max(paceMs, this.#callTimes.graceMs(now));
  }

  /**
   * A newcomer is calling somebody, and its call may take long; when it is our turn is then still to be seen. The few of us that seek
   * it call one after the other: the first call may be all that it needs.
   */
  #notBefore(peer: NodeId, now: number): number {
    const notBefore = this.#attempts.notBefore(peer);
    const newcomer = this.#sought.newcomer(peer);
    if (!newcomer) return notBefore;
    // Alone, we share it with nobody.
    const turn = this.#options.open.size === 0 ? 1 : newcomer.turn;
    return Math.max(notBefore, newcomer.sinceMs + turn * this.#callTimes.graceMs(now));
  }

  #approachOthers(plan: Plan): void {
    const { view, remembered } = this.#options;
    const graceMs = this.#callTimes.graceMs(plan.now);
    // Who has come calls somebody itself, and we may have come a moment ago as well.
    const isTheirTurn = (peer: NodeId): boolean => plan.now < (this.#registered.since(peer) ?? 0) + graceMs;
    const isWanted = (peer: NodeId): boolean =>
      !view.hasLeft(peer) && !isTheirTurn(peer) && this.#isReadyStranger(peer, plan);
    let room = MAX_STRANGERS_PENDING - plan.strangersPending;
    if (room <= 0) return;
    const others = this.#registered.pick(2, isWanted, this.#random);
    const old = sampleOf(remembered(), REMEMBERED_SAMPLE, this.#random).find(isWanted);
    if (old !== undefined && !others.includes(old)) others.unshift(old);
    for (const peer of others) if (room-- > 0) plan.call(peer, 'rescue');
  }

  #isReadyStranger(peer: NodeId, plan: Plan): boolean {
    if (this.#options.view.has(peer) || !plan.isFree(peer) || this.#isAbsent(peer)) return false;
    return this.#notBefore(peer, plan.now) <= plan.now;
  }

  /** No path leads there, and the rendezvous, which names everyone while they are few, does not know it. Should it come, we are told. */
  #isAbsent(peer: NodeId): boolean {
    const registered = this.#registered;
    return (
      this.#isRendezvousOnline && this.#hasArrived && registered.size < MAX_INSTANCES && !registered.has(peer)
    );
  }
}
