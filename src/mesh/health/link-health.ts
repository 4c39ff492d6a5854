/**
 * Is the neighbour at the other end of this Link alive? After SWIM (Das, Gupta, Motivala 2002) with the local health of
 * Lifeguard (Dadgar, Phillips, Currey 2018), fitted to tabs:
 *
 * - Whatever arrives is life, not only answers to probes: a busy tab that still sends anything is not accused.
 * - Silence is measured in the time that *we* were awake. When our own timer comes late (a hidden tab, a busy page), what
 *   exceeds the plan is not held against the neighbour, whose frames may wait unread in our own event queue.
 * - Silence makes a neighbour suspected: it is asked faster, on the reliable channel too (a network may eat datagrams), and
 *   through other neighbours. Only then is it declared dead.
 * - The rendezvous seeing a socket die is a hint: it shortens the patience, it never declares anything.
 */
import type { Random } from '../../runtime/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { NodeHealth } from '../contract.ts';
import { encodeAck, encodeSyn, NONCE_BYTES, parseDatagram } from './datagram.ts';
import { RoundTrips } from './round-trips.ts';

/** One probe a second: the RTT stays fresh, and a hidden tab's timers manage it. */
const PROBE_EVERY_MS = 1000;
/** While in doubt. Several probes fit into the shortest patience below. */
const DOUBT_PROBE_EVERY_MS = 200;
/** Two probes and their answers lost before a word of doubt. */
const SUSPECT_AFTER_MS = 2000;
/** Without a hint. Long enough for a page that blocks its main thread over a scene; a vanished peer takes 15 s in WebRTC. */
const DEAD_AFTER_MS = 5000;
/** With a hint: six unanswered probes. */
const DEAD_AFTER_HINT_MS = 1200;
/** When the neighbour is known to live through others: only the Link is silent, and ICE often recovers within this. */
const DEAD_AFTER_THOUGH_ALIVE_MS = 10_000;
/** How long an answer through others counts. */
const INDIRECT_LIFE_MS = 2000;
/** A hint keeps its weight this long: frames already under way when the neighbour died must not outlive it. */
const HINT_LASTS_MS = 5000;
/** How much later than planned a timer may come before the rest is called our own sleep. */
const TIMER_TOLERANCE_MS = 100;

export type HealthEffect =
  | { readonly type: 'datagram'; readonly bytes: Uint8Array }
  /** Ask on the reliable channel of this Link. */
  | { readonly type: 'ping' }
  /** Ask through other neighbours. */
  | { readonly type: 'probe-through-others' }
  | { readonly type: 'health-changed'; readonly health: NodeHealth }
  /** Differs enough to change routes; urgent for the first one and when the Link falls silent or speaks again. */
  | { readonly type: 'rtt-changed'; readonly isUrgent: boolean };

export class LinkHealth {
  readonly #random: Random;
  readonly #trips = new RoundTrips();
  #health: NodeHealth = 'healthy';
  #hasHeard = false;
  #silenceMs = 0;
  #hintedUntil = Number.NEGATIVE_INFINITY;
  #aliveElsewhereUntil = Number.NEGATIVE_INFINITY;
  #lastWakeAt: number;
  #nextWakeAt: number;
  #publishedRttMs: number | undefined;

  constructor(now: number, random: Random) {
    this.#random = random;
    this.#lastWakeAt = now;
    this.#nextWakeAt = now; // the first probe at once: routes want an RTT
  }

  get health(): NodeHealth {
    return this.#health;
  }

  /** Smoothed, ms. A Link that is silent is at least as slow as its silence: routes lead around it before it is dead. */
  get rttMs(): number | undefined {
    const rttMs = this.#trips.rttMs;
    return this.#health === 'healthy' ? rttMs : Math.max(rttMs ?? 0, this.#silenceMs);
  }

  get loss(): number {
    return this.#trips.loss;
  }

  get nextWakeAt(): number {
    return this.#nextWakeAt;
  }

  /** Any frame arrived on this Link. Called for each, so it only takes a note. */
  heard(): void {
    this.#hasHeard = true;
  }

  /** The neighbour answered through others: it lives, whatever this Link does. */
  heardElsewhere(now: number): void {
    this.#hintedUntil = Number.NEGATIVE_INFINITY;
    this.#aliveElsewhereUntil = now + INDIRECT_LIFE_MS;
  }

  /** The rendezvous saw this neighbour's socket die: look closely, now. */
  hint(now: number): void {
    this.#hintedUntil = now + HINT_LASTS_MS;
    this.#hasHeard = false;
    this.#silenceMs = 0;
    this.#lastWakeAt = now;
    this.#nextWakeAt = now;
  }

  onDatagram(bytes: Uint8Array, now: number): HealthEffect[] {
    const datagram = parseDatagram(bytes);
    if (!datagram) return [];
    if (datagram.kind === 'syn') {
      this.heard();
      return [{ type: 'datagram', bytes: encodeAck(bytes) }];
    }
    if (!this.#trips.answered(datagram.nonce, now)) return [];
    this.heard();
    return this.#rttNews();
  }

  /** Call when `nextWakeAt` has come; earlier calls do nothing. */
  wake(now: number): HealthEffect[] {
    if (now < this.#nextWakeAt || this.#health === 'dead') return [];
    const plannedMs = this.#nextWakeAt - this.#lastWakeAt;
    const awakeMs = Math.min(now - this.#lastWakeAt, plannedMs + TIMER_TOLERANCE_MS);
    this.#lastWakeAt = now;
    this.#silenceMs = this.#hasHeard ? 0 : this.#silenceMs + awakeMs;
    this.#hasHeard = false;

    const isHinted = now < this.#hintedUntil;
    const effects: HealthEffect[] = [];
    const health = this.#judge(isHinted, now < this.#aliveElsewhereUntil);
    if (health !== this.#health) {
      this.#health = health;
      effects.push({ type: 'health-changed', health }, { type: 'rtt-changed', isUrgent: true });
    }
    if (health === 'dead') return effects;
    const inDoubt = isHinted || health === 'suspected';
    this.#nextWakeAt = now + (inDoubt ? DOUBT_PROBE_EVERY_MS : PROBE_EVERY_MS);
    const nonce = this.#random.bytes(NONCE_BYTES);
    this.#trips.asked(toHex(nonce), now);
    effects.push({ type: 'datagram', bytes: encodeSyn(nonce) });
    if (inDoubt) effects.push({ type: 'ping' });
    if (health === 'suspected') effects.push({ type: 'probe-through-others' });
    return effects;
  }

  #judge(isHinted: boolean, isAliveElsewhere: boolean): NodeHealth {
    const ordinaryMs = isAliveElsewhere ? DEAD_AFTER_THOUGH_ALIVE_MS : DEAD_AFTER_MS;
    const patienceMs = isHinted ? DEAD_AFTER_HINT_MS : ordinaryMs;
    if (this.#silenceMs >= patienceMs) return 'dead';
    return this.#silenceMs >= (isHinted ? DEAD_AFTER_HINT_MS / 2 : SUSPECT_AFTER_MS)
      ? 'suspected'
      : 'healthy';
  }

  /** Routes and records hear of a round trip only when it differs by a quarter and by a millisecond. */
  #rttNews(): HealthEffect[] {
    const rttMs = this.#trips.rttMs;
    if (rttMs === undefined) return [];
    const before = this.#publishedRttMs;
    if (before !== undefined && Math.abs(rttMs - before) < Math.max(1, before / 4)) return [];
    this.#publishedRttMs = rttMs;
    return [{ type: 'rtt-changed', isUrgent: before === undefined }];
  }
}
