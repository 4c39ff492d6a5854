/** The render as the page and the terminal see it: submit a scene, watch a film fill, take part in others' jobs. */
import type { JobId } from '../../farm/index.ts';
import type { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { GuideImages } from '../output/index.ts';
import type { EnvironmentMap, FlatScene } from '../scene/index.ts';
import type { RenderSettings, RenderSpec } from '../settings.ts';

export type { JobId };

/** `preparing`: the scene travels. The last three are final. */
export type JobState = 'preparing' | 'rendering' | 'done' | 'cancelled' | 'failed';

/** The picture so far, for reading only. */
export interface FilmView {
  readonly width: number;
  readonly height: number;
  /** Edge of a Tile in pixels; Tiles are numbered row by row from the top left. */
  readonly tileSize: number;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  /** Mean linear radiance, RGB, row-major: float32(sum / samples), 0 where nothing arrived yet. */
  readonly means: Float32Array;
  /** Samples per pixel folded so far, one a Tile. */
  readonly tileSamples: Uint32Array;
  /** Estimated noise of each Tile, in the unit of RenderSettings.noise; Infinity while it is not known, as without a goal. */
  readonly tileNoise: Float32Array;
}

export interface NodeShare {
  readonly node: NodeId;
  readonly deviceName: string;
  /** Pixel samples this Node has contributed. */
  readonly samples: number;
  readonly samplesPerSecond: number;
}

export interface JobProgress {
  /**
   * Pixel samples: width * height * samples in all. With a noise goal the total is what is expected; it may go either
   * way, but the share that is done never falls.
   */
  readonly samplesDone: number;
  readonly samplesTotal: number;
  /** The noisiest Tile's noise; undefined without a goal, and while it is not known of all Tiles. */
  readonly noise: number | undefined;
  /** Tiles that need no more samples. */
  readonly tilesFinished: number;
  /** Over the last seconds; 0 while nothing has come. */
  readonly samplesPerSecond: number;
  readonly elapsedSeconds: number;
  readonly etaSeconds: number | undefined;
  readonly shares: readonly NodeShare[];
  /** Tiles in work now and who has them. */
  readonly active: readonly { readonly tile: number; readonly node: NodeId }[];
  /** Nodes that are still receiving the scene. */
  readonly transfers: readonly {
    readonly node: NodeId;
    readonly receivedBytes: number;
    readonly totalBytes: number;
  }[];
}

export type { GuideImages };

export interface GuideOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface RenderJobEvents {
  /** At most ten times a second, and once at the end. */
  progress: JobProgress;
  /** Tiles whose pixels changed. */
  tiles: readonly number[];
  state: JobState;
}

export interface RenderJob {
  readonly id: JobId;
  readonly owner: NodeId;
  readonly isOwn: boolean;
  /** The scene's file name. */
  readonly title: string;
  readonly spec: RenderSpec;
  readonly state: JobState;
  /** Why it failed or was cancelled, for the person. */
  readonly reason: string | undefined;
  readonly film: FilmView;
  readonly progress: JobProgress;
  /** SHA-256 (hex) of the float picture once `done`: see filmHash in film/. */
  readonly hash: string | undefined;
  readonly events: Emitter<RenderJobEvents>;
  /** Resolves with the hash when done. @throws CancelledError, JobFailedError */
  readonly finished: Promise<string>;
  /**
   * What the camera sees besides light, made on this machine from the scene's Blob, beside running renders and without
   * disturbing them; for own and other people's renders alike, at any time. @throws GuidesUnavailableError where the
   * scene is not here, CancelledError, WorkerFailedError
   */
  guides(options?: GuideOptions): Promise<GuideImages>;
  /** The owner stops the Job for everyone. On other Nodes: asks the owner to. */
  cancel(): void;
}

export interface RenderRequest {
  readonly title: string;
  readonly scene: FlatScene;
  /** Required where the settings name a map. */
  readonly environmentMap?: EnvironmentMap;
  readonly settings: RenderSettings;
}

export interface RenderFarm {
  /** Newest first. A fresh array per change. */
  readonly jobs: readonly RenderJob[];
  readonly events: Emitter<{ jobsChanged: undefined; workersChanged: undefined }>;
  readonly workerCount: number;
  /** 0 lends nothing. Running Blocks are finished or handed back; takes effect at once. */
  setWorkerCount(count: number): void;
  submit(request: RenderRequest): Promise<RenderJob>;
  close(): void;
}
