/**
 * How often the ends of a Link ask each other. What counts at rest is how often a Node is heard at all: whoever falls silent is
 * missed by one neighbour first, who asks the others. So the more neighbours a Node has, the less often each has to ask, and
 * what a Node sends at rest does not grow with its degree. The end with fewer neighbours decides, since it is heard by fewer.
 * Both ends work it out from the degrees that the graph tells; while they disagree, the impatient one asks, and nothing else happens.
 * Whoever talked without a gap until it fell silent is missed at once, as a pair misses each other.
 */
import { type Random, uniform } from '../../runtime/index.ts';

/** By all neighbours together. At 500 ms the dead of a mesh far apart are found after 3.1 s at the median, at 450 after less than 3. */
const HEARD_EVERY_MS = 450;
/** A pair cannot share the work; a hidden tab's timers manage it. */
const MIN_RHYTHM_MS = 1000;
/** A Link that silently lost its way is noticed within this, whoever else is heard. */
const MAX_RHYTHM_MS = 4000;
/**
 * Up to so much of a pause is left out, by chance. Else all neighbours of a Node that last spoke to all of them at once would
 * miss it at the same moment, a whole rhythm later.
 */
const PAUSE_SPREAD = 0.5;
/** Frames with no longer gaps between them, for so long, are talk; messages and their acknowledgements are. */
const TALK_GAP_MS = 1000;
const TALK_MS = 1000;

/** At rest. @param degrees how many neighbours each end has; 0 while unknown */
export function probeRhythmMs(ownDegree: number, peerDegree: number): number {
  const fewer = Math.min(ownDegree, peerDegree);
  return Math.max(MIN_RHYTHM_MS, Math.min(MAX_RHYTHM_MS, fewer * HEARD_EVERY_MS));
}

/** Of one Link, as one end keeps it. */
export class Rhythm {
  readonly #askRestMs: () => number;
  /** As of the last `look`: degrees change all the time in a large mesh, and this is read with every frame of health. */
  #restMs: number | undefined;
  readonly #random: Random;
  #lastFrameAt = Number.NEGATIVE_INFINITY;
  /** Since when frames have come without a gap. */
  #talkSince = Number.NEGATIVE_INFINITY;
  /** Share of the rhythm, above 1 - PAUSE_SPREAD. */
  #pauseShare = 1;

  /** @param askRestMs of probeRhythmMs, asked at each `look` */
  constructor(askRestMs: () => number, random: Random) {
    this.#askRestMs = askRestMs;
    this.#random = random;
  }

  /** While nothing has just been said, ms. */
  get restMs(): number {
    this.#restMs ??= this.#askRestMs();
    return this.#restMs;
  }

  /** The degrees of the ends may be others. */
  look(): void {
    this.#restMs = this.#askRestMs();
  }

  /** Called for each, so it only takes a note. */
  onFrame(now: number): void {
    if (now - this.#lastFrameAt > TALK_GAP_MS) this.#talkSince = now;
    this.#lastFrameAt = now;
  }

  /** Whether what was heard last was talk: then silence is soon unusual. */
  hasTalked(lastHeardAt: number): boolean {
    return this.#lastFrameAt === lastHeardAt && lastHeardAt - this.#talkSince >= TALK_MS;
  }

  /** The longest silence that is nothing unusual, but for the way, ms. @param isPageBusy a worker speaks for its page */
  ms(lastHeardAt: number, isPageBusy: boolean): number {
    return isPageBusy || this.hasTalked(lastHeardAt) ? MIN_RHYTHM_MS : this.restMs;
  }

  /** The silence before the prober asks, ms; the same until `asked`. */
  pauseMs(lastHeardAt: number, isPageBusy: boolean): number {
    const rhythmMs = this.ms(lastHeardAt, isPageBusy);
    return Math.max(MIN_RHYTHM_MS, rhythmMs * this.#pauseShare);
  }

  asked(): void {
    this.#pauseShare = 1 - PAUSE_SPREAD * uniform(this.#random);
  }

  /** The clock may have gone back. */
  forgive(now: number): void {
    this.#lastFrameAt = Math.min(now, this.#lastFrameAt);
    this.#talkSince = Math.min(now, this.#talkSince);
  }
}
