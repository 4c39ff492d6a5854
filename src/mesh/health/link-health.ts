/**
 * Is the neighbour at the other end of this Link alive? After SWIM (Das, Gupta, Motivala 2002) with Lifeguard (Dadgar,
 * Phillips, Currey 2018), fitted to tabs:
 *
 * - Whatever arrives is life, not only answers to probes. So one end of a Link probes (`isProber`, the smaller id), and
 *   its SYNs are life for the other, which probes only now and then, for a round trip of its own.
 * - healthy -> doubt (silence: ask often, on the reliable channel too, and through others) -> suspected (tell the other
 *   neighbours, who confirm or deny) -> dead. Each step needs time of its own, so that one late timer never jumps two.
 * - Silence is measured in the time that *we* were awake: `forgive` takes the rest away.
 * - The rendezvous seeing a socket die is a hint: it shortens the patience, it never declares anything.
 * - A worker may answer for a page that stands still: alive, and of no use until the page is back.
 */
import { uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { NodeHealth } from '../contract.ts';
import { NO_EFFECTS } from '../protocol.ts';
import { Alert } from './alert.ts';
import type { LinkEffect, LinkHealthOptions } from './contract.ts';
import { encodeSyn, NONCE_BYTES } from './datagram.ts';
import { DEAD_AFTER_HINT_MS, deathReason, type Silence } from './death.ts';
import { Rhythm } from './rhythm.ts';
import { RoundTrips } from './round-trips.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { Suspicion } from './suspicion.ts';

/** The other end's own probes, for its RTT; varied by a fifth so that they spread. A prober that hears enough asks as rarely. */
const RTT_EVERY_MS = 10_000;
/** On a slow rhythm they are still few beside the prober's: one in so many. */
const RTT_EVERY_RHYTHMS = 5;
/** An answer may take this long before there is doubt: for late timers. The round trip comes on top, up to MAX_RTT_ALLOWANCE_MS. */
const DOUBT_SLACK_MS = 200;
const MAX_RTT_ALLOWANCE_MS = 1000;
/** While a neighbour of ours suspects it, or the rendezvous saw it go. */
const ALERT_DOUBT_AFTER_MS = 600;
/** While in doubt. */
const DOUBT_PROBE_EVERY_MS = 200;
const PING_EVERY_MS = 600;
/** In doubt, before others are asked to ask, or to carry: one lost datagram does not wake the neighbourhood. */
const ASK_OTHERS_AFTER_MS = 300;
/** In doubt, before suspicion: three unanswered probes and a ping. */
const SUSPECT_AFTER_DOUBT_MS = 600;
/** The same when a neighbour suspects it already, which has asked as long: two of our own. */
const SUSPECT_AFTER_SHARED_DOUBT_MS = 400;
/** A page that stands still behind its worker is called suspected after this. */
const BUSY_SUSPECT_AFTER_MS = 3000;

export class LinkHealth {
  /** The neighbour's own count of its refutations: what was said of an earlier one is over. */
  incarnation = 0;
  readonly #options: LinkHealthOptions;
  readonly #signs: SignsOfLife;
  readonly #rhythm: Rhythm;
  readonly #trips = new RoundTrips();
  readonly #alert = new Alert();
  #health: NodeHealth = 'healthy';
  #suspicion: Suspicion | undefined;
  #lastProbeAt = Number.NEGATIVE_INFINITY;
  /** The first probe since anything was heard; before the last sign of life when there is none. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #lastPingAt = Number.NEGATIVE_INFINITY;
  #lastAskAt = Number.NEGATIVE_INFINITY;
  #rttDueAt = Number.NEGATIVE_INFINITY;
  #doubtSince: number | undefined;
  #lastDenialAt = Number.NEGATIVE_INFINITY;
  #nextWakeAt: number;
  /** What `nextWakeAt` answers at rest until something happens here: all Links are asked after most events of one. */
  #knownWakeAt: number | undefined;
  /** Healthy, and nobody has said anything to the contrary since it was looked at last. */
  #isAtRest = false;

  constructor(now: number, options: LinkHealthOptions) {
    this.#options = options;
    this.#rhythm = new Rhythm(() => options.restRhythmMs(), options.random);
    this.#signs = new SignsOfLife(now);
    this.#nextWakeAt = now; // the first probe at once: routes want an RTT
  }

  get health(): NodeHealth {
    return this.#health;
  }

  /** Smoothed, ms. */
  get rttMs(): number | undefined {
    return this.#trips.rttMs;
  }

  get loss(): number {
    return this.#trips.loss;
  }

  get suspicion(): Suspicion | undefined {
    return this.#suspicion;
  }

  get lastHeardAt(): number {
    return this.#signs.heardAt;
  }

  /** At rest it follows all that is heard: later while somebody speaks, and earlier once talk has ended. */
  get nextWakeAt(): number {
    if (!this.#isAtRest) return this.#nextWakeAt;
    this.#knownWakeAt ??= Math.max(this.#nextWakeAt, this.#askAt(this.#nextWakeAt));
    return this.#knownWakeAt;
  }

  /** How long it has been silent, or its page has, ms; 0 while that is nothing unusual. */
  silenceMs(now: number): number {
    const silenceMs = this.#signs.silence(now).pageMs;
    return this.#health === 'healthy' && silenceMs < this.#doubtAfterMs(now) ? 0 : Math.max(0, silenceMs);
  }

  /** Asked closely for longer than an answer takes, and nothing came, not even of a worker that speaks for its page. */
  isSilent(now: number): boolean {
    const since = this.#doubtSince;
    if (since === undefined || this.#signs.heardAt >= since) return false;
    return now - since >= ASK_OTHERS_AFTER_MS + this.#rttAllowanceMs();
  }

  /** Any frame arrived on this Link. Called for each, so it only takes a note. True when `nextWakeAt` may be earlier for it. */
  heard(now: number): boolean {
    this.#changed();
    const hadTalked = this.#rhythm.hasTalked(this.#signs.heardAt);
    this.#rhythm.onFrame(now);
    this.#signs.heard(now);
    return !hadTalked && this.#rhythm.hasTalked(now);
  }

  onSyn(now: number): void {
    this.#changed();
    this.#signs.heard(now);
    this.#rhythm.look();
  }

  /** We have more or fewer Links. */
  onDegree(): void {
    this.#changed();
    this.#rhythm.look();
  }

  /** An answer to a SYN; false when it is none of ours. */
  onAck(ack: Uint8Array, isPageBusy: boolean, now: number): boolean {
    this.#changed();
    const askedAt = this.#trips.answered(ack, now);
    if (askedAt === undefined) return false;
    this.#signs.answered(askedAt);
    this.#rhythm.look();
    if (isPageBusy) this.#signs.heardWorker(now);
    else this.#signs.heard(now);
    this.#rttDueAt = now + this.#rttEveryMs() * (0.9 + uniform(this.#options.random) / 5);
    this.#options.awareness.better();
    return true;
  }

  /** A ping on this Link was answered: the only measure where datagrams do not pass. */
  onPong(rttMs: number, now: number): void {
    this.#changed();
    this.#signs.answered(now - rttMs);
    if (this.#trips.rttMs === undefined || this.#trips.loss > 0.9) this.#trips.sample(rttMs);
  }

  takeRttNews(now: number): number | undefined {
    return this.#trips.takeNews(now);
  }

  /** The neighbour answered through others: it lives, whatever this Link does. */
  heardElsewhere(now: number): void {
    this.#signs.heardElsewhere(now);
  }

  /** It registered anew at the rendezvous: silence may mean that its paths are on their way to another network. */
  moved(now: number): void {
    this.#signs.moved(now);
  }

  /** The rendezvous saw this neighbour's socket die: look closely, now. */
  hint(now: number): void {
    this.#signs.hint(now);
    this.#wakeAt(now);
  }

  /** A neighbour that does not hear it says so: look closely, and count it when we come to suspect it ourselves. */
  suspectedBy(witness: NodeId, now: number): void {
    this.#suspicion?.confirm(witness);
    if (!this.#alert.raise(witness, now)) return;
    this.#lastProbeAt = Number.NEGATIVE_INFINITY;
    this.#rttDueAt = Number.NEGATIVE_INFINITY; // ask, whatever was heard
    this.#wakeAt(now);
  }

  /** That neighbour hears it. Whether it should be asked through there: a liar is not asked more often than doubt asks. */
  denied(witness: NodeId, now: number): boolean {
    this.#alert.withdraw(witness);
    if (!this.#suspicion || now - this.#lastDenialAt < PING_EVERY_MS) return false;
    this.#suspicion.withdraw(witness);
    // Lifeguard's nack: it is us who do not hear. Once a suspicion, so that a liar does not keep us patient for ever.
    if (!this.#suspicion.isDenied) this.#options.awareness.worse();
    this.#suspicion.isDenied = true;
    this.#lastDenialAt = now;
    return true;
  }

  /** It says itself that it lives, in this incarnation: what was said of earlier ones does not count. */
  refuted(incarnation: number): void {
    if (incarnation <= this.incarnation) return;
    this.incarnation = incarnation;
    this.#alert.clearWitnesses();
    this.#suspicion?.clear();
  }

  /** We stood still for so long, so nobody could be heard. */
  forgive(ms: number, now: number): void {
    this.#signs.forgive(ms, now);
    // Only a clock that went back leaves these in the future.
    this.#lastProbeAt = Math.min(now, this.#lastProbeAt);
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#rhythm.forgive(now);
    this.#lastPingAt = Math.min(now, this.#lastPingAt);
    this.#lastAskAt = Math.min(now, this.#lastAskAt);
    this.#lastDenialAt = Math.min(now, this.#lastDenialAt);
    this.#alert.forgive(now);
    this.#rttDueAt = Math.min(now + this.#rttEveryMs(), this.#rttDueAt);
    if (this.#doubtSince !== undefined) this.#doubtSince = Math.min(now, this.#doubtSince + ms);
    this.#suspicion?.forgive(ms);
    this.#trips.forget();
    this.#wakeAt(Math.min(this.#nextWakeAt, now));
  }

  /** Call when `nextWakeAt` has come; earlier calls do nothing. */
  wake(now: number): readonly LinkEffect[] {
    if (now < this.nextWakeAt || this.#health === 'dead') return NO_EFFECTS;
    this.#changed();
    this.#rhythm.look();
    const silence = this.#signs.silence(now);
    const isInDoubt = silence.isHinted || now >= this.#doubtAt(now);
    if (!isInDoubt) this.#doubtSince = undefined;
    else this.#doubtSince ??= now;

    const effects: LinkEffect[] = [];
    const asker = this.#alert.takeAnswer(this.#signs.heardAt, now);
    if (asker !== undefined) effects.push({ type: 'deny', to: asker });
    this.#judge(silence, now, effects);
    const reason = deathReason(
      { ...silence, suspicion: this.#suspicion },
      this.#options.awareness.scale,
      now,
    );
    if (reason !== undefined) {
      this.#health = 'dead';
      this.#wakeAt(Number.POSITIVE_INFINITY);
      effects.push({ type: 'health-changed', health: 'dead' }, { type: 'dead', reason });
      return effects;
    }
    if (this.#doubtSince === undefined) this.#ask(now, effects);
    else this.#askHard(now, this.#doubtSince, silence.isHinted, effects);
    return effects.length === 0 ? NO_EFFECTS : effects;
  }

  #doubtAfterMs(now: number): number {
    if (this.#alert.isOn(now)) return ALERT_DOUBT_AFTER_MS;
    return this.#rhythmMs() + this.#answerWithinMs();
  }

  /** Silent for too long, or a probe of ours without an answer. */
  #doubtAt(now: number): number {
    const silentAt = this.#signs.heardAt + this.#doubtAfterMs(now);
    const isUnanswered = this.#askedAt > this.#signs.heardAt;
    return isUnanswered ? Math.min(silentAt, this.#askedAt + this.#answerWithinMs()) : silentAt;
  }

  #answerWithinMs(): number {
    return DOUBT_SLACK_MS + this.#rttAllowanceMs();
  }

  #rttAllowanceMs(): number {
    return Math.min(MAX_RTT_ALLOWANCE_MS, this.#trips.rttMs ?? 0);
  }

  #rhythmMs(): number {
    return this.#rhythm.ms(this.#signs.heardAt, this.#signs.isPageBusy);
  }

  #rttEveryMs(): number {
    return Math.max(RTT_EVERY_MS, RTT_EVERY_RHYTHMS * this.#rhythm.restMs);
  }

  #suspectAfterDoubtMs(now: number): number {
    return this.#alert.isOn(now) ? SUSPECT_AFTER_SHARED_DOUBT_MS : SUSPECT_AFTER_DOUBT_MS;
  }

  #judge(silence: Silence, now: number, effects: LinkEffect[]): void {
    const { scale } = this.#options.awareness;
    const isSuspect = silence.isHinted
      ? silence.ms >= (DEAD_AFTER_HINT_MS / 2) * scale
      : this.#doubtSince !== undefined && now - this.#doubtSince >= this.#suspectAfterDoubtMs(now) * scale;
    if (isSuspect && !this.#suspicion) {
      this.#suspicion = new Suspicion(now);
      for (const witness of this.#alert.witnesses(now)) this.#suspicion.confirm(witness);
      effects.push({ type: 'suspect' });
    } else if (this.#suspicion && this.#doubtSince === undefined) {
      this.#suspicion = undefined;
      this.#alert.clearWitnesses();
      effects.push({ type: 'acquit' });
    }
    const isPageStill = this.#signs.isPageBusy && silence.pageMs >= BUSY_SUSPECT_AFTER_MS;
    const health = this.#suspicion || isPageStill ? 'suspected' : 'healthy';
    if (health === this.#health) return;
    this.#health = health;
    effects.push({ type: 'health-changed', health });
  }

  /** At rest: a probe when it is due, and no more than that. */
  #ask(now: number, effects: LinkEffect[]): void {
    const pauseMs = this.#pauseMs();
    // What is asked and not answered yet is not asked again at once; an answer may take its time.
    if (now >= this.#dueAt(pauseMs) && now - this.#lastProbeAt >= pauseMs) this.#probe(now, effects);
    // Whoever waits for what we find is told as soon as it has answered.
    if (this.#alert.isAwaited) this.#wakeAt(now + DOUBT_PROBE_EVERY_MS);
    else if (this.#health !== 'healthy') this.#wakeAt(Math.max(now + 1, this.#askAt(now)));
    else {
      this.#nextWakeAt = now + 1;
      this.#isAtRest = true;
    }
  }

  /** When the next probe or doubt is due, as things are. */
  #askAt(now: number): number {
    const pauseMs = this.#pauseMs();
    // The answer to the last probe postpones the next one by a round trip: waking earlier would be for nothing.
    const earliest = this.#lastProbeAt + pauseMs + Math.min(100, 1.5 * (this.#trips.rttMs ?? 0));
    return Math.min(Math.max(earliest, this.#dueAt(pauseMs)), this.#doubtAt(now));
  }

  #pauseMs(): number {
    return this.#rhythm.pauseMs(this.#signs.heardAt, this.#signs.isPageBusy);
  }

  #dueAt(pauseMs: number): number {
    return this.#options.isProber ? Math.min(this.#rttDueAt, this.#signs.heardAt + pauseMs) : this.#rttDueAt;
  }

  /** Something that `#askAt` goes by. */
  #changed(): void {
    this.#knownWakeAt = undefined;
  }

  #wakeAt(timeMs: number): void {
    this.#nextWakeAt = timeMs;
    this.#isAtRest = false;
  }

  #askHard(now: number, since: number, isHinted: boolean, effects: LinkEffect[]): void {
    this.#probe(now, effects);
    if (now - this.#lastPingAt >= PING_EVERY_MS) {
      this.#lastPingAt = now;
      effects.push({ type: 'ping' });
    }
    const waitMs = isHinted ? 0 : ASK_OTHERS_AFTER_MS;
    if (now - since >= waitMs && now - this.#lastAskAt >= PING_EVERY_MS) {
      this.#lastAskAt = now;
      effects.push({ type: 'ask-others' });
    }
    this.#wakeAt(now + DOUBT_PROBE_EVERY_MS);
  }

  #probe(now: number, effects: LinkEffect[]): void {
    const syn = encodeSyn(this.#options.random.bytes(NONCE_BYTES));
    this.#lastProbeAt = now;
    if (this.#askedAt <= this.#signs.heardAt) this.#askedAt = now;
    this.#rhythm.asked();
    this.#trips.asked(syn, now);
    effects.push({ type: 'probe', bytes: syn });
  }
}
