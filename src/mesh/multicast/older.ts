/**
 * What was sent before this Node came. It is not for its application, but its neighbours still keep it, and to one that was here
 * before and was cut off a newcomer may be the only way to them. So what they keep is answered to who asks and is older than we
 * are, told to who seems to lack a source that has been silent since we came, and fetched for who grafts it: it goes into the log
 * before what is there. Of a source of which we have nothing at all we begin with it, as one that came later may.
 */
import { FrameType } from '../../wire/index.ts';
import { ANY, encodeGrafts, type Graft, type Have } from './announcements.ts';
import { isSignedBy, ownFrame } from './broadcast-frame.ts';
import type { Context } from './context.ts';
import type { Neighbour } from './neighbour.ts';
import { REPLAY_BYTES, REPLAY_SPAN_MS, type Retention } from './retention.ts';
import type { Progress, Source } from './source.ts';
import type { Spread } from './spread.ts';

/** A new neighbour has said by then what it keeps. */
const OFFER_AFTER_MS = 300;
/** A giver that brings nothing more for so long does not bring the rest. */
const FETCH_MS = 3000;
/** Of all sources, on its way here. A guess: what is refused is asked for again. */
const MAX_FETCHED_BYTES = 2 * REPLAY_BYTES;

/** Frames of a source up to `end`, of which those below `next` are here. None where its log is to begin with them. */
interface Fetch {
  readonly giver: Neighbour;
  readonly frames: Uint8Array[];
  readonly end: number;
  next: number;
  until: number;
}

export class Older {
  readonly #context: Context;
  readonly #retention: Retention;
  readonly #spread: Spread;
  readonly #fetches = new Map<Source, Fetch>();
  readonly #offerAt = new Map<Neighbour, number>();
  #fetchedBytes = 0;

  constructor(context: Context, retention: Retention, spread: Spread) {
    this.#context = context;
    this.#retention = retention;
    this.#spread = spread;
  }

  /** Somebody has come, or has said what it keeps: perhaps it lacks what others keep, or they what it does. */
  note(now: number): void {
    if (!this.#isNew(now) || this.#context.neighbours.size < 2) return;
    for (const neighbour of this.#context.neighbours.values()) {
      if (!this.#offerAt.has(neighbour)) this.#offerAt.set(neighbour, now + OFFER_AFTER_MS);
    }
    this.#context.wakeBy(now + OFFER_AFTER_MS);
  }

  /** A neighbour says what it keeps: `low` to `next`. `progress`: its own. */
  heard(
    source: Source,
    neighbour: Neighbour,
    progress: Progress,
    low: number,
    next: number,
    now: number,
  ): void {
    const fetch = this.#fetches.get(source);
    if (fetch?.giver === neighbour && fetch.next < fetch.end && fetch.next < low) {
      progress.keptLow = low;
      this.forget(source);
    }
    if (low >= next) return;
    progress.keptLow = Math.min(progress.keptLow, low);
    progress.keptNext = Math.max(progress.keptNext, next);
    if (!source.isStarted) this.note(now);
  }

  /** Asks all neighbours what they keep of a source that we have just come to know. */
  inquire(source: Source, now: number): void {
    if (!this.#isNew(now)) return;
    for (const neighbour of this.#context.neighbours.values()) this.#tell(neighbour, source, false, 0, ANY);
  }

  /** What the neighbour may have from us beside our log. Undefined when that is nothing, or it came no sooner than we. */
  offer(
    source: Source,
    asker: Neighbour,
    { from, withinMs }: Pick<Graft, 'from' | 'withinMs'>,
    now: number,
  ): Have | undefined {
    const { id, life, isStarted, log } = source;
    const { options, startedAt = now } = this.#context;
    if (id === options.own.id || !this.#isNew(now) || (isStarted && from >= log.low)) return undefined;
    if (withinMs !== ANY && now - withinMs >= startedAt) return undefined;
    const giver = this.#keeper(source, asker);
    if (!giver) return undefined;
    const { keptLow, keptNext } = source.progress(giver.id);
    const next = isStarted ? log.next : keptNext;
    const low = Math.max(from, keptLow);
    return from < next ? { source: id, life, low, next, taken: low } : undefined;
  }

  /** Gets what was offered. False when it cannot: then what we have is all. */
  fetch(source: Source, asker: Neighbour, { from }: Graft, now: number): boolean {
    if (this.#fetches.has(source)) return true;
    const giver = this.#keeper(source, asker);
    if (!giver || this.#fetchedBytes >= MAX_FETCHED_BYTES) return false;
    const next = Math.max(from, source.progress(giver.id).keptLow);
    const end = source.log.low;
    this.#fetches.set(source, { giver, frames: [], end, next, until: now + FETCH_MS });
    this.#context.wakeBy(now + FETCH_MS);
    this.#tell(giver, source, true, next, source.isStarted ? end : ANY);
    return true;
  }

  /** Whether the frame is one that is being fetched, and kept now. */
  take(source: Source, giver: Neighbour, sequence: number, frame: Uint8Array, now: number): boolean {
    const fetch = this.#fetches.get(source);
    if (fetch?.giver !== giver || fetch.next !== sequence || sequence >= fetch.end) return false;
    if (!isSignedBy(source.publicKey, frame, this.#context.options.cryptography)) return false;
    fetch.frames.push(ownFrame(frame));
    fetch.next++;
    fetch.until = now + FETCH_MS;
    this.#fetchedBytes += frame.length;
    if (fetch.next < fetch.end && this.#fetchedBytes < MAX_FETCHED_BYTES) return true;
    this.forget(source);
    if (fetch.next === source.log.low) this.#retention.prepend(source, fetch.frames);
    return true;
  }

  linkDown(neighbour: Neighbour): void {
    this.#offerAt.delete(neighbour);
    for (const [source, { giver }] of this.#fetches) if (giver === neighbour) this.forget(source);
  }

  forget(source: Source): void {
    for (const { length } of this.#fetches.get(source)?.frames ?? []) this.#fetchedBytes -= length;
    this.#fetches.delete(source);
  }

  run(now: number): void {
    for (const [source, { giver, until }] of this.#fetches) {
      if (now >= until) {
        // It said that it keeps it, and did not bring it.
        source.progress(giver.id).keptLow = Number.POSITIVE_INFINITY;
        this.forget(source);
      } else this.#context.wakeBy(until);
    }
    for (const [neighbour, at] of this.#offerAt) {
      if (now >= at) {
        this.#offerAt.delete(neighbour);
        this.#offerTo(neighbour, now);
      } else this.#context.wakeBy(at);
    }
  }

  #offerTo(neighbour: Neighbour, now: number): void {
    const haves: Have[] = [];
    for (const source of this.#context.sources.values()) {
      if (source.isStarted) continue;
      const offer = this.offer(source, neighbour, { from: 0, withinMs: ANY }, now);
      const progress = source.progress(neighbour.id);
      if (!offer || offer.next <= Math.max(progress.keptNext, progress.offered)) continue;
      progress.offered = offer.next;
      haves.push(offer);
    }
    this.#spread.tellHaves(neighbour, haves);
  }

  /** Of those who keep something below what we have, and all up to there, who keeps the most. */
  #keeper({ peers, log, isStarted }: Source, asker: Neighbour): Neighbour | undefined {
    let best: Neighbour | undefined;
    let least = isStarted ? log.low : Number.POSITIVE_INFINITY;
    for (const [id, { keptLow, keptNext }] of peers) {
      if (id === asker.id || keptLow >= least || keptNext < log.low) continue;
      const neighbour = this.#context.neighbours.get(id);
      if (!neighbour) continue;
      best = neighbour;
      least = keptLow;
    }
    return best;
  }

  #tell(neighbour: Neighbour, { id, life }: Source, isWanted: boolean, from: number, to: number): void {
    const graft: Graft = { source: id, life, isWanted, from, to, withinMs: ANY };
    this.#context.tell(neighbour.id, FrameType.graft, encodeGrafts([graft]));
  }

  /** Who has been here for longer than frames are kept has had all that there are. */
  #isNew(now: number): boolean {
    return now < (this.#context.startedAt ?? now) + REPLAY_SPAN_MS;
  }
}
