/**
 * The coordinator's picture on every other stage. A Tile that needs nothing more is sent as it is, once. Before that a viewer gets previews
 * of it (preview-tiles.ts), newer ones as more of it has come: together a twelfth of what the Tile's results have cost to bring. One
 * message is on the way per viewer, with the newest pixels, so a slow viewer gets fewer previews, never a longer queue, and at the end
 * exactly what the coordinator has. While the render runs each viewer's rate is capped, for the same network carries the results.
 */
import type { JobId } from '../../farm/index.ts';
import { log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { isTileFinished, type TileGoal, type TileGrid } from '../film/index.ts';
import { encodeTiles, PREVIEW_MARK, type SentPicture, TILES_PER_MESSAGE } from './messages.ts';
import { encodePreviews } from './preview-tiles.ts';

/** Twice a second a 512x512 picture; measured as no burden to tabs that render. */
const BYTES_PER_MS = 6_000;
/** Bytes a pixel: of a Block's sums, and of what a viewer gets. */
const SUMS_COST = 12;
const PREVIEW_COST = 4;
const GLIMPSE_COST = 1;
/** Of what came, for previews. The finished Tile is as large as one Block. */
const PREVIEW_SHARE = 1 / 12;
/** Of the samples of the last glimpse, for another one in place of a preview: half as noisy. */
const GLIMPSE_GROWTH = 4;
/** A viewer that did not take a message (frozen, or on a path that just broke) is tried again after it. */
const RETRY_MS = 1_000;

export interface ViewerFeedPort {
  readonly timers: Timers;
  /** Resolves when the viewer has it. */
  sendTiles(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendPreviews(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendProgress(viewer: NodeId, bytes: Uint8Array): Promise<void>;
}

/** What the feed needs of a render. */
export interface FedRender {
  readonly plan: { readonly grid: TileGrid };
  readonly goal: TileGoal;
  readonly picture: SentPicture;
  /** Blocks that are in that part. */
  blocksIn(part: number): number;
}

/** How a Tile is to be sent now. */
type Form = 'exact' | 'preview' | 'glimpse';

/** What a viewer has had of a part, in bytes a pixel, and what was in it then. */
interface Previewed {
  readonly cost: number;
  readonly blocks: number;
  readonly samples: number;
}

interface Viewer {
  readonly id: NodeId;
  /** Parts of which it has not got all. */
  readonly owed: Set<number>;
  /** Those of them of which something is to be sent now. */
  readonly due: Set<number>;
  readonly previewed: Map<number, Previewed>;
  /** The picture comes to it another way. */
  wantsTiles: boolean;
  isSending: boolean;
  /** Parts of the message that is on its way: a question that crosses it does not know of them. */
  onTheWay: readonly number[];
  /** Pausing for the rate cap. */
  isPausing: boolean;
  isSendingProgress: boolean;
  progress: Uint8Array | undefined;
}

export class ViewerFeed {
  readonly #job: JobId;
  readonly #render: FedRender;
  readonly #port: ViewerFeedPort;
  readonly #viewers = new Map<NodeId, Viewer>();
  /** Nothing is rendered: no sparing the network. */
  #isIdle = false;

  constructor(job: JobId, render: FedRender, port: ViewerFeedPort) {
    this.#job = job;
    this.#render = render;
    this.#port = port;
  }

  /**
   * Sends everything that the viewer has otherwise, more or less of it, and every change from now on. Without `samplesOf` only the
   * progress, which it gets at once. A known one may ask again.
   */
  add(id: NodeId, samplesOf: ((part: number) => number) | undefined, progress: Uint8Array): void {
    const viewer: Viewer = this.#viewers.get(id) ?? {
      id,
      owed: new Set(),
      due: new Set(),
      previewed: new Map(),
      wantsTiles: false,
      isSending: false,
      onTheWay: [],
      isPausing: false,
      isSendingProgress: false,
      progress: undefined,
    };
    viewer.wantsTiles = samplesOf !== undefined;
    for (const parts of [viewer.owed, viewer.due]) {
      for (const part of parts) if (!viewer.onTheWay.includes(part)) parts.delete(part);
    }
    if (samplesOf) {
      for (const [part, samples] of this.#render.picture.tileSamples.entries()) {
        if (viewer.onTheWay.includes(part)) continue;
        const told = samplesOf(part);
        const isPreview = told >= PREVIEW_MARK;
        const has = isPreview ? told - PREVIEW_MARK : told;
        if (has === samples && !isPreview) continue;
        // What was sent since may have been lost.
        if (viewer.previewed.get(part)?.samples !== has) viewer.previewed.delete(part);
        if (has === samples && !this.#isIdle) viewer.owed.add(part);
        else this.#owe(viewer, part);
      }
    }
    viewer.progress = progress;
    this.#viewers.set(id, viewer);
    this.#pump(viewer);
    this.#pumpProgress(viewer);
  }

  remove(id: NodeId): void {
    this.#viewers.delete(id);
  }

  partChanged(part: number): void {
    for (const viewer of this.#viewers.values()) {
      if (!viewer.wantsTiles) continue;
      this.#owe(viewer, part);
      this.#pump(viewer);
    }
  }

  /** The newest one wins. */
  progressChanged(encode: () => Uint8Array): void {
    if (this.#viewers.size === 0) return;
    const progress = encode();
    for (const viewer of this.#viewers.values()) {
      viewer.progress = progress;
      this.#pumpProgress(viewer);
    }
  }

  /** No more changes will come for now: what is left goes out at full speed. */
  finish(): void {
    this.#isIdle = true;
    for (const viewer of this.#viewers.values()) {
      for (const part of viewer.owed) viewer.due.add(part);
      this.#pump(viewer);
    }
  }

  /** Changes come again. */
  resume(): void {
    this.#isIdle = false;
  }

  close(): void {
    this.#viewers.clear();
  }

  #isCurrent(viewer: Viewer): boolean {
    return this.#viewers.get(viewer.id) === viewer;
  }

  #owe(viewer: Viewer, part: number): void {
    viewer.owed.add(part);
    if (this.#formFor(viewer, part)) viewer.due.add(part);
  }

  /** Undefined: not now, later. */
  #formFor(viewer: Viewer, part: number): Form | undefined {
    const { picture, goal } = this.#render;
    const samples = picture.tileSamples[part] ?? 0;
    const isFinished = isTileFinished(goal, samples, picture.tileNoise[part] ?? 0);
    if (this.#isIdle || samples === 0 || isFinished) return 'exact';
    const budget = PREVIEW_SHARE * SUMS_COST * this.#render.blocksIn(part);
    const { cost, samples: before } = this.#previewed(viewer, part);
    if (cost + PREVIEW_COST <= budget) return 'preview';
    const isClearer = cost < PREVIEW_COST && samples >= GLIMPSE_GROWTH * before;
    return isClearer && cost + GLIMPSE_COST <= budget ? 'glimpse' : undefined;
  }

  #previewed(viewer: Viewer, part: number): Previewed {
    const before = viewer.previewed.get(part);
    // It was begun anew.
    const isOfThis = before && before.blocks <= this.#render.blocksIn(part);
    return isOfThis ? before : { cost: 0, blocks: 0, samples: 0 };
  }

  #pump(viewer: Viewer): void {
    if (viewer.isSending || viewer.due.size === 0 || !this.#isCurrent(viewer)) return;
    if (viewer.isPausing && !this.#isIdle) return;
    const frameOf = (part: number): number => Math.floor(part / this.#render.plan.grid.tileCount);
    const parts: number[] = [];
    let isExact: boolean | undefined;
    for (const part of viewer.due) {
      // One frame at a time: more need not be in memory.
      if (frameOf(part) !== frameOf(parts[0] ?? part)) continue;
      const form = this.#formFor(viewer, part);
      if (!form) viewer.due.delete(part);
      if (!form || (form === 'exact') !== (isExact ?? form === 'exact')) continue;
      isExact = form === 'exact';
      parts.push(part);
      viewer.due.delete(part);
      if (parts.length === TILES_PER_MESSAGE) break;
    }
    if (isExact === undefined) return;
    viewer.isSending = true;
    viewer.onTheWay = parts;
    const send = isExact ? () => this.#sendExact(viewer, parts) : () => this.#sendPreviews(viewer, parts);
    const brought = this.#render.picture.bring(frameOf(parts[0] ?? 0));
    const sent = brought ? brought.then(send) : send();
    sent.then(
      () => {
        viewer.isSending = false;
        viewer.onTheWay = [];
        this.#pump(viewer);
      },
      (error: unknown) => {
        viewer.onTheWay = [];
        log('debug', `a viewer did not take some tiles: ${messageOf(error)}`);
        for (const part of parts) this.#owe(viewer, part);
        this.#port.timers.after(RETRY_MS, () => {
          viewer.isSending = false;
          this.#pump(viewer);
        });
      },
    );
  }

  #sendExact(viewer: Viewer, parts: readonly number[]): Promise<void> {
    const { plan, goal, picture } = this.#render;
    for (const part of parts) {
      viewer.owed.delete(part);
      viewer.previewed.delete(part);
    }
    const bytes = encodeTiles(this.#job, plan.grid, goal, parts, picture);
    if (!this.#isIdle) this.#pause(viewer, bytes.length / BYTES_PER_MS);
    return this.#port.sendTiles(viewer.id, bytes);
  }

  async #sendPreviews(viewer: Viewer, parts: readonly number[]): Promise<void> {
    const { plan, goal, picture, blocksIn } = this.#render;
    const previews = parts.map((part) => ({ part, isGlimpse: this.#formFor(viewer, part) === 'glimpse' }));
    const had = previews.map(({ part, isGlimpse }) => {
      const cost = this.#previewed(viewer, part).cost + (isGlimpse ? GLIMPSE_COST : PREVIEW_COST);
      return [part, { cost, blocks: blocksIn(part), samples: picture.tileSamples[part] ?? 0 }] as const;
    });
    const bytes = encodePreviews(this.#job, plan.grid, goal, previews, picture);
    this.#pause(viewer, bytes.length / BYTES_PER_MS);
    await this.#port.sendPreviews(viewer.id, bytes);
    for (const [part, one] of had) viewer.previewed.set(part, one);
  }

  #pause(viewer: Viewer, pauseMs: number): void {
    viewer.isPausing = true;
    this.#port.timers.after(pauseMs, () => {
      viewer.isPausing = false;
      this.#pump(viewer);
    });
  }

  #pumpProgress(viewer: Viewer): void {
    const { progress } = viewer;
    if (viewer.isSendingProgress || !progress || !this.#isCurrent(viewer)) return;
    viewer.progress = undefined;
    viewer.isSendingProgress = true;
    const next = (): void => {
      viewer.isSendingProgress = false;
      this.#pumpProgress(viewer);
    };
    this.#port.sendProgress(viewer.id, progress).then(next, next);
  }
}

/** For those who come when nothing changes any more. */
export function finishedFeed(
  job: JobId,
  picture: SentPicture & { readonly grid: TileGrid },
  goal: TileGoal,
  port: ViewerFeedPort,
): ViewerFeed {
  const feed = new ViewerFeed(job, { plan: picture, goal, picture, blocksIn: () => 0 }, port);
  feed.finish();
  return feed;
}
