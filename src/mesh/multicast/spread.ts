/**
 * The tree: who is pushed to and who is told. One tree serves all sources, because an Edge that carried one copy too many for
 * one source would carry it for every other as well. A neighbour is eager at first; a copy that was not needed makes the
 * Edge lazy at both ends (`prune`), a frame that did not come makes it eager again (`graft`, repair.ts). An eager
 * neighbour is pushed the frames of each source in order, as its lane has room; a lazy one is told what we have, ranges of
 * many sources in one `ihave`, unless it has said that it has them itself.
 */
import { FrameType } from '../../wire/index.ts';
import { encodeHaves, type Have, MAX_HAVES } from './announcements.ts';
import type { Context } from './context.ts';
import type { Flow } from './flow.ts';
import type { Neighbour } from './neighbour.ts';
import { hasWork, type Progress, type Source } from './source.ts';

/** In the broadcast lane of a Link, waiting: more stays in the log. Twice what a channel's buffer holds. */
export const LANE_BYTES = 512 * 1024;
/** How often a full lane is looked at when nobody says that it has room. */
const LANE_POLL_MS = 20;
/** Announcements gather for so long, and the frames have so much of a lead on the tree. */
export const ANNOUNCE_DELAY_MS = 50;
/** Another prune only when the last was so long ago: copies that were on their way when it came are no news. */
const PRUNE_AGAIN_MS = 1000;
const NO_BODY = new Uint8Array();

export class Spread {
  readonly #context: Context;
  readonly #flow: Flow;
  /** Eager neighbours. */
  readonly tree = new Set<Neighbour['id']>();
  readonly #blocked = new Set<Neighbour>();
  readonly #toTell = new Set<Neighbour>();

  constructor(context: Context, flow: Flow) {
    this.#context = context;
    this.#flow = flow;
    flow.sendReport = (neighbour, source, taken) => this.tellHaves(neighbour, [haveOf(source, taken)]);
  }

  /** A new neighbour is pushed what comes from now on, and told what there is. */
  add(neighbour: Neighbour): void {
    this.tree.add(neighbour.id);
    const haves: Have[] = [];
    for (const source of this.#context.sources.values()) {
      if (source.log.isEmpty) continue;
      const progress = source.progress(neighbour.id);
      progress.cursor = source.log.next;
      progress.acked = source.log.next;
      haves.push(haveOf(source, 0));
    }
    this.tellHaves(neighbour, haves);
  }

  remove(neighbour: Neighbour): void {
    this.tree.delete(neighbour.id);
    this.#blocked.delete(neighbour);
    this.#toTell.delete(neighbour);
  }

  /** The log of the source has grown: everyone who lacks it is pushed it, or told so soon. */
  advance(source: Source, now: number): void {
    for (const neighbour of this.#context.neighbours.values()) this.serve(neighbour, source, now);
  }

  serve(neighbour: Neighbour, source: Source, now: number): void {
    if (!neighbour.note(source)) return;
    if (neighbour.isEager) this.push(neighbour, now);
    else this.#announceSoon(neighbour, now);
  }

  /** Pushes what the lane has room for, source by source in turn. */
  push(neighbour: Neighbour, now: number): void {
    const { behind } = neighbour;
    for (const source of behind) {
      if (this.#context.options.laneBytes(neighbour.id) + neighbour.pushedBytes >= LANE_BYTES) {
        this.#blocked.add(neighbour);
        this.#context.wakeBy(now + LANE_POLL_MS);
        return;
      }
      const progress = source.progress(neighbour.id);
      behind.delete(source);
      const frame = this.#next(source, progress, now);
      if (frame) {
        neighbour.pushedBytes += frame.length;
        this.#context.emit({ type: 'pass', to: neighbour.id, frame, lane: 'broadcast' });
      }
      // Behind those that wait already: the iteration comes to it again.
      if (hasWork(progress, source.log.next)) behind.add(source);
    }
    this.#blocked.delete(neighbour);
  }

  setEager(neighbour: Neighbour, now: number): void {
    if (!neighbour.isEager) {
      neighbour.isEager = true;
      neighbour.announceAt = Number.POSITIVE_INFINITY;
      this.tree.add(neighbour.id);
      this.#toTell.delete(neighbour);
    }
    this.push(neighbour, now);
  }

  setLazy(neighbour: Neighbour, now: number): void {
    if (!neighbour.isEager) return;
    neighbour.isEager = false;
    this.tree.delete(neighbour.id);
    this.#blocked.delete(neighbour);
    for (const source of neighbour.behind) {
      const progress = source.progress(neighbour.id);
      progress.resendFrom = progress.resendTo;
      neighbour.note(source);
    }
    if (neighbour.behind.size > 0) this.#announceSoon(neighbour, now);
  }

  /** It pushed what we had: from now on it shall only tell. */
  prune(neighbour: Neighbour, now: number): void {
    if (this.#context.isFlood || now - neighbour.prunedAt < PRUNE_AGAIN_MS) return;
    neighbour.prunedAt = now;
    this.#context.tell(neighbour.id, FrameType.prune, NO_BODY);
    this.setLazy(neighbour, now);
  }

  tellHaves(neighbour: Neighbour, haves: readonly Have[]): void {
    for (let i = 0; i < haves.length; i += MAX_HAVES) {
      this.#context.tell(neighbour.id, FrameType.ihave, encodeHaves(haves.slice(i, i + MAX_HAVES)));
    }
  }

  /** Announces what is due, looks at lanes that were full. */
  run(now: number): void {
    for (const neighbour of this.#blocked) this.push(neighbour, now);
    for (const neighbour of this.#toTell) {
      if (now < neighbour.announceAt) {
        this.#context.wakeBy(neighbour.announceAt);
        continue;
      }
      this.#toTell.delete(neighbour);
      neighbour.announceAt = Number.POSITIVE_INFINITY;
      this.#announce(neighbour);
    }
  }

  #announceSoon(neighbour: Neighbour, now: number): void {
    if (this.#toTell.has(neighbour)) return;
    this.#toTell.add(neighbour);
    neighbour.announceAt = now + ANNOUNCE_DELAY_MS;
    this.#context.wakeBy(neighbour.announceAt);
  }

  #announce(neighbour: Neighbour): void {
    const haves: Have[] = [];
    for (const source of neighbour.behind) {
      const progress = source.progress(neighbour.id);
      if (progress.cursor < source.log.next) haves.push(haveOf(source, 0));
      progress.cursor = source.log.next;
      progress.acked = source.log.next;
    }
    neighbour.behind.clear();
    this.tellHaves(neighbour, haves);
  }

  /** The next frame it is to be pushed: first what it asked for again. Undefined when that is no longer kept. */
  #next(source: Source, progress: Progress, now: number): Uint8Array | undefined {
    const { log } = source;
    this.#flow.onPush(source, progress, now);
    if (progress.resendFrom < progress.resendTo) {
      progress.resendFrom = Math.max(progress.resendFrom, log.low);
      if (progress.resendFrom < progress.resendTo) return log.frame(progress.resendFrom++);
    }
    if (progress.cursor < log.low) {
      progress.cursor = log.low;
      progress.acked = Math.max(progress.acked, log.low);
    }
    return progress.cursor < log.next ? log.frame(progress.cursor++) : undefined;
  }
}

/** `taken`: 0 says nothing. */
export function haveOf({ id, life, log }: Source, taken: number): Have {
  return { source: id, life, low: log.low, next: log.next, taken: Math.min(taken, log.next) };
}
