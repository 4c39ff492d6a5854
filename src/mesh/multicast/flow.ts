/**
 * Backpressure over the whole tree. A Node has *taken* a sequence when its application was shown it and every neighbour that
 * it pushes to has taken it. Neighbours report that up to where the frames came from; at the source it closes the window. So
 * a source goes as fast as the slowest branch, and no log on the way overflows. Whoever is too slow for too long (pace.ts) no
 * longer counts: it is served as far as the logs reach, and costs nobody but itself.
 *
 * Small traffic costs no report: what is below QUIET_BYTES is never reported alone.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Context } from './context.ts';
import type { Neighbour } from './neighbour.ts';
import { WINDOW_BYTES } from './pace.ts';
import type { Progress, Source } from './source.ts';

/** A report as soon as so much was taken: sixteen in a window keep the source moving. */
const REPORT_BYTES = 128 * 1024;
/**
 * Not worth a report. Sixty-four hops may each keep as much to themselves and leave half of the window, so that no depth
 * closes it for good.
 */
const QUIET_BYTES = 16 * 1024;
/** What lies between the two is reported after so long. */
const REPORT_DELAY_MS = 100;
/** Lag that says nothing about standing still: it may simply not have been reported. */
const UNREPORTED_BYTES = 64 * 1024;

export class Flow {
  readonly #context: Context;
  readonly #reports = new Set<Source>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Whether another frame of ours may be laid out. */
  isWindowOpen(own: Source, now: number): boolean {
    const { log } = own;
    return log.offsetOf(log.next) - log.offsetOf(this.taken(own, now)) < WINDOW_BYTES;
  }

  /** Below it everything was taken here and behind us. */
  taken(source: Source, now: number): number {
    let taken = source.log.next;
    if (source.delivered < taken && !isApplicationLeftBehind(source, now)) taken = source.delivered;
    for (const progress of source.peers.values()) {
      if (progress.acked >= taken) continue;
      if (!progress.isEager || isLeftBehind(source, progress, now)) continue;
      taken = progress.acked;
    }
    // Also when nobody is waited for, a source goes no faster than the fastest of its Links.
    if (source.id === this.#context.options.own.id) taken = Math.min(taken, farthestCursor(source));
    return taken;
  }

  /**
   * Whether a source that sends more than a log holds ignores the window. Where those that we answer for are slow, it may have
   * been left to go on without us, a moment before we leave them behind ourselves.
   */
  ignoresWindow(source: Source, now: number): boolean {
    const takenBytes = source.log.offsetOf(this.taken(source, now)) - source.lostBytes; // what was lost nobody took
    return !source.takenPace.couldBeLeftBehind(takenBytes, now);
  }

  /** Called before a frame is pushed: one that lagged little until now has not stood still. */
  onPush(source: Source, progress: Progress, now: number): void {
    if (lagBytes(source, progress) <= UNREPORTED_BYTES || progress.cursor <= progress.acked) {
      progress.pace.begin(source.log.offsetOf(progress.acked), now);
    }
  }

  /** A neighbour says that all behind it have everything below `taken`. */
  onTaken(source: Source, progress: Progress, taken: number, now: number): void {
    const acked = Math.min(taken, progress.cursor);
    if (acked <= progress.acked) return;
    progress.acked = acked;
    progress.pace.moved(source.log.offsetOf(acked), now);
  }

  /** What is taken of the source may have changed: reports it to those who push it to us, now or soon. */
  update(source: Source, now: number): void {
    if (!this.#isAnythingUnreported(source)) return;
    const taken = this.taken(source, now);
    const takenBytes = source.log.offsetOf(taken);
    const isBehind = source.log.offsetOf(source.log.next) - takenBytes > UNREPORTED_BYTES;
    const { takenPace, lostBytes } = source;
    if (isBehind) takenPace.moved(takenBytes - lostBytes, now);
    else takenPace.begin(takenBytes - lostBytes, now);
    let isSomethingLeft = false;
    for (const [peer, progress] of source.peers) {
      if (!isParent(progress)) continue;
      const news = takenBytes - progress.reportedBytes;
      if (news >= REPORT_BYTES) this.#report(source, peer, progress, taken, takenBytes);
      else if (news >= QUIET_BYTES) isSomethingLeft = true;
    }
    if (!isSomethingLeft || this.#reports.has(source)) return;
    this.#reports.add(source);
    source.reportAt = now + REPORT_DELAY_MS;
    this.#context.wakeBy(source.reportAt);
  }

  /** Sends the reports that are due. */
  run(now: number): void {
    for (const source of this.#reports) {
      if (now < source.reportAt) {
        this.#context.wakeBy(source.reportAt);
        continue;
      }
      this.#reports.delete(source);
      const taken = this.taken(source, now);
      const takenBytes = source.log.offsetOf(taken);
      for (const [peer, progress] of source.peers) {
        if (isParent(progress) && takenBytes - progress.reportedBytes >= QUIET_BYTES) {
          this.#report(source, peer, progress, taken, takenBytes);
        }
      }
    }
  }

  forget(source: Source): void {
    this.#reports.delete(source);
  }

  #isAnythingUnreported(source: Source): boolean {
    const end = source.log.offsetOf(source.log.next);
    if (end < source.quietUntilBytes) return false;
    let until = Number.POSITIVE_INFINITY;
    for (const progress of source.peers.values()) {
      if (isParent(progress)) until = Math.min(until, progress.reportedBytes + QUIET_BYTES);
    }
    source.quietUntilBytes = until;
    return end >= until;
  }

  #report(source: Source, peer: NodeId, progress: Progress, taken: number, takenBytes: number): void {
    progress.reportedBytes = takenBytes;
    const neighbour = this.#context.neighbours.get(peer);
    if (neighbour) this.sendReport(neighbour, source, taken);
  }

  /** Set by the composition: an `ihave` of one source. */
  sendReport: (neighbour: Neighbour, source: Source, taken: number) => void = () => {};
}

/** Whether frames of the source came from it and it goes on pushing. */
function isParent(progress: Progress): boolean {
  return progress.received > 0 && progress.isEager;
}

/** How far the neighbour has been pushed that has been pushed most. */
function farthestCursor({ log, peers }: Source): number {
  let farthest: number | undefined;
  for (const { isEager, cursor } of peers.values()) {
    if (isEager && cursor > (farthest ?? -1)) farthest = cursor;
  }
  return farthest ?? log.next;
}

function isLeftBehind(source: Source, progress: Progress, now: number): boolean {
  if (lagBytes(source, progress) <= UNREPORTED_BYTES) return false;
  return progress.pace.isLeftBehind(source.log.offsetOf(progress.acked), now);
}

function isApplicationLeftBehind({ log, delivered, pace }: Source, now: number): boolean {
  return pace.isLeftBehind(log.offsetOf(delivered), now);
}

function lagBytes({ log }: Source, progress: Progress): number {
  return log.offsetOf(log.next) - log.offsetOf(progress.acked);
}
