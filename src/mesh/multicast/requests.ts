/** What neighbours say that they have (`ihave`), what they ask for (`graft`), and what they want to be told only (`prune`). */
import { ANY, type Graft, type Have, type Prune } from './announcements.ts';
import type { Context } from './context.ts';
import type { Incoming } from './incoming.ts';
import type { Neighbour } from './neighbour.ts';
import type { Parts } from './parts.ts';
import { AGE_MARGIN_MS } from './repair.ts';
import { raiseCursor, type Source } from './source.ts';
import type { Sources } from './sources.ts';
import { haveOf } from './spread.ts';

export class Requests {
  readonly #context: Context;
  readonly #parts: Parts;
  readonly #sources: Sources;
  readonly #incoming: Incoming;

  constructor(context: Context, parts: Parts, sources: Sources, incoming: Incoming) {
    this.#context = context;
    this.#parts = parts;
    this.#sources = sources;
    this.#incoming = incoming;
  }

  onHaves(neighbour: Neighbour, haves: readonly Have[], now: number): void {
    for (const have of haves) {
      const source = this.#sources.find(have.source, have.life);
      if (source === 'unknown') this.#incoming.noteStranger(neighbour, have.source, now);
      else if (typeof source === 'object') this.#onHave(neighbour, source, have, now);
    }
  }

  onGrafts(neighbour: Neighbour, grafts: readonly Graft[], now: number): void {
    const answers: Have[] = [];
    const wanted: Source[] = [];
    for (const graft of grafts) {
      const source = this.#sources.find(graft.source, graft.life);
      if (source === 'unknown') this.#incoming.noteStranger(neighbour, graft.source, now);
      if (typeof source !== 'object') {
        answers.push({ source: graft.source, life: graft.life, low: 0, next: 0, taken: 0 });
        continue;
      }
      if (graft.isWanted) wanted.push(source);
      const answer = this.#onGraft(neighbour, source, graft, now);
      if (answer) answers.push(answer);
    }
    // The answers first: what cannot be had is known before the frames come.
    this.#parts.spread.tellHaves(neighbour, answers);
    for (const source of wanted) this.#parts.spread.setEager(neighbour, source, now);
  }

  onPrunes(neighbour: Neighbour, prunes: readonly Prune[], now: number): void {
    for (const { source: id, life } of prunes) {
      const source = this.#context.sources.get(id);
      if (source?.life === life) this.#parts.spread.setLazy(neighbour, source, now);
    }
  }

  #onHave(neighbour: Neighbour, source: Source, { low, next, taken }: Have, now: number): void {
    const progress = source.progress(neighbour.id);
    if (!source.isStarted) source.lostBelow = Math.max(source.lostBelow, taken);
    const saidBefore = progress.hasAnswered ? progress.claimLow : 0;
    // What it has from long before we came is not for us, and it has said so when we asked: that it has it is no news.
    progress.claimLow = source.isStarted ? low : Math.max(low, saidBefore);
    progress.claimNext = Math.max(next, progress.claimLow);
    progress.hasAnswered = true;
    this.#parts.older.heard(source, neighbour, progress, low, next, now);
    this.#parts.flow.onTaken(source, progress, taken, now);
    raiseCursor(progress, next);
    neighbour.note(source, progress);
    if (source.id === this.#context.options.own.id) {
      this.#parts.origin.resume(now);
      return;
    }
    this.#parts.repair.answered(source, progress, progress.claimLow > saidBefore, now);
    this.#parts.flow.update(source, now);
  }

  /** Turns to what it lacks; answers with what we have when that is not all of it, or when it only asked. */
  #onGraft(neighbour: Neighbour, source: Source, graft: Graft, now: number): Have | undefined {
    const older = this.#parts.older.offer(source, neighbour, graft, now);
    if (older && (!graft.isWanted || this.#parts.older.fetch(source, neighbour, graft, now))) {
      return graft.isWanted ? undefined : older;
    }
    const { log } = source;
    const youngest = graft.withinMs === ANY ? 0 : log.lowestSince(now - graft.withinMs);
    const from = Math.min(log.next, Math.max(graft.from, log.low, youngest));
    const isLost = graft.withinMs !== ANY && log.hasLostSince(now - graft.withinMs + AGE_MARGIN_MS);
    const answer = { ...haveOf(source, isLost ? from : 0), low: from };
    const progress = source.progress(neighbour.id);
    raiseCursor(progress, graft.from);
    if (!graft.isWanted) {
      neighbour.note(source, progress);
      // It may be further than we are: then it is its question that tells us so.
      if (graft.from > progress.claimNext && source.id !== this.#context.options.own.id) {
        progress.claimNext = graft.from;
        this.#parts.repair.note(source, now);
      }
      return answer;
    }
    const to = Math.min(graft.to, log.next);
    if (from < to && neighbour.mayReplay(log.offsetOf(to) - log.offsetOf(from), now)) {
      if (to < progress.cursor) {
        progress.resendFrom = from;
        progress.resendTo = to;
      } else if (from < progress.cursor) {
        progress.cursor = from;
        progress.acked = from;
        progress.pace.begin(log.offsetOf(from), now);
      } else {
        raiseCursor(progress, from);
      }
    }
    neighbour.note(source, progress);
    return from > graft.from || from >= log.next ? answer : undefined;
  }
}
