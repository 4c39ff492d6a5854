/**
 * The trees: who is pushed to and who is told. Each source has a tree of its own, because the shortest way from one is not that
 * from another: with one tree for all, messages of a hundred sources in turn took four times the hops, and what came late was
 * grafted in vain (0.2 to 0.8 surplus copies a delivery for ever; measured by spread.test.ts's mesh). Its tree begins as that
 * of a source everyone knows, where there is one, so that a first message need not flood.
 *
 * A copy that was not needed makes the Edge lazy at both ends (`prune`), a frame that did not come makes it eager again
 * (`graft`, repair.ts). An eager neighbour is pushed the frames of the source in order, as its lane has room; a lazy one is
 * told what we have, ranges of many sources in one `ihave`, unless it has said that it has them itself.
 */
import { FrameType, type NodeId } from '../../wire/index.ts';
import {
  ANY,
  encodeGrafts,
  encodeHaves,
  encodePrunes,
  type Graft,
  type Have,
  MAX_GRAFTS,
  MAX_HAVES,
} from './announcements.ts';
import type { Context } from './context.ts';
import type { Flow } from './flow.ts';
import type { Neighbour } from './neighbour.ts';
import type { Progress, Source } from './source.ts';

/** In the broadcast lane of a Link, waiting: more stays in the log. Twice what a channel's buffer holds. */
export const LANE_BYTES = 512 * 1024;
/** How often a full lane is looked at when nobody says that it has room. */
const LANE_POLL_MS = 20;
/** Announcements gather for so long, and the frames have so much of a lead on the tree. */
export const ANNOUNCE_DELAY_MS = 50;
/** Another prune only when the last was so long ago: copies that were on their way when it came are no news. */
const PRUNE_AGAIN_MS = 1000;
/**
 * Neighbours that were pushed the last frames of a source are asked whether they have them when it has been silent for so long, and
 * again until they have said so: nobody else would notice that the last frame of a source was lost. A guess; seldom more than
 * once a source and silence.
 */
export const SUMMARY_MS = 10_000;

export class Spread {
  readonly #context: Context;
  readonly #flow: Flow;
  readonly #blocked = new Set<Neighbour>();
  readonly #toTell = new Set<Neighbour>();
  /** Those that were pushed something within the event at hand. */
  readonly #pushed: Neighbour[] = [];
  #summaryAt = Number.POSITIVE_INFINITY;

  constructor(context: Context, flow: Flow) {
    this.#context = context;
    this.#flow = flow;
    flow.sendReport = (neighbour, source, taken) => this.tellHaves(neighbour, [haveOf(source, taken)]);
  }

  /** A new neighbour is told what there is; it grafts what it lacks. Sources that come later begin with it. */
  add(neighbour: Neighbour): void {
    const haves: Have[] = [];
    for (const source of this.#context.sources.values()) {
      if (source.log.isEmpty) continue;
      const progress = source.progress(neighbour.id);
      progress.isEager = this.#context.isFlood;
      progress.cursor = source.log.next;
      progress.acked = source.log.next;
      haves.push(haveOf(source, 0));
    }
    this.tellHaves(neighbour, haves);
  }

  remove(neighbour: Neighbour): void {
    this.#blocked.delete(neighbour);
    this.#toTell.delete(neighbour);
  }

  /** The source whose tree a new one begins with: of those that were heard lately the one with the least id, as at everyone else. */
  pattern(beside?: Source): Source | undefined {
    if (this.#context.isFlood) return undefined;
    let least: Source | undefined;
    for (const source of this.#context.heard) {
      if (source === beside) continue;
      if (!least || source.id < least.id) least = source;
    }
    return least;
  }

  /** Neighbours that are pushed most of the sources that were heard lately; all while there is none. */
  treeEdges(): ReadonlySet<NodeId> {
    const edges = new Set<NodeId>();
    const active = [...this.#context.heard];
    for (const id of this.#context.neighbours.keys()) {
      const eager = active.filter((source) => source.peers.get(id)?.isEager).length;
      if (2 * eager >= active.length) edges.add(id);
    }
    return edges;
  }

  /** The log of the source has grown: everyone who lacks it is pushed it, or told so soon. */
  advance(source: Source, now: number): void {
    for (const neighbour of this.#context.neighbours.values()) this.serve(neighbour, source, now);
    source.pattern = undefined;
  }

  serve(neighbour: Neighbour, source: Source, now: number): void {
    const progress = source.progress(neighbour.id);
    if (!neighbour.note(source, progress)) return;
    if (progress.isEager) this.push(neighbour, now);
    else this.#announceSoon(neighbour, now);
  }

  /** Pushes what the lane has room for, source by source in turn. */
  push(neighbour: Neighbour, now: number): void {
    const { toPush } = neighbour;
    for (const source of toPush) {
      if (this.#context.options.laneBytes(neighbour.id) + neighbour.pushedBytes >= LANE_BYTES) {
        this.#blocked.add(neighbour);
        this.#context.wakeBy(now + LANE_POLL_MS);
        return;
      }
      const progress = source.progress(neighbour.id);
      toPush.delete(source);
      progress.waitsFor = 'nothing';
      const frame = this.#next(source, progress, now);
      if (frame) {
        if (neighbour.pushedBytes === 0) this.#pushed.push(neighbour);
        neighbour.pushedBytes += frame.length;
        neighbour.pushed.set(source, now);
        this.#summarizeBy(now + SUMMARY_MS);
        this.#context.emit({ type: 'pass', to: neighbour.id, frame, lane: 'broadcast' });
      }
      // Behind those that wait already: the iteration comes to it again.
      neighbour.note(source, progress);
    }
    this.#blocked.delete(neighbour);
  }

  setEager(neighbour: Neighbour, source: Source, now: number): void {
    const progress = source.progress(neighbour.id);
    progress.isEager = true;
    source.quietUntilBytes = 0;
    if (neighbour.note(source, progress)) this.push(neighbour, now);
  }

  setLazy(neighbour: Neighbour, source: Source, now: number): void {
    const progress = source.progress(neighbour.id);
    if (!progress.isEager) return;
    progress.isEager = false;
    progress.resendFrom = progress.resendTo;
    if (neighbour.note(source, progress)) this.#announceSoon(neighbour, now);
  }

  /** It pushed what we had: from now on it shall only tell. */
  prune(neighbour: Neighbour, source: Source, now: number): void {
    const progress = source.progress(neighbour.id);
    if (this.#context.isFlood || now - progress.prunedAt < PRUNE_AGAIN_MS) return;
    progress.prunedAt = now;
    this.#context.tell(
      neighbour.id,
      FrameType.prune,
      encodePrunes([{ source: source.id, life: source.life }]),
    );
    this.setLazy(neighbour, source, now);
  }

  tellHaves(neighbour: Neighbour, haves: readonly Have[]): void {
    for (let i = 0; i < haves.length; i += MAX_HAVES) {
      this.#context.tell(neighbour.id, FrameType.ihave, encodeHaves(haves.slice(i, i + MAX_HAVES)));
    }
  }

  /** What was pushed is in the lanes from now on. */
  turnEnds(): void {
    for (let pushed = this.#pushed.pop(); pushed; pushed = this.#pushed.pop()) pushed.pushedBytes = 0;
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
    if (now >= this.#summaryAt) this.#summarize(now);
    else this.#context.wakeBy(this.#summaryAt);
  }

  #summarizeBy(at: number): void {
    if (this.#summaryAt !== Number.POSITIVE_INFINITY) return;
    this.#summaryAt = at;
    this.#context.wakeBy(at);
  }

  #summarize(now: number): void {
    this.#summaryAt = Number.POSITIVE_INFINITY;
    for (const neighbour of this.#context.neighbours.values()) {
      const questions: Graft[] = [];
      for (const [source, at] of neighbour.pushed) {
        if (now - at < SUMMARY_MS) continue;
        const { id, life, log } = source;
        const { claimNext, cursor } = source.progress(neighbour.id);
        if (log.isEmpty || claimNext >= log.next || cursor < log.next) {
          neighbour.pushed.delete(source);
          continue;
        }
        neighbour.pushed.set(source, now);
        questions.push({ source: id, life, isWanted: false, from: log.next, to: ANY, withinMs: ANY });
      }
      this.#ask(neighbour, questions);
      if (neighbour.pushed.size > 0) this.#summarizeBy(now + SUMMARY_MS);
    }
  }

  #ask(neighbour: Neighbour, questions: readonly Graft[]): void {
    for (let i = 0; i < questions.length; i += MAX_GRAFTS) {
      const some = questions.slice(i, i + MAX_GRAFTS);
      this.#context.tell(neighbour.id, FrameType.graft, encodeGrafts(some));
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
    for (const source of neighbour.toTell) {
      const progress = source.progress(neighbour.id);
      if (progress.cursor < source.log.next) haves.push(haveOf(source, 0));
      progress.cursor = source.log.next;
      progress.acked = source.log.next;
      progress.waitsFor = 'nothing';
    }
    neighbour.toTell.clear();
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
