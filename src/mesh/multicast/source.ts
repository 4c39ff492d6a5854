/**
 * What is kept of one source in its present life: the log of its frames, those that came too early, how far our application
 * is, and how far each neighbour is with it. A source is small when it is silent: its log empties with time.
 */
import type { NodeId } from '../../wire/index.ts';
import { FRAME_COST_BYTES, FrameLog } from './frame-log.ts';
import { Pace } from './pace.ts';

/** How far one neighbour is with one source. Sequences, but for what says bytes or At. */
export interface Progress {
  /** An Edge of the tree of this source: its frames are pushed to the neighbour, not announced. */
  isEager: boolean;
  /** Whether the neighbour is to be pushed or told of the source: in which of its lists the source stands (neighbour.ts). */
  waitsFor: 'push' | 'word' | 'nothing';
  /** When we last told it to prune. */
  prunedAt: number;
  /** Below it everything was pushed or announced to the neighbour, or it has it anyway. */
  cursor: number;
  /** What it asked for again, exclusive end; empty when equal. */
  resendFrom: number;
  resendTo: number;
  /** Below it the neighbour and all behind it have everything, as far as it was pushed by us. */
  acked: number;
  /** How fast `acked` moves while it lags. */
  readonly pace: Pace;
  /** What it says it has. */
  claimLow: number;
  claimNext: number;
  /** What it said that it keeps, also from before we came: of no use to us, but to others (older.ts). */
  keptLow: number;
  keptNext: number;
  /** Up to where it was told that others keep something. */
  offered: number;
  /** It said so, asked or not: what it has not got is not to be had there. */
  hasAnswered: boolean;
  /** Grafts sent to it in vain since the last progress. */
  attempts: number;
  /** What we asked it for, exclusive end: copies of that are no reason to prune. */
  askedFrom: number;
  askedTo: number;
  /** Above the highest that it sent us. */
  received: number;
  /** Log offset up to which we told it what was taken. */
  reportedBytes: number;
}

/** Frames beyond a gap that are kept: what a neighbour pushes in a second while another is asked for the gap. */
const MAX_EARLY_FRAMES = 512;
const MAX_EARLY_BYTES = 1024 * 1024;

export class Source {
  readonly id: NodeId;
  readonly life: number;
  readonly publicKey: Uint8Array;
  readonly log = new FrameLog();
  readonly early = new Map<number, Uint8Array>();
  earlyBytes = 0;
  readonly peers = new Map<NodeId, Progress>();
  /** A source whose tree this one's starts with, until its first frame has been passed on. */
  pattern: Source | undefined;
  /** The neighbour that brought the last first copy. */
  parent: NodeId | undefined;
  /** Whether it is settled where its frames begin for us: at 0, or at the first that was still to be had. */
  isStarted: boolean;
  /** Until then: below it something that was sent since we began is lost, as neighbours say. */
  lostBelow = 0;
  /** No member any more, as far as we know: forgotten first. */
  hasLeft = false;
  /** Everything below it was shown to the application, or was not for it. */
  delivered = 0;
  /** How fast `delivered` moves while the application lags. */
  readonly pace = new Pace();
  /** How fast all that we answer for take it. */
  readonly takenPace = new Pace();
  /** Frames dropped before they were delivered, not told yet. */
  missed = 0;
  /** The gap (repair.ts). */
  isWanting = false;
  /** Since when there has been no progress. */
  gapAt = 0;
  repairAt = 0;
  /** Neighbours have been asked what they have. */
  isAsking = false;
  askedAt = 0;
  /** When those that have not answered are asked again. */
  askAgainAt = 0;
  /** Bytes that its log lost though somebody still needed them; and those of them that are held against the source. */
  lostBytes = 0;
  overrunBytes = 0;
  reportAt = Number.POSITIVE_INFINITY;
  /**
   * While its log ends below this offset, nobody who pushes it to us need hear what was taken (flow.ts): most frames are small, and to
   * look at what each neighbour was told costs more than the rest of a frame. 0: somebody may have begun to push it.
   */
  quietUntilBytes = 0;

  constructor(id: NodeId, life: number, publicKey: Uint8Array, isStarted: boolean) {
    this.id = id;
    this.life = life;
    this.publicKey = publicKey;
    this.isStarted = isStarted;
  }

  progress(peer: NodeId): Progress {
    const known = this.peers.get(peer);
    if (known) return known;
    const low = this.log.low;
    const progress: Progress = {
      isEager: this.pattern ? (this.pattern.peers.get(peer)?.isEager ?? false) : true,
      waitsFor: 'nothing',
      prunedAt: Number.NEGATIVE_INFINITY,
      cursor: low,
      resendFrom: 0,
      resendTo: 0,
      acked: low,
      pace: new Pace(),
      claimLow: 0,
      claimNext: 0,
      keptLow: Number.POSITIVE_INFINITY,
      keptNext: 0,
      offered: 0,
      hasAnswered: false,
      attempts: 0,
      askedFrom: 0,
      askedTo: 0,
      received: 0,
      reportedBytes: this.log.offsetOf(low),
    };
    this.peers.set(peer, progress);
    return progress;
  }

  /** A neighbour that pushes a frame has it and perhaps some before it: how many is asked when they are missing here. */
  cameFrom(progress: Progress, sequence: number): void {
    const next = sequence + 1;
    if (!progress.hasAnswered && progress.claimNext === 0) progress.claimLow = sequence;
    if (next > progress.claimNext) progress.claimNext = next;
    if (progress.received === 0) {
      progress.reportedBytes = this.log.offsetOf(sequence);
      this.quietUntilBytes = 0;
    }
    if (next > progress.received) progress.received = next;
    raiseCursor(progress, next);
  }

  /** Whether this sequence came before. */
  has(sequence: number): boolean {
    return sequence < this.log.next || this.early.has(sequence);
  }

  /** Keeps a frame beyond a gap; the farthest go first when there are too many. Returns the change of what is kept, bytes. */
  keepEarly(sequence: number, frame: Uint8Array): number {
    const before = this.earlyBytes;
    this.early.set(sequence, frame);
    this.earlyBytes += frame.length + FRAME_COST_BYTES;
    while (this.early.size > MAX_EARLY_FRAMES || this.earlyBytes > MAX_EARLY_BYTES) {
      this.takeEarly(Math.max(...this.early.keys()));
    }
    return this.earlyBytes - before;
  }

  takeEarly(sequence: number): Uint8Array | undefined {
    const frame = this.early.get(sequence);
    if (!frame) return undefined;
    this.early.delete(sequence);
    this.earlyBytes -= frame.length + FRAME_COST_BYTES;
    return frame;
  }

  /** Infinity when there is none. */
  get lowestEarly(): number {
    return Math.min(...this.early.keys());
  }
}

/** The neighbour has everything below `next`, wherever it got it: nothing of that is owed to it. */
export function raiseCursor(progress: Progress, next: number): void {
  if (next > progress.cursor) {
    progress.cursor = next;
    progress.acked = next;
  }
}

export function hasWork(progress: Progress, next: number): boolean {
  return progress.cursor < next || progress.resendFrom < progress.resendTo;
}
