/**
 * What the coordinator of a render does for those who look at it, itself included: measures who rendered how much and how fast, says
 * so a few times a second, and feeds the picture to the others. It lives as long as this Node has the role; whoever takes the role
 * over goes on from the last report that it heard.
 */
import type { JobView } from '../../farm/index.ts';
import type { Clock, Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { JobProgress } from './contract.ts';
import { Eta } from './eta.ts';
import { Expectation } from './expectation.ts';
import { encodeProgress, type Watch } from './messages.ts';
import { Meter } from './meter.ts';
import type { RenderStore } from './render-store.ts';
import { ViewerFeed, type ViewerFeedPort } from './viewer-feed.ts';
import { WorkTimes } from './work-times.ts';

/** Five reports a second here, every second one of them to the viewers: each redraws a page that also renders. */
const REPORT_MS = 200;
/** A report that comes so much later than it should: this device slept. */
const SLEPT_MS = 10_000;

/** Of a render of which nothing was heard yet. */
export function noProgress({ doneCost, totalCost }: JobView): JobProgress {
  return {
    ...{ samplesDone: doneCost, samplesTotal: totalCost, noise: undefined, tilesFinished: 0 },
    ...{ samplesPerSecond: 0, elapsedSeconds: 0, etaSeconds: undefined },
    ...{ shares: [], active: [], helpers: [] },
  };
}

export interface ReporterPort extends ViewerFeedPort {
  readonly clock: Clock;
  readonly timers: Timers;
  view(): JobView;
  deviceName(node: NodeId): string;
  /** A fresh report. */
  progress(progress: JobProgress): void;
}

export class Reporter {
  readonly #store: RenderStore;
  readonly #port: ReporterPort;
  readonly #meter = new Meter();
  readonly #eta: Eta;
  readonly #workTimes: WorkTimes;
  readonly #expectation: Expectation;
  readonly #feed: ViewerFeed;
  readonly #stopListening: readonly (() => void)[];
  #elapsedMs: number;
  #measuredAtMs: number;
  #progress: JobProgress;
  #reports = 0;
  #stopTimer: (() => void) | undefined;

  /** @param before what was last heard from whoever had the role */
  constructor(store: RenderStore, before: JobProgress, port: ReporterPort) {
    this.#store = store;
    this.#port = port;
    const { samplesDone, samplesTotal, shares, elapsedSeconds } = before;
    this.#expectation = new Expectation(store, samplesTotal > 0 ? samplesDone / samplesTotal : 0);
    this.#eta = new Eta(store.partCount);
    this.#workTimes = new WorkTimes(port.clock.now());
    for (const { node, samples } of shares) this.#meter.remember(node, samples);
    this.#elapsedMs = 1000 * elapsedSeconds;
    this.#measuredAtMs = port.clock.now();
    const { plan, goal, reel } = store;
    const fed = { plan, goal, picture: reel, blocksIn: (part: number) => reel.prefix(part) };
    this.#feed = new ViewerFeed(port.view().description.id, fed, port);
    this.#stopListening = [
      store.events.on('contributed', ({ worker, part, samples, elapsedMs }) => {
        const nowMs = port.clock.now();
        if (!this.#workTimes.isFresh(worker, elapsedMs, nowMs)) {
          this.#meter.remember(worker.node, samples);
          return;
        }
        this.#meter.record(worker.node, samples, nowMs);
        this.#eta.record(worker, { tile: part, samples }, nowMs);
      }),
      store.events.on('part', (part) => this.#feed.partChanged(part)),
    ];
    this.#progress = this.#measure();
    this.#feed.finish();
    this.viewChanged();
  }

  get progress(): JobProgress {
    return this.#progress;
  }

  watchedBy(viewer: NodeId, { samplesOf }: Watch): void {
    this.#feed.add(viewer, samplesOf, this.#encoded());
  }

  left(node: NodeId): void {
    this.#feed.remove(node);
    this.#eta.left(node);
    this.#workTimes.left(node);
  }

  /** The Job's view is another now. */
  viewChanged(): void {
    const isRunning = this.#port.view().control.phase === 'running';
    if (isRunning === (this.#stopTimer !== undefined)) return;
    if (isRunning) {
      // The pause does not count.
      this.#measuredAtMs = this.#port.clock.now();
      this.#feed.resume();
      this.#scheduleReport();
      return;
    }
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#feed.finish();
    this.#eta.paused();
    this.#report(true);
  }

  /** No more news to anyone. */
  close(): void {
    this.#stopTimer?.();
    for (const stop of this.#stopListening) stop();
    this.#feed.close();
  }

  #scheduleReport(): void {
    const { clock, timers } = this.#port;
    const dueAtMs = clock.now() + REPORT_MS;
    this.#stopTimer = timers.after(REPORT_MS, () => {
      if (clock.now() - dueAtMs > SLEPT_MS) this.#eta.paused();
      this.#scheduleReport();
      this.#report(this.#reports % 2 === 0);
    });
  }

  #report(toViewers: boolean): void {
    this.#reports++;
    this.#progress = this.#measure();
    this.#port.progress(this.#progress);
    if (toViewers) this.#feed.progressChanged(() => this.#encoded());
  }

  #encoded(): Uint8Array {
    return encodeProgress(this.#port.view().description.id, this.#progress);
  }

  #measure(): JobProgress {
    const nowMs = this.#port.clock.now();
    this.#elapsedMs += nowMs - this.#measuredAtMs;
    this.#measuredAtMs = nowMs;
    const shares = this.#meter.rates(nowMs).map(({ node, samples, samplesPerSecond }) => ({
      node,
      deviceName: this.#port.deviceName(node),
      samples,
      samplesPerSecond,
    }));
    const samplesPerSecond = shares.reduce((sum, share) => sum + share.samplesPerSecond, 0);
    const { samplesTotal, samplesLeft, tilesLeft } = this.#expectation.measure();
    const { plan, reel } = this.#store;
    const { active, helpers } = this.#port.view();
    return {
      samplesDone: reel.samplesDone,
      samplesTotal,
      noise: reel.worstNoise,
      tilesFinished: reel.tilesFinished,
      samplesPerSecond,
      elapsedSeconds: this.#elapsedMs / 1000,
      etaSeconds: this.#eta.seconds(tilesLeft, samplesLeft, nowMs),
      shares,
      active: active.map(({ task, node }) => ({ part: plan.partOf(task), node })),
      helpers,
    };
  }
}
