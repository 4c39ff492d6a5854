/**
 * A render that another tab started, as this one sees it: the picture arrives Tile by Tile from the owner. It is done when
 * the owner says so and every Tile is here in its final state; then this Node hashes what it has itself.
 */
import type { JobOffer, JobStatus } from '../../farm/index.ts';
import { messageOf } from '../../runtime/index.ts';
import {
  FilmTooLargeError,
  filmHash,
  isTileFinished,
  TILE_SIZE,
  type TileGrid,
  tileGrid,
  writeTile,
} from '../film/index.ts';
import type { FilmView, GuideImages, GuideOptions, JobProgress } from './contract.ts';
import { isFinal, RenderJobBase } from './job-base.ts';
import { decodeTiles } from './messages.ts';
import type { TitledSpec } from './spec.ts';

export interface RemoteRenderPort {
  guides(options: GuideOptions | undefined): Promise<GuideImages>;
  cancel(): void;
}

export class RemoteRender extends RenderJobBase {
  readonly isOwn = false;
  readonly film: FilmView;
  readonly #grid: TileGrid;
  readonly #port: RemoteRenderPort;
  #progress: JobProgress;
  #incompleteTiles: number;
  #isOwnerDone = false;

  /** @throws FilmTooLargeError */
  constructor(offer: JobOffer, { title, spec }: TitledSpec, port: RemoteRenderPort) {
    super(offer.id, offer.owner, title, spec);
    const { width, height, samples } = spec.settings;
    this.#grid = tileGrid(width, height);
    this.#port = port;
    const { tilesAcross, tilesDown, tileCount } = this.#grid;
    let means: Float32Array;
    try {
      means = new Float32Array(width * height * 3);
    } catch (cause) {
      throw new FilmTooLargeError(width, height, { cause });
    }
    const tileSamples = new Uint32Array(tileCount);
    const tileNoise = new Float32Array(tileCount).fill(Number.POSITIVE_INFINITY);
    this.film = { width, height, tileSize: TILE_SIZE, tilesAcross, tilesDown, means, tileSamples, tileNoise };
    this.#incompleteTiles = tileCount;
    this.#progress = {
      samplesDone: 0,
      samplesTotal: width * height * samples,
      noise: undefined,
      tilesFinished: 0,
      samplesPerSecond: 0,
      elapsedSeconds: 0,
      etaSeconds: undefined,
      shares: [],
      active: [],
      transfers: [],
    };
  }

  get progress(): JobProgress {
    return this.#progress;
  }

  guides(options?: GuideOptions): Promise<GuideImages> {
    return this.#port.guides(options);
  }

  cancel(): void {
    if (!isFinal(this.state)) this.#port.cancel();
  }

  tilesArrived(bytes: Uint8Array): void {
    const { settings: goal } = this.spec;
    const message = decodeTiles(bytes, this.#grid, goal);
    if (!message || isFinal(this.state)) return;
    const { means, tileSamples, tileNoise } = this.film;
    const changed: number[] = [];
    for (const { tile, samples: newSamples, noise, offset } of message.tiles) {
      const before = tileSamples[tile] ?? 0;
      if (newSamples < before) continue;
      writeTile(this.#grid, tile, means, message.values, offset);
      const wasFinished = isTileFinished(goal, before, tileNoise[tile] ?? 0);
      tileSamples[tile] = newSamples;
      tileNoise[tile] = noise;
      const isFinished = isTileFinished(goal, newSamples, noise);
      if (isFinished !== wasFinished) this.#incompleteTiles += isFinished ? -1 : 1;
      changed.push(tile);
    }
    if (changed.length === 0) return;
    this.beginRendering();
    this.events.emit('tiles', changed);
    void this.#endIfComplete();
  }

  progressArrived(progress: JobProgress): void {
    this.#progress = progress;
    if (progress.samplesDone > 0) this.beginRendering();
    this.events.emit('progress', progress);
  }

  /** This Node does not help; the picture comes all the same. */
  refused(reason: string): void {
    if (!isFinal(this.state)) this.remark(reason);
  }

  ended({ phase, reason }: JobStatus): void {
    if (phase === 'done') {
      this.#isOwnerDone = true;
      void this.#endIfComplete();
    } else if (phase !== 'running') {
      this.endWithout(phase, reason ?? `it was ${phase}`);
    }
  }

  /** The owner is gone. The picture stays as far as it came; one that is complete is done. */
  orphaned(): void {
    this.endWithout('failed', 'the tab that started this render left');
  }

  async #endIfComplete(): Promise<void> {
    if (!this.#isOwnerDone || this.#incompleteTiles > 0 || isFinal(this.state)) return;
    try {
      this.endDone(await filmHash(this.#grid.width, this.#grid.height, this.film.means));
    } catch (error) {
      this.endWithout('failed', `the finished picture could not be hashed: ${messageOf(error)}`);
    }
  }
}
