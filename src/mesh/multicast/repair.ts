/**
 * Gaps. Somebody says that it has more than we do, or a frame came that is not the next: then the tree gets a little time to
 * bring what is missing, and whoever has it is asked for it, one neighbour after the other (`graft`, which also makes it a
 * branch of the tree). When every neighbour has answered that it has not got it, it is lost to us: the source goes on at the
 * first frame that we do have (`missed`).
 *
 * A source that is new to us begins by the same rule: at sequence 0, or with what neighbours still have of the time since we
 * began ourselves. Only frames that carry the signature of the source ever move us forward; what neighbours claim only
 * says whom to ask.
 */
import { FrameType } from '../../wire/index.ts';
import { ANY, encodeGrafts, type Graft } from './announcements.ts';
import type { Context } from './context.ts';
import type { Neighbour } from './neighbour.ts';
import type { Progress, Source } from './source.ts';
import type { Spread } from './spread.ts';

/**
 * What was announced gets so long, and two round trips, to come over the tree: longer than one side of the tree is behind
 * the other in a mesh of a thousand Nodes around the world, so that a graft means that a branch is gone.
 */
const GRAFT_DELAY_MS = 400;
/** A frame beyond the gap is here already: its predecessors are on their way or lost. */
const GAP_DELAY_MS = 50;
/** An asked neighbour has its lane to empty first: half a megabyte at a megabyte a second. */
const RETRY_MS = 500;
/**
 * A neighbour that does not answer in this time, or does not bring what it says that it has, has not got it: as long as it
 * may stand still. Until then it is asked again and again, in turn with others.
 */
const ANSWER_MS = 10_000;
/**
 * Where a source begins for a newcomer is decided after so long: neighbours that have not spoken of it until then are not
 * waited for.
 */
const FIRST_ANSWER_MS = 250;
/** A neighbour that is not further than we are may be getting the missing frame right now. */
const CATCH_UP_MS = 3000;
/** What was sent after we began has been with our neighbour for less than we have been here; but for the way of the question. */
export const AGE_MARGIN_MS = 2000;

export class Repair {
  readonly #context: Context;
  readonly #spread: Spread;
  readonly #wanting = new Set<Source>();

  constructor(context: Context, spread: Spread) {
    this.#context = context;
    this.#spread = spread;
  }

  /** Something of the source may be missing. */
  note(source: Source, now: number): void {
    if (source.isWanting || !isBehind(source)) return;
    source.isWanting = true;
    source.gapAt = now;
    this.#wanting.add(source);
    this.#decideBy(source, now + this.#patienceMs(source));
  }

  /** The log has grown. */
  progressed(source: Source, now: number): void {
    if (!source.isWanting) return;
    source.isAsking = false;
    source.gapAt = now;
    for (const progress of source.peers.values()) progress.attempts = 0;
    if (!isBehind(source)) {
      this.forget(source);
      return;
    }
    // What moves is left alone: behind, but not cut off.
    this.#decideBy(source, now + this.#patienceMs(source));
  }

  /** A frame has come that is not the next. */
  cameEarly(source: Source, sequence: number, now: number): void {
    if (!source.isWanting) {
      this.note(source, now);
      return;
    }
    // The first of what was still to be had: nothing else is waited for.
    if (source.isAsking && sequence === source.lowestEarly) this.#decideBy(source, now);
  }

  /** A neighbour has said what it has. `progress`: its own. `isLess`: less than it said before. */
  answered(source: Source, progress: Progress, isLess: boolean, now: number): void {
    if (!source.isWanting) {
      // What others have said was noted when they did.
      if (source.early.size > 0 || claimsMore(progress, source)) this.note(source, now);
      return;
    }
    // Where a source begins for us is found by what its neighbours answer: the next one is asked at once.
    if (!source.isStarted && isLess) this.#decideBy(source, now);
    if (!source.isAsking) return;
    if (this.#hasNext(source, now) || this.#unanswered(source).length === 0) this.#decideBy(source, now);
  }

  /** Asks all neighbours what they have of a source that we have just come to know. */
  inquire(source: Source, now: number): void {
    for (const neighbour of this.#context.neighbours.values()) {
      this.#tell(neighbour, source, false, source.log.next, ANY, now);
    }
  }

  /** The neighbour that brought the source is gone: what it was to bring is asked of others at once. */
  orphaned(source: Source, now: number): void {
    source.parent = undefined;
    if (source.isWanting) this.#decideBy(source, now);
  }

  forget(source: Source): void {
    source.isWanting = false;
    source.isAsking = false;
    this.#wanting.delete(source);
  }

  run(now: number): void {
    for (const source of this.#wanting) {
      if (now >= source.repairAt) this.#step(source, now);
      if (source.isWanting) this.#context.wakeBy(source.repairAt);
    }
  }

  /** Set by the composition: the source goes on at the first frame that is here beyond the gap. */
  skip: (source: Source, now: number) => void = () => {};

  /** Over no branch of the tree can anything be on its way when there has never been one, or it is gone: no patience. */
  #patienceMs(source: Source): number {
    if (!source.isStarted || source.parent === undefined) return 0;
    return (source.early.size > 0 ? GAP_DELAY_MS : GRAFT_DELAY_MS) + 2 * this.#longestRttMs();
  }

  #decideBy(source: Source, at: number): void {
    source.repairAt = at;
    this.#context.wakeBy(at);
  }

  #step(source: Source, now: number): void {
    if (!isBehind(source)) {
      this.forget(source);
      return;
    }
    const giver = this.#bestGiver(source, now);
    if (giver && giver.progress.claimLow <= source.log.next) {
      this.#graft(source, giver.neighbour, giver.progress, now);
      return;
    }
    this.#ask(source, now);
    const decideAt = this.#decidedAt(source);
    if (now < decideAt) {
      this.#decideBy(source, Math.min(decideAt, source.askAgainAt));
      return;
    }
    if (giver) {
      this.#graft(source, giver.neighbour, giver.progress, now);
      return;
    }
    if (source.early.size > 0) {
      source.isAsking = false;
      this.skip(source, now);
      return;
    }
    // Claims that came to nothing. Whoever really has something will say so again.
    for (const progress of source.peers.values()) {
      progress.claimNext = Math.min(progress.claimNext, source.log.next);
      progress.attempts = 0;
    }
    this.forget(source);
  }

  /** Of those who have something below what is here, who was asked least, has the earliest, and is nearest. */
  #bestGiver(
    source: Source,
    now: number,
  ): { readonly neighbour: Neighbour; readonly progress: Progress } | undefined {
    const ceiling = source.lowestEarly;
    let best: { readonly neighbour: Neighbour; readonly progress: Progress } | undefined;
    for (const [peer, progress] of source.peers) {
      const neighbour = this.#context.neighbours.get(peer);
      if (!neighbour || (progress.attempts > 0 && now >= source.gapAt + ANSWER_MS)) continue;
      const first = Math.max(progress.claimLow, source.log.next);
      if (first >= Math.min(progress.claimNext, ceiling)) continue;
      if (!best || isBetter(source, neighbour, progress, best.neighbour, best.progress)) {
        best = { neighbour, progress };
      }
    }
    return best;
  }

  #graft(source: Source, neighbour: Neighbour, progress: Progress, now: number): void {
    const from = source.log.next;
    const { lowestEarly } = source;
    const to = lowestEarly === Number.POSITIVE_INFINITY ? ANY : lowestEarly;
    progress.attempts++;
    progress.askedFrom = from;
    progress.askedTo = Math.min(to, progress.claimNext);
    this.#tell(neighbour, source, true, from, to, now);
    this.#spread.setEager(neighbour, source, now);
    this.#decideBy(source, now + RETRY_MS + 2 * neighbour.rttMs);
  }

  /** Asks everyone what it has, and those who do not answer again. */
  #ask(source: Source, now: number): void {
    if (!source.isAsking) {
      source.isAsking = true;
      source.askedAt = now;
      source.askAgainAt = now;
      // What a started source was answered before this gap is out of date.
      if (source.isStarted) for (const progress of source.peers.values()) progress.hasAnswered = false;
    }
    if (now < source.askAgainAt) return;
    source.askAgainAt = now + RETRY_MS + 2 * this.#longestRttMs();
    for (const neighbour of this.#unanswered(source)) {
      this.#tell(neighbour, source, false, source.log.next, ANY, now);
    }
  }

  /** When it is certain enough who has what: at once when all have answered and nobody can still get it from others. */
  #decidedAt(source: Source): number {
    const silent = this.#unanswered(source);
    if (!source.isStarted) {
      if (silent.length === 0) return source.askedAt;
      // One that pushed something of it knows where it begins.
      const isTold = silent.some(({ id }) => (source.peers.get(id)?.claimNext ?? 0) > source.log.next);
      return source.askedAt + (isTold ? ANSWER_MS : FIRST_ANSWER_MS);
    }
    if (silent.length > 0) return source.askedAt + ANSWER_MS;
    for (const { claimNext } of source.peers.values()) {
      if (claimNext <= source.log.next) return source.gapAt + CATCH_UP_MS;
    }
    return source.askedAt;
  }

  /** Whether somebody says that it has the very frame that is missing. */
  #hasNext(source: Source, now: number): boolean {
    const giver = this.#bestGiver(source, now);
    return giver !== undefined && giver.progress.claimLow <= source.log.next;
  }

  #unanswered(source: Source): Neighbour[] {
    const silent: Neighbour[] = [];
    for (const neighbour of this.#context.neighbours.values()) {
      if (!source.peers.get(neighbour.id)?.hasAnswered) silent.push(neighbour);
    }
    return silent;
  }

  #tell(
    neighbour: Neighbour,
    source: Source,
    isWanted: boolean,
    from: number,
    to: number,
    now: number,
  ): void {
    const { startedAt = now } = this.#context;
    const withinMs = source.isStarted ? ANY : Math.ceil(now - startedAt + AGE_MARGIN_MS);
    const graft: Graft = { source: source.id, life: source.life, isWanted, from, to, withinMs };
    this.#context.tell(neighbour.id, FrameType.graft, encodeGrafts([graft]));
  }

  #longestRttMs(): number {
    let longest = 0;
    for (const { rttMs } of this.#context.neighbours.values()) longest = Math.max(longest, rttMs);
    return Math.min(longest, RETRY_MS);
  }
}

/** Whether somebody says that it has more than we do, or something is here beyond a gap. */
function isBehind(source: Source): boolean {
  if (source.early.size > 0) return true;
  for (const progress of source.peers.values()) if (claimsMore(progress, source)) return true;
  return false;
}

function claimsMore({ claimLow, claimNext }: Progress, { log }: Source): boolean {
  return claimNext > log.next && claimNext > claimLow;
}

function isBetter(source: Source, a: Neighbour, p: Progress, b: Neighbour, q: Progress): boolean {
  const next = source.log.next;
  if (Math.max(p.claimLow, next) !== Math.max(q.claimLow, next)) return p.claimLow < q.claimLow;
  if (p.attempts !== q.attempts) return p.attempts < q.attempts;
  return a.rttMs < b.rttMs;
}
