/**
 * Backpressure over the whole tree. A Node has *taken* a sequence when its application was shown it and every neighbour that
 * it pushes to has taken it. Neighbours report that up to where the frames came from; at the source it closes the window. So
 * a source goes as fast as the slowest branch, and no log on the way overflows. Whoever does not move for STALL_MS no
 * longer counts: it is served as far as the logs reach.
 *
 * Small traffic costs no report: what is below QUIET_BYTES is never reported alone.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Context } from './context.ts';
import type { Neighbour } from './neighbour.ts';
import type { Progress, Source } from './source.ts';

/** What may be on its way and not yet taken everywhere: two of the largest messages. */
export const WINDOW_BYTES = 2 * 1024 * 1024;
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
/** As long as a page may be blocked and lose no Link. */
export const STALL_MS = 10_000;

export class Flow {
  readonly #context: Context;
  readonly #reports = new Set<Source>();

  constructor(context: Context) {
    this.#context = context;
  }

  isWindowOpen(own: Source, now: number): boolean {
    return own.log.offsetOf(own.log.next) - own.log.offsetOf(this.taken(own, now)) < WINDOW_BYTES;
  }

  /** Below it everything was taken here and behind us. */
  taken(source: Source, now: number): number {
    let taken = source.log.next;
    if (source.delivered < taken && now - source.takenAt <= STALL_MS) taken = source.delivered;
    for (const [peer, progress] of source.peers) {
      if (progress.acked >= taken) continue;
      if (!this.#context.neighbours.get(peer)?.isEager || hasStalled(source, progress, now)) continue;
      taken = progress.acked;
    }
    return taken;
  }

  /** Called before a frame is pushed: one that lagged little until now has not stood still. */
  onPush(source: Source, progress: Progress, now: number): void {
    if (lagBytes(source, progress) <= UNREPORTED_BYTES || progress.cursor <= progress.acked) {
      progress.movedAt = now;
    }
  }

  /** A neighbour says that all behind it have everything below `taken`. */
  onTaken(progress: Progress, taken: number, now: number): void {
    const acked = Math.min(taken, progress.cursor);
    if (acked <= progress.acked) return;
    progress.acked = acked;
    progress.movedAt = now;
  }

  /** What is taken of the source may have changed: reports it to those who push it to us, now or soon. */
  update(source: Source, now: number): void {
    if (!this.#isAnythingUnreported(source)) return;
    const taken = this.taken(source, now);
    const takenBytes = source.log.offsetOf(taken);
    let isSomethingLeft = false;
    for (const [peer, progress] of source.peers) {
      if (!this.#isParent(peer, progress)) continue;
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
        if (this.#isParent(peer, progress) && takenBytes - progress.reportedBytes >= QUIET_BYTES) {
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
    for (const [peer, progress] of source.peers) {
      if (end - progress.reportedBytes >= QUIET_BYTES && this.#isParent(peer, progress)) return true;
    }
    return false;
  }

  /** Whether frames of the source came from it and it goes on pushing. */
  #isParent(peer: NodeId, progress: Progress): boolean {
    return progress.received > 0 && this.#context.neighbours.get(peer)?.isEager === true;
  }

  #report(source: Source, peer: NodeId, progress: Progress, taken: number, takenBytes: number): void {
    progress.reportedBytes = takenBytes;
    const neighbour = this.#context.neighbours.get(peer);
    if (neighbour) this.sendReport(neighbour, source, taken);
  }

  /** Set by the composition: an `ihave` of one source. */
  sendReport: (neighbour: Neighbour, source: Source, taken: number) => void = () => {};
}

function hasStalled(source: Source, progress: Progress, now: number): boolean {
  return now - progress.movedAt > STALL_MS && lagBytes(source, progress) > UNREPORTED_BYTES;
}

function lagBytes({ log }: Source, progress: Progress): number {
  return log.offsetOf(log.next) - log.offsetOf(progress.acked);
}
