/**
 * The coordinator's picture on every other stage. Each viewer has a set of parts (Tiles of frames) that changed since it last got them; the newest pixels of a few
 * at a time are sent, one message on the way per viewer, so a slow viewer gets fewer intermediate pictures, never a longer
 * queue, and at the end exactly what the coordinator has. While the render runs each viewer's rate is capped, for the
 * same network carries the results.
 */
import type { JobId } from '../../farm/index.ts';
import { log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { TileGoal, TileGrid } from '../film/index.ts';
import { encodeTiles, type SentPicture, TILES_PER_MESSAGE } from './messages.ts';

/** Twice a second a 512x512 picture; measured as no burden to tabs that render. */
const BYTES_PER_MS = 6_000;
/** A viewer that did not take a message (frozen, or on a path that just broke) is tried again after it. */
const RETRY_MS = 1_000;

export interface ViewerFeedPort {
  readonly timers: Timers;
  /** Resolves when the viewer has it. */
  sendTiles(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendProgress(viewer: NodeId, bytes: Uint8Array): Promise<void>;
}

/** What the feed needs of a render. */
export interface FedRender {
  readonly plan: { readonly grid: TileGrid };
  readonly goal: TileGoal;
  readonly picture: SentPicture;
}

interface Viewer {
  readonly id: NodeId;
  readonly dirty: Set<number>;
  /** The picture comes to it another way. */
  wantsTiles: boolean;
  isSending: boolean;
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
      dirty: new Set(),
      wantsTiles: false,
      isSending: false,
      isPausing: false,
      isSendingProgress: false,
      progress: undefined,
    };
    viewer.wantsTiles = samplesOf !== undefined;
    viewer.dirty.clear();
    if (samplesOf) {
      for (const [part, samples] of this.#render.picture.tileSamples.entries()) {
        if (samplesOf(part) !== samples) viewer.dirty.add(part);
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
      viewer.dirty.add(part);
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
    for (const viewer of this.#viewers.values()) this.#pump(viewer);
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

  #pump(viewer: Viewer): void {
    if (viewer.isSending || viewer.dirty.size === 0 || !this.#isCurrent(viewer)) return;
    if (viewer.isPausing && !this.#isIdle) return;
    const { plan, picture } = this.#render;
    const frameOf = (part: number): number => Math.floor(part / plan.grid.tileCount);
    const parts: number[] = [];
    for (const part of viewer.dirty) {
      // One frame at a time: more need not be in memory.
      if (frameOf(part) !== frameOf(parts[0] ?? part)) continue;
      parts.push(part);
      viewer.dirty.delete(part);
      if (parts.length === TILES_PER_MESSAGE) break;
    }
    viewer.isSending = true;
    const brought = picture.bring(frameOf(parts[0] ?? 0));
    const sent = brought ? brought.then(() => this.#send(viewer, parts)) : this.#send(viewer, parts);
    sent.then(
      () => {
        viewer.isSending = false;
        this.#pump(viewer);
      },
      (error: unknown) => {
        log('debug', `a viewer did not take some tiles: ${messageOf(error)}`);
        for (const part of parts) viewer.dirty.add(part);
        this.#port.timers.after(RETRY_MS, () => {
          viewer.isSending = false;
          this.#pump(viewer);
        });
      },
    );
  }

  #send(viewer: Viewer, parts: readonly number[]): Promise<void> {
    const { plan, goal, picture } = this.#render;
    const bytes = encodeTiles(this.#job, plan.grid, goal, parts, picture);
    if (!this.#isIdle) this.#pause(viewer, bytes.length / BYTES_PER_MS);
    return this.#port.sendTiles(viewer.id, bytes);
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
  const feed = new ViewerFeed(job, { plan: picture, goal, picture }, port);
  feed.finish();
  return feed;
}
