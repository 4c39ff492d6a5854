/** The render as the page and the terminal see it: submit a scene, watch a film fill, take part in others' jobs. */
import type { Helper, JobId, Liar } from '../../farm/index.ts';
import type { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { TiledPicture } from '../film/index.ts';
import type { GuideImages } from '../output/index.ts';
import type { FlatScene, SceneSource } from '../scene/index.ts';
import type { FrameRange, RenderSettings, RenderSpec } from '../settings.ts';

export type { JobId };

/** The kind under which renders stand among Jobs. */
export const RENDER_KIND = 'render';

/**
 * `preparing`: the scene travels. `waiting`: it goes on by itself as soon as somebody comes who can lead it or has its scene. The
 * last three are final; a failed or cancelled one can be taken up again.
 */
export type JobState = 'preparing' | 'rendering' | 'waiting' | 'paused' | 'done' | 'cancelled' | 'failed';

/** No more comes of it by itself. */
export const isFinal = (state: JobState): boolean =>
  state === 'done' || state === 'cancelled' || state === 'failed';

/**
 * The picture so far, for reading only: mean linear radiance, float32(sum / samples), 0 where nothing arrived yet. It is kept in a form of
 * its own, so ask for Tiles; `develop` gives the whole as row-major RGB.
 */
export interface FilmView extends TiledPicture {
  /** Edge of a Tile in pixels; Tiles are numbered row by row from the top left. */
  readonly tileSize: number;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  /** Samples per pixel folded so far, one a Tile. */
  readonly tileSamples: Uint32Array;
  /** Estimated noise of each Tile, in the unit of RenderSettings.noise; Infinity while it is not known, as without a goal. */
  readonly tileNoise: Float32Array;
}

/** One frame of a render; a still has one. */
export interface FrameView extends FilmView {
  /** Part of its first Tile: parts count the Tiles of all frames. */
  readonly firstPart: number;
  /** Every Tile has all that it needs. */
  readonly isFinished: boolean;
  /** The pixels of a finished frame may be set aside: this brings them, for `readTile` and `brightest`, for some while. */
  load(): Promise<void>;
}

/** What one Node has done for a render. */
export interface NodeShare {
  readonly node: NodeId;
  readonly deviceName: string;
  /** Pixel samples this Node has contributed. */
  readonly samples: number;
  readonly samplesPerSecond: number;
}

/** How far a render has come. */
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
  /** Parts (Tiles of frames) in work now and who has them. */
  readonly active: readonly { readonly part: number; readonly node: NodeId }[];
  /** Who helps, who is still receiving the scene, and who does not help, and why. */
  readonly helpers: readonly Helper[];
}

export type { GuideImages };

export interface GuideOptions {
  /** Of a range, from 0; the first where nothing is said. */
  readonly frame?: number;
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** What a render tells of, by the name of the event. */
export interface RenderJobEvents {
  /** At most ten times a second, and once at the end. */
  progress: JobProgress;
  /** Parts (Tiles of frames) whose pixels changed. */
  tiles: readonly number[];
  /** The number of a frame that is finished, its hash known. */
  frame: number;
  /** The state, its reason, the coordinator, the priority or who was wrong is another now. */
  state: JobState;
}

/** One render, as this Node knows it. */
export interface RenderJob {
  readonly id: JobId;
  /** The Node that asked for it. It has no rights that others lack. */
  readonly submitter: NodeId;
  /** This Node asked for it. */
  readonly isOwn: boolean;
  /** Who leads it now; undefined while nobody in reach does. */
  readonly coordinator: NodeId | undefined;
  /** Nobody else in reach has what is done: it is lost when this Node leaves now. */
  readonly isOnlyHere: boolean;
  /** The scene's file name. */
  readonly title: string;
  readonly spec: RenderSpec;
  readonly state: JobState;
  /** Why it failed, was cancelled, is paused or waits, or why this Node does not help: for the person. */
  readonly reason: string | undefined;
  /** 0 (what the others leave) to 4; 2 is normal. Among a person's renders the higher comes first, among people it is a larger share. */
  readonly priority: number;
  /** Devices whose results were wrong: they are blocked, and what their results were in is rendered again. Costs are pixel samples. */
  readonly liars: readonly Liar[];
  /** One of a still. */
  readonly frames: readonly FrameView[];
  /** The first of them. */
  readonly film: FrameView;
  readonly progress: JobProgress;
  /** SHA-256 (hex) of a finished frame's float picture: see filmHash in film/. */
  frameHash(frame: number): string | undefined;
  /** That of all once `done`, of a still that of its picture: see rangeHash in film/. */
  readonly hash: string | undefined;
  readonly events: Emitter<RenderJobEvents>;
  /** Resolves with the hash when done. A requeued Job has another one. @throws CancelledError, JobFailedError */
  readonly finished: Promise<string>;
  /**
   * What the camera sees besides light, made on this machine from the scene's Blob, beside running renders and without
   * disturbing them; for own and other people's renders alike, at any time. @throws GuidesUnavailableError where the
   * scene is not here, CancelledError, WorkerFailedError
   */
  guides(options?: GuideOptions): Promise<GuideImages>;
  /** These hold for everyone, whoever asks; each resolves when it is so. @throws JobUnattendedError */
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  /** A failed or cancelled one goes on from where it was. */
  requeue(): Promise<void>;
  setPriority(priority: number): Promise<void>;
}

export interface RenderRequest {
  readonly title: string;
  /** Of several frames the first. */
  readonly scene: FlatScene;
  /** What the scene was read from: it travels in its place. Without it the scene itself does, which is many times as large. */
  readonly source?: SceneSource;
  /** An encoded EnvironmentMap: required where the settings name one. */
  readonly environmentMap?: Uint8Array;
  readonly settings: RenderSettings;
  /** Several frames of the source's animation, in place of the moment that its reading says. */
  readonly frames?: FrameRange;
}

/** The renders of a mesh, and the workers that this device lends. */
export interface RenderFarm {
  /** Newest first. A fresh array per change. */
  readonly jobs: readonly RenderJob[];
  readonly events: Emitter<{ jobsChanged: undefined }>;
  readonly workerCount: number;
  /** 0 lends nothing. Running Blocks are finished or handed back; takes effect at once. */
  setWorkerCount(count: number): void;
  submit(request: RenderRequest): Promise<RenderJob>;
  /** No longer lists it here. A running one goes on elsewhere if it can: cancel it first if it should not. */
  remove(id: JobId): void;
  close(): void;
}
