/**
 * The coordinator's picture on every other stage. A Tile that needs nothing more is sent as it is, once. Before that a viewer gets previews
 * of it (preview-tiles.ts), newer ones as more of it has come: together a twelfth of what the Tile's results have cost to bring. One
 * message is on the way per viewer, with the newest pixels, so a slow viewer gets fewer previews, never a longer queue, and at the end
 * exactly what the coordinator has. While the render runs each viewer's rate is capped, for the same network carries the results.
 *
 * A question of some bytes may be about a million parts. What it says is compared with the picture frame by frame, as there is room on the
 * way, and so many parts at a time: whoever asks and asks takes a small share of this Node.
 */
import type { JobId } from '../../farm/index.ts';
import { log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { isTileFinished, type TileGoal, type TileGrid } from '../film/index.ts';
import { encodeTiles, PREVIEW_MARK, type SentPicture, TILES_PER_MESSAGE } from './messages.ts';
import { PartsByFrame } from './parts-by-frame.ts';
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
/** Parts that are compared at a time with what one viewer says that it has: some milliseconds. */
export const COMPARED_AT_A_TIME = 32_768;
/** Before more are. A million of them take a second. */
const COMPARE_PAUSE_MS = 30;
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

/** What a viewer has said that it has, as far as that is not compared yet. */
interface Claim {
  readonly samplesOf: (part: number) => number;
  /** Parts that were on their way when it said so. */
  readonly crossed: readonly number[];
  nextPart: number;
}

interface Viewer {
  readonly id: NodeId;
  claim: Claim | undefined;
  /** Pausing before more of what it says is compared. */
  isComparePausing: boolean;
  /** Parts of which it has not got all, as far as is known. */
  readonly owed: Set<number>;
  /** Those of them of which something is to be sent now. */
  readonly due: PartsByFrame;
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

/** Parts of one frame that go in one message. */
interface Batch {
  readonly frame: number;
  readonly parts: readonly number[];
  readonly isExact: boolean;
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
    const viewer = this.#viewers.get(id) ?? newViewer(id, this.#render.plan.grid);
    const { owed, due, onTheWay } = viewer;
    viewer.wantsTiles = samplesOf !== undefined;
    for (const part of owed) {
      if (onTheWay.includes(part)) continue;
      owed.delete(part);
      due.delete(part);
    }
    viewer.claim = samplesOf && { samplesOf, crossed: onTheWay, nextPart: 0 };
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

  /** Until there is enough to send. */
  #compare(viewer: Viewer): void {
    const { claim, due } = viewer;
    if (!claim || viewer.isComparePausing) return;
    const partCount = this.#render.picture.tileSamples.length;
    const end = Math.min(partCount, claim.nextPart + COMPARED_AT_A_TIME);
    while (claim.nextPart < end && due.size < TILES_PER_MESSAGE) {
      this.#comparePart(viewer, claim, claim.nextPart++);
    }
    if (claim.nextPart >= partCount) viewer.claim = undefined;
    else if (claim.nextPart === end) {
      viewer.isComparePausing = true;
      this.#port.timers.after(COMPARE_PAUSE_MS, () => {
        viewer.isComparePausing = false;
        this.#pump(viewer);
      });
    }
  }

  #comparePart(viewer: Viewer, { samplesOf, crossed }: Claim, part: number): void {
    if (crossed.includes(part)) return;
    const samples = this.#render.picture.tileSamples[part] ?? 0;
    const told = samplesOf(part);
    const isPreview = told >= PREVIEW_MARK;
    const has = isPreview ? told - PREVIEW_MARK : told;
    if (has === samples && !isPreview) return;
    // What was sent since may have been lost.
    if (viewer.previewed.get(part)?.samples !== has) viewer.previewed.delete(part);
    if (has === samples && !this.#isIdle) viewer.owed.add(part);
    else this.#owe(viewer, part);
  }

  /** What goes next, of one frame: more need not be in memory. */
  #next(viewer: Viewer): Batch | undefined {
    for (;;) {
      this.#compare(viewer);
      const due = viewer.due.first();
      if (!due) return undefined;
      const parts: number[] = [];
      let isExact: boolean | undefined;
      for (const part of due.parts) {
        const form = this.#formFor(viewer, part);
        if (!form) viewer.due.delete(part);
        if (!form || (form === 'exact') !== (isExact ?? form === 'exact')) continue;
        isExact = form === 'exact';
        parts.push(part);
        viewer.due.delete(part);
        if (parts.length === TILES_PER_MESSAGE) break;
      }
      if (isExact !== undefined) return { frame: due.frame, parts, isExact };
    }
  }

  #pump(viewer: Viewer): void {
    if (viewer.isSending || !this.#isCurrent(viewer)) return;
    if (viewer.isPausing && !this.#isIdle) return;
    const next = this.#next(viewer);
    if (!next) return;
    const { frame, parts, isExact } = next;
    viewer.isSending = true;
    viewer.onTheWay = parts;
    const send = isExact ? () => this.#sendExact(viewer, parts) : () => this.#sendPreviews(viewer, parts);
    const brought = this.#render.picture.bring(frame);
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

function newViewer(id: NodeId, { tileCount }: TileGrid): Viewer {
  return {
    ...{ id, claim: undefined, isComparePausing: false, previewed: new Map(), wantsTiles: false },
    ...{ owed: new Set(), due: new PartsByFrame(tileCount), onTheWay: [] },
    ...{ isSending: false, isPausing: false, isSendingProgress: false, progress: undefined },
  };
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
