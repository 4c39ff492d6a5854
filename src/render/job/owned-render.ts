/** A render that this tab started: the Film fills here, and from here every other stage is fed. */
import type { JobStatus, OwnedJob } from '../../farm/index.ts';
import { type Clock, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type BlockPlan, type Film, filmHash } from '../film/index.ts';
import type { RenderSpec } from '../settings.ts';
import type { GuideImages, GuideOptions, JobProgress } from './contract.ts';
import { Expectation } from './expectation.ts';
import { isFinal, RenderJobBase } from './job-base.ts';
import { encodeProgress } from './messages.ts';
import { Meter } from './meter.ts';
import type { RenderSource } from './render-source.ts';
import { ViewerFeed } from './viewer-feed.ts';

/** Five reports a second here, every second one of them to the viewers: each redraws a page that also renders. */
const REPORT_MS = 200;

export interface OwnedRenderPort {
  readonly clock: Clock;
  readonly timers: Timers;
  deviceName(node: NodeId): string;
  sendTiles(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendProgress(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  guides(options: GuideOptions | undefined): Promise<GuideImages>;
  cancel(): void;
}

export interface OwnedRenderParts {
  readonly owner: NodeId;
  readonly title: string;
  readonly spec: RenderSpec;
  readonly plan: BlockPlan;
  readonly source: RenderSource;
  readonly job: OwnedJob;
}

export class OwnedRender extends RenderJobBase {
  readonly isOwn = true;
  readonly film: Film;
  readonly #plan: BlockPlan;
  readonly #job: OwnedJob;
  readonly #port: OwnedRenderPort;
  readonly #meter = new Meter();
  readonly #expectation: Expectation;
  readonly #feed: ViewerFeed;
  readonly #startMs: number;
  #progress: JobProgress;
  #changedTiles = new Set<number>();
  #reports = 0;
  #stopTimer: (() => void) | undefined;

  constructor(parts: OwnedRenderParts, port: OwnedRenderPort) {
    super(parts.job.id, parts.owner, parts.title, parts.spec);
    this.film = parts.source.film;
    this.#plan = parts.plan;
    this.#expectation = new Expectation(parts.source);
    this.#job = parts.job;
    this.#port = port;
    this.#startMs = port.clock.now();
    this.#feed = new ViewerFeed(this.id, parts.plan.grid, parts.source.goal, this.film, port);
    this.#progress = this.#measure();
    this.#scheduleReport();
  }

  get progress(): JobProgress {
    return this.#progress;
  }

  /** A Node wants the picture. `samplesOf`: what it has of each Tile. */
  watchedBy(viewer: NodeId, samplesOf: (tile: number) => number): void {
    this.#feed.add(viewer, samplesOf);
    this.#feed.progressChanged(() => encodeProgress(this.id, this.#progress));
  }

  left(viewer: NodeId): void {
    this.#feed.remove(viewer);
  }

  contributed(node: NodeId, samples: number): void {
    this.beginRendering();
    this.#meter.record(node, samples, this.#port.clock.now());
  }

  folded(tile: number): void {
    this.#changedTiles.add(tile);
    this.#feed.tileChanged(tile);
    // The stage paints what changed since the last event, once a turn.
    if (this.#changedTiles.size === 1) queueMicrotask(() => this.#emitTiles());
  }

  /** The farm's Job is over. */
  async ended({ phase, reason }: JobStatus): Promise<void> {
    this.#stopTimer?.();
    this.#feed.finish();
    this.#report(true);
    if (phase === 'done') {
      try {
        this.endDone(await filmHash(this.#plan.grid.width, this.#plan.grid.height, this.film.means));
      } catch (error) {
        this.endWithout('failed', `the finished picture could not be hashed: ${messageOf(error)}`);
      }
    } else if (phase !== 'running') {
      this.endWithout(phase, reason ?? `it was ${phase}`);
    }
  }

  guides(options?: GuideOptions): Promise<GuideImages> {
    return this.#port.guides(options);
  }

  cancel(): void {
    this.#port.cancel();
  }

  /** No more news to anyone. */
  close(): void {
    this.#stopTimer?.();
    this.#feed.close();
    this.endWithout('cancelled', 'this tab left the network');
  }

  #emitTiles(): void {
    const tiles = [...this.#changedTiles];
    this.#changedTiles = new Set();
    if (tiles.length > 0) this.events.emit('tiles', tiles);
  }

  #scheduleReport(): void {
    this.#stopTimer = this.#port.timers.after(REPORT_MS, () => {
      this.#report(this.#reports % 2 === 0);
      if (!isFinal(this.state)) this.#scheduleReport();
    });
  }

  #report(toViewers: boolean): void {
    this.#reports++;
    this.#progress = this.#measure();
    this.events.emit('progress', this.#progress);
    if (toViewers) this.#feed.progressChanged(() => encodeProgress(this.id, this.#progress));
  }

  #measure(): JobProgress {
    const nowMs = this.#port.clock.now();
    const shares = this.#meter.rates(nowMs).map(({ node, samples, samplesPerSecond }) => ({
      node,
      deviceName: this.#port.deviceName(node),
      samples,
      samplesPerSecond,
    }));
    const samplesPerSecond = shares.reduce((sum, share) => sum + share.samplesPerSecond, 0);
    const samplesDone = this.#meter.samples;
    const { samplesTotal, samplesLeft } = this.#expectation.measure(samplesDone);
    return {
      samplesDone,
      samplesTotal,
      noise: this.film.worstNoise,
      tilesFinished: this.film.tilesFinished,
      samplesPerSecond,
      elapsedSeconds: (nowMs - this.#startMs) / 1000,
      etaSeconds: samplesPerSecond > 0 ? samplesLeft / samplesPerSecond : undefined,
      shares,
      active: this.#job.active().map(({ task, node }) => ({ tile: this.#plan.block(task).tile, node })),
      transfers: [...this.#job.transfers()].map(([node, { receivedBytes, totalBytes }]) => ({
        node,
        receivedBytes,
        totalBytes,
      })),
    };
  }
}
